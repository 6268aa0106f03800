"""Marked trainings, found by reading."""

from __future__ import annotations

import pytest

from gradcheck.source.trainings import find_trainings


def found(tmp_path, source, name="train.py"):
    (tmp_path / name).write_text(source)
    return [site.identity for site in find_trainings([tmp_path], root=tmp_path)]


@pytest.mark.parametrize(
    "source",
    [
        "import gradcheck\n\n@gradcheck.training\ndef setup():\n    pass\n",
        "import gradcheck\n\n@gradcheck.training(steps=3)\ndef setup():\n    pass\n",
        "import gradcheck\nimport pytest\n\n@pytest.fixture\n@gradcheck . training\ndef setup():\n    pass\n",
        "from gradcheck import case, training\n\n@training\ndef setup():\n    pass\n",
        "from gradcheck import training\n\n@training(steps=5)\ndef setup(): pass\n",
    ],
)
def test_a_marked_function_is_found_however_the_mark_is_written(tmp_path, source):
    assert found(tmp_path, source) == ["train.py::setup"]


@pytest.mark.parametrize(
    "source",
    [
        "# gradcheck\n\n@training\ndef setup():\n    pass\n",
        "import gradcheck\n\n@gradcheck.training.other\ndef setup():\n    pass\n",
        "import gradcheck\n\n@gradcheck.training\nclass Setup:\n    pass\n",
        "import gradcheck\n\ndef made():\n    @gradcheck.training\n    def setup():\n        pass\n",
        "text = '''\nimport gradcheck\n@gradcheck.training\ndef setup(): pass\n'''\n",
        "import gradcheck\n\ndef training():\n    pass\n",
    ],
)
def test_what_carries_no_mark_of_ours_is_left_alone(tmp_path, source):
    assert found(tmp_path, source) == []


def test_a_mark_in_a_test_file_counts_and_the_line_is_the_functions(tmp_path):
    (tmp_path / "test_it.py").write_text("import gradcheck\n\n\n@gradcheck.training\ndef setup():\n    return 1\n")
    (site,) = find_trainings([tmp_path], root=tmp_path)
    assert (site.identity, site.line, site.family) == ("test_it.py::setup", 5, "training")


def test_an_excluded_folder_is_not_read(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "train.py").write_text("import gradcheck\n\n@gradcheck.training\ndef setup():\n    pass\n")
    assert find_trainings([tmp_path], root=tmp_path, exclude=["old"]) == ()
    assert len(find_trainings([tmp_path], root=tmp_path)) == 1
