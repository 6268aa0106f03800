"""[tool.gradcheck] is read whole or refused with the key, the file and the nearest valid name."""

from __future__ import annotations

import pytest

from gradcheck.cases.declaring.configuration import CheckSettings, Configuration, InputSettings, LayerSettings, read
from gradcheck.errors import ConfigurationError

CONV = '[tool.gradcheck.layers."src/layers.py::Conv2d"]\n'


@pytest.fixture
def project(tmp_path):
    """A project with one layer file; returns a function that writes its pyproject.toml and reads the settings."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "layers.py").write_text("class Conv2d:\n    class Inner: ...\n\n\nclass Linear: ...\n")
    (tmp_path / "cases.py").write_text("")

    def settings(text: str) -> Configuration:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        return read(tmp_path)

    return settings


def refusal(project, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        project(text)
    message = str(caught.value)
    assert "pyproject.toml: " in message
    assert "\n" not in message
    return message.partition("pyproject.toml: ")[2]


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[tool.other]\na = 1\n", "[tool.gradcheck]\n"])
def test_a_project_that_declares_nothing_has_empty_settings(project, text):
    assert project(text) == Configuration()


def test_a_folder_without_a_pyproject_has_empty_settings(tmp_path):
    assert read(tmp_path) == Configuration()


def test_everything_that_can_be_declared_is_read(project):
    configuration = project(
        """
        [tool.gradcheck]
        cases = ["cases.py"]
        exclude = ["legacy/*"]
        parameter_gradients = "mean"
        [tool.gradcheck.scan]
        anything = 1
        [tool.gradcheck.layers."src/layers.py::Conv2d"]
        init = { channels = 3, kernel = [3, 3] }
        expect = "straight-through"
        reference = "Conv2d"
        parameter_gradients = "sum"
        [tool.gradcheck.layers."src/layers.py::Conv2d".inputs]
        x = [2, 3, 7, 5]
        mask = { shape = [2], integers = 4, dtype = "int64" }
        scale = { values = [0.5, 2.0], positive = true }
        [tool.gradcheck.layers."src/layers.py::Conv2d".checks.gradient]
        skip = "known"
        [tool.gradcheck.layers."src/layers.py::Conv2d".checks.linearity]
        expect = "gradient-scaling"
        [tool.gradcheck.layers."src/layers.py::Conv2d.Inner"]
        skip = "not ours"
        """
    )
    assert configuration.cases == ["cases.py"]
    assert configuration.exclude == ["legacy/*"]
    assert configuration.parameter_gradients == "mean"
    assert configuration.layer("src/layers.py::Conv2d") == LayerSettings(
        init={"channels": 3, "kernel": [3, 3]},
        inputs={
            "x": InputSettings(shape=(2, 3, 7, 5)),
            "mask": InputSettings(shape=(2,), integers=4, dtype="int64"),
            "scale": InputSettings(values=[0.5, 2.0], positive=True),
        },
        expect="straight-through",
        reference="Conv2d",
        parameter_gradients="sum",
        checks={"gradient": CheckSettings(skip="known"), "linearity": CheckSettings(expect="gradient-scaling")},
    )


def test_a_skip_and_an_intent_hold_for_a_check_or_for_the_whole_layer(project):
    configuration = project(
        CONV
        + 'expect = "straight-through"\nchecks.gradient = { skip = "slow" }\n'
        + 'checks.contract = { expect = "first-order" }\n'
        + '[tool.gradcheck.layers."src/layers.py::Linear"]\nskip = "legacy"\n'
    )
    conv, linear, other = (f"src/layers.py::{name}" for name in ("Conv2d", "Linear", "Other"))
    assert configuration.declared_skip(conv) == ""
    assert configuration.declared_skip(conv, "gradient") == "slow"
    assert configuration.declared_skip(conv, "contract") == ""
    assert configuration.declared_skip(linear, "gradient") == configuration.declared_skip(linear) == "legacy"
    assert configuration.declared_skip(other) == ""
    assert configuration.layer(conv).expectation("gradient") == "straight-through"
    assert configuration.layer(conv).expectation("contract") == "first-order"
    assert configuration.layer(other) == LayerSettings()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[tool.gradcheck]\ncase = []\n",
            "[tool.gradcheck]: there is no key 'case'; did you mean 'cases'?",
            id="a misspelt key",
        ),
        pytest.param(
            "[tool.gradcheck]\nzzz = 1\n",
            "[tool.gradcheck]: there is no key 'zzz'; known are cases, evaluation_seconds, exclude, layers, "
            "parameter_gradients, scan",
            id="a key like no other",
        ),
        pytest.param(
            CONV + "inits = {}\n",
            "[tool.gradcheck.layers.\"src/layers.py::Conv2d\"]: there is no key 'inits'; did you mean 'init'?",
            id="a misspelt key of a layer",
        ),
        pytest.param(
            CONV + "inputs.x = { shap = [2] }\n",
            "[tool.gradcheck.layers.\"src/layers.py::Conv2d\"] inputs.x: there is no key 'shap'; did you mean 'shape'?",
            id="a misspelt key of an input",
        ),
        pytest.param(
            CONV + "checks.gradent = { skip = 'x' }\n",
            '[tool.gradcheck.layers."src/layers.py::Conv2d"] checks: '
            "there is no check 'gradent'; did you mean 'gradient'?",
            id="a misspelt check",
        ),
        pytest.param(
            CONV + "checks.gradient = { skp = 'x' }\n",
            '[tool.gradcheck.layers."src/layers.py::Conv2d"] checks.gradient: '
            "there is no key 'skp'; did you mean 'skip'?",
            id="a misspelt key of a check",
        ),
        pytest.param(
            '[tool.gradcheck.layers."src/layers.py::Conv2"]\n',
            "[tool.gradcheck.layers]: src/layers.py has no class 'Conv2'; did you mean 'Conv2d'?",
            id="a misspelt class",
        ),
        pytest.param(
            '[tool.gradcheck.layers."src/layers.py"]\n',
            "[tool.gradcheck.layers]: 'src/layers.py' is not the identity of a layer, such as 'src/layers.py::Linear'",
            id="no class",
        ),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest_valid_one(project, text, expected):
    assert refusal(project, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.gradcheck]\ncases = 'cases.py'\n", "[tool.gradcheck] cases: expected a list, got a string"),
        ("[tool.gradcheck]\ncases = ['cases.py', 4]\n", "cases[1]: expected a string, got a whole number"),
        ("[tool.gradcheck]\nlayers = 3\n", "[tool.gradcheck] layers: expected a table, got 3"),
        ("[tool]\ngradcheck = 3\n", "[tool.gradcheck]: expected a table, got 3"),
        ("[tool.gradcheck]\nparameter_gradients = 'average'\n", '\'average\'; it is "sum" or "mean"'),
        (CONV + "init = 3\n", "init: expected a table, got a whole number"),
        (CONV + "skip = true\n", "skip: expected a string, got true or false"),
        (CONV + "inputs.x = 4\n", "inputs.x: expected a shape such as [4, 8], or a table; got 4"),
        (CONV + "inputs.x = [4, '8']\n", "inputs.x shape[1]: expected a whole number, got a string"),
        (CONV + "inputs.x = [4, -1]\n", "inputs.x shape: sizes are 0 or more; got [4, -1]"),
        (CONV + "inputs.x = { shape = [2], integers = 0 }\n", "integers: numbers are drawn below it"),
        (CONV + "inputs.x = { positive = true }\n", "give either shape = [...] or values = [...]"),
        (CONV + "inputs.x = { shape = [1], values = [1] }\n", "give either shape = [...] or values = [...]"),
        (CONV + "inputs.x = { shape = [1], dtype = 'float46' }\n", "'float46'; did you mean 'float64'?"),
        ("[tool.gradcheck\n", "not valid TOML"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_expected(project, text, expected):
    assert expected in refusal(project, text)


def test_a_file_that_does_not_exist_is_refused_with_the_nearest_one(project):
    assert refusal(project, "[tool.gradcheck]\ncases = ['case.py']\n").endswith("did you mean 'cases.py'?")
    missing = '[tool.gradcheck.layers."src/layer.py::Conv2d"]\n'
    assert refusal(project, missing).endswith("did you mean 'src/layers.py'?")
