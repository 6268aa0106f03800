"""What is loaded before a fork is what the next file needs."""

from pathlib import Path

from gradcheck.cases.importing.ahead import Ahead


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_library_that_one_file_led_to_is_loaded_for_files_that_name_it(tmp_path: Path) -> None:
    ahead = Ahead()
    ahead.imported(written(tmp_path, "functions.py", "import torch"), ["torch"])
    assert ahead.of(written(tmp_path, "modules.py", "from torch import nn")) == ["torch"]
    assert ahead.of(written(tmp_path, "layers.py", "import numpy")) == []


def test_a_library_that_two_files_led_to_is_loaded_for_every_file(tmp_path: Path) -> None:
    ahead = Ahead()
    for name in ("first.py", "second.py"):
        ahead.imported(written(tmp_path, name, "from backend import xp"), ["torch"])
    assert ahead.of(written(tmp_path, "third.py", "from backend import xp")) == ["torch"]


def test_parts_that_one_job_used_are_loaded_for_every_file(tmp_path: Path) -> None:
    ahead = Ahead()
    ahead.needed(["gradcheck.building"])
    assert ahead.of(written(tmp_path, "layers.py", "")) == ["gradcheck.building"]
    assert ahead.of(tmp_path / "gone.py") == ["gradcheck.building"]
