"""Functions marked by @gradcheck.case are found in conftest.py and in the files configuration names."""

from __future__ import annotations

import pytest

from gradcheck.cases.declaring.configuration import Configuration
from gradcheck.cases.declaring.declared import call, declared_cases
from gradcheck.errors import ConfigurationError, LoadError

LAYERS = "class Conv2d: ...\n\n\nclass Linear: ...\n"
CONV = "src/layers.py::Conv2d"
MARKED = "import gradcheck\n\n\n@gradcheck.case('{identity}')\ndef {name}():\n    return '{name}', 1\n"


@pytest.fixture
def project(tmp_path):
    """A project with one layer file; returns a function that writes files and finds the declared cases."""
    (tmp_path / "pyproject.toml").write_text("")

    def cases(files: dict[str, str], *, named: tuple[str, ...] = ()):
        for path, text in {"src/layers.py": LAYERS, **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        return declared_cases(tmp_path, Configuration(cases=list(named)))

    return cases


def marked(name: str, identity: str = CONV) -> str:
    return MARKED.format(name=name, identity=identity)


def test_nothing_is_declared_where_nothing_is_marked(project):
    assert project({"conftest.py": "import os\n", "cases.py": marked("unnamed")}) == {}


@pytest.mark.parametrize("path", ["conftest.py", "src/conftest.py", "tests/deep/conftest.py"])
def test_a_conftest_anywhere_in_the_project_declares_a_case(project, path):
    found = project({path: marked("conv2d")})
    assert {identity: function() for identity, function in found.items()} == {CONV: ("conv2d", 1)}


def test_a_file_named_in_configuration_declares_a_case(project):
    found = project({"checks/gradients.py": marked("conv2d")}, named=("checks/gradients.py",))
    assert found[CONV]() == ("conv2d", 1)


def test_a_conftest_that_holds_no_case_is_not_imported(project):
    assert project({"conftest.py": "raise SystemExit('imported')\n"}) == {}


@pytest.mark.parametrize("folder", [".venv", "build", "node_modules", ".hidden"])
def test_other_peoples_folders_are_passed_over(project, folder):
    assert project({f"{folder}/conftest.py": marked("conv2d")}) == {}


def test_one_function_may_declare_two_layers_and_be_imported_elsewhere(project):
    both = "import gradcheck\n@gradcheck.case('src/layers.py::Linear')\n" + marked("both").partition("\n\n\n")[2]
    found = project({"conftest.py": both, "cases.py": "from conftest import both\n"}, named=("conftest.py",))
    assert set(found) == {CONV, "src/layers.py::Linear"}


def test_two_functions_for_one_layer_are_refused_and_both_are_named(project):
    with pytest.raises(ConfigurationError) as caught:
        project({"conftest.py": marked("one"), "tests/conftest.py": marked("two")})
    assert f"declares {CONV}" in str(caught.value)
    assert "conftest.py: case function one" in str(caught.value)
    assert "tests/conftest.py: case function two" in str(caught.value)


def test_a_case_for_a_layer_that_does_not_exist_is_refused_with_the_nearest_one(project):
    with pytest.raises(ConfigurationError, match=r"conftest.py: case function conv: .*'Conv2'; did you mean 'Conv2d'"):
        project({"conftest.py": marked("conv", "src/layers.py::Conv2")})


def test_a_file_of_cases_that_cannot_be_imported_is_named(project):
    with pytest.raises(LoadError, match=r"cases\.py"):
        project({"cases.py": "import gradcheck\nraise ValueError('case')\n"}, named=("cases.py",))


def test_an_object_that_answers_every_attribute_is_no_case(project):
    everything = "class Proxy:\n    def __getattr__(self, name): return (name,)\n    def __call__(self): ...\n"
    assert project({"conftest.py": f"import gradcheck  # no case here\n{everything}proxy = Proxy()\n"}) == {}


def test_a_case_gives_inputs_in_order_or_by_name():
    ordered = call(lambda: ("layer", 1, 2), CONV)
    assert (ordered.layer, ordered.positional, dict(ordered.named)) == ("layer", (1, 2), {})
    named = call(lambda: ("layer", {"x": 1, "mask": 2}), CONV)
    assert (named.layer, named.positional, dict(named.named)) == ("layer", (), {"x": 1, "mask": 2})


@pytest.mark.parametrize("answer", [None, "layer", ("layer",), ["layer", 1]])
def test_a_case_that_returns_something_else_is_told_what_to_return(answer):
    with pytest.raises(ConfigurationError, match=r"must return \(layer, input, \.\.\.\) or \(layer, \{name: input\}\)"):
        call(lambda: answer, CONV)
