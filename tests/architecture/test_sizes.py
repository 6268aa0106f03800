"""Modules stay short enough to be read in one sitting."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("gradcheck", "plugins", "reference_models")
MOST_LINES = 350
MEDIAN_LINES = 130


def line_counts(root: Path) -> dict[str, int]:
    """Lines of every module that has any; empty `__init__.py` files would flatter the median."""
    files = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))]
    counts = {file.relative_to(root).as_posix(): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    return {path: count for path, count in counts.items() if count}


def too_long(counts: dict[str, int]) -> dict[str, int]:
    return {path: count for path, count in counts.items() if count > MOST_LINES}


@pytest.mark.parametrize("folder", FOLDERS)
def test_there_is_code_to_measure_in(folder):
    assert any(path.startswith(f"{folder}/") for path in line_counts(ROOT))


def test_no_module_is_too_long():
    assert too_long(line_counts(ROOT)) == {}


def test_the_median_module_is_short():
    assert statistics.median(line_counts(ROOT).values()) <= MEDIAN_LINES


def test_a_long_module_is_noticed(tmp_path):
    for folder in FOLDERS:
        (tmp_path / folder / "inner").mkdir(parents=True)
    (tmp_path / "plugins" / "inner" / "long.py").write_text("x = 1\n" * (MOST_LINES + 1))
    (tmp_path / "gradcheck" / "inner" / "right.py").write_text("x = 1\n" * MOST_LINES)
    (tmp_path / "gradcheck" / "__init__.py").write_text("")
    counts = line_counts(tmp_path)
    assert counts == {"plugins/inner/long.py": MOST_LINES + 1, "gradcheck/inner/right.py": MOST_LINES}
    assert too_long(counts) == {"plugins/inner/long.py": MOST_LINES + 1}
