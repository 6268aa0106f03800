from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gradcheck.cases.importing.loading import load

LATE = "def late():\n    import helper\n    return helper.NUMBER"


def two_folders(tmp_path: Path) -> list[Path]:
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "layers.py").write_text(LATE)
        (folder / "helper.py").write_text(f"NUMBER = {number}")
    return [tmp_path / "1/layers.py", tmp_path / "2/layers.py"]


def test_environments_nest_in_themselves_and_in_one_another(tmp_path: Path) -> None:
    one, two = (load(file, tmp_path) for file in two_folders(tmp_path))
    path = list(sys.path)
    with one.environment():
        inside = list(sys.path)
        with two.environment(), two.environment():
            assert two.module.late() == 2
            assert sys.modules["layers"] is two.module
        assert sys.path == inside
        assert one.module.late() == 1
        with one.environment():
            assert sys.modules["layers"] is one.module
        assert sys.modules["layers"] is one.module
    assert sys.path == path
    assert not {"layers", "helper"} & sys.modules.keys()


def test_a_file_can_be_loaded_while_anothers_environment_is_active(tmp_path: Path) -> None:
    first, second = two_folders(tmp_path)
    one = load(first, tmp_path)
    with one.environment():
        two = load(second, tmp_path)
        assert sys.modules["layers"] is one.module
    assert two.module is not one.module


def test_a_late_import_is_the_same_module_every_time(tmp_path: Path) -> None:
    (file, _) = two_folders(tmp_path)
    one = load(file, tmp_path)
    with one.environment():
        one.module.late()
        helper = sys.modules["helper"]
    with one.environment():
        assert sys.modules["helper"] is helper


def test_a_module_imported_by_others_between_two_evaluations_is_hidden_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file, _) = two_folders(tmp_path)
    one = load(file, tmp_path)
    with one.environment():
        assert one.module.late() == 1
    with one.environment():
        own = sys.modules["helper"]
    theirs = type(sys)("helper")
    monkeypatch.setitem(sys.modules, "helper", theirs)
    with one.environment():
        assert sys.modules["helper"] is own
    assert sys.modules["helper"] is theirs


def test_a_module_that_an_evaluation_puts_in_place_of_another_is_the_files_alone(tmp_path: Path) -> None:
    (file, _) = two_folders(tmp_path)
    one = load(file, tmp_path)
    for _ in range(2):
        with one.environment():
            one.module.late()
    with one.environment():
        made = sys.modules["helper"] = type(sys)("helper")
    assert "helper" not in sys.modules
    with one.environment():
        assert sys.modules["helper"] is made


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_exception_ends_the_environment(tmp_path: Path, kind: type[BaseException]) -> None:
    (file, _) = two_folders(tmp_path)
    one = load(file, tmp_path)
    before = (list(sys.path), set(sys.modules), list(sys.meta_path), __import__)
    with pytest.raises(kind), one.environment():
        raise kind
    assert (list(sys.path), set(sys.modules), list(sys.meta_path), __import__) == before


def test_installed_libraries_stay_loaded_for_everyone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "library_of_everyone.py").write_text("")
    monkeypatch.syspath_prepend(library)
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files.append(tmp_path / name / "layers.py")
        files[-1].write_text("import library_of_everyone as shared")
    one, two = (load(file, file.parent) for file in files)
    assert one.module.shared is two.module.shared is sys.modules["library_of_everyone"]
    monkeypatch.delitem(sys.modules, "library_of_everyone")


def test_a_name_given_to_a_library_by_a_file_is_the_files_alone(tmp_path: Path) -> None:
    file = tmp_path / "layers.py"
    file.write_text(
        "import pickle, sys\nsys.modules['cPickle'] = pickle\nimport cPickle\n"
        "def late():\n    import cPickle\n    return cPickle"
    )
    loaded = load(file, tmp_path)
    assert "cPickle" not in sys.modules
    with loaded.environment():
        assert loaded.module.late() is sys.modules["pickle"]
    assert "cPickle" not in sys.modules
