"""Functions and their backward on the command line: found, named, configured and declared as layers are."""

import re

PAIRS = """\
import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def stretch_forward(x, wizardry):
    return x * wizardry["power"]["level"], wizardry


def stretch_backward(dout, cache):
    return dout * cache["power"]["level"]


class Power:
    def __init__(self, exponent):
        self.exponent = exponent.value

    def fn(self, x):
        return np.abs(x) ** self.exponent

    def grad(self, x):
        return self.exponent * np.abs(x) ** (self.exponent - 1) * np.sign(x)
"""

DECLARED = """\
from types import SimpleNamespace

import numpy as np

import gradcheck


@gradcheck.case("src/pairs.py::Power")
def power():
    from pairs import Power

    return Power(SimpleNamespace(value=3)), np.array([[1.0, -2.0], [0.5, 3.0]])


@gradcheck.case("src/pairs.py::stretch_forward")
def stretch():
    from pairs import stretch_forward

    return stretch_forward, np.array([[1.0, -2.0]]), {"power": {"level": 2.0}}
"""


def words(answer, check):
    return re.findall(rf"^  {check} +(\w+)", answer.out, re.MULTILINE)


def test_a_pair_is_checked_by_the_name_of_its_forward_and_the_wrong_gradient_is_told(project):
    project.write({"src/pairs.py": PAIRS})
    answer = project.call("check", "src/pairs.py::affine_forward")
    assert answer.code == 1
    assert "affine_forward: gradient of `b` is wrong in 5 of 5 entries" in answer.out
    assert "src/pairs.py:8" in answer.out
    assert project.call("check", "src/pairs.py::relu_forward").code == 0


def test_what_cannot_be_guessed_is_told_with_a_remedy_and_mended_by_a_case(project):
    project.write({"src/pairs.py": PAIRS})
    refused = project.call("check", "src/pairs.py::stretch_forward", "src/pairs.py::Power")
    assert "@gradcheck.case(" in refused.out
    project.write({"conftest.py": DECLARED})
    answer = project.call("check", "src/pairs.py::stretch_forward", "src/pairs.py::Power")
    assert (answer.code, words(answer, "gradient")) == (0, ["passed", "passed"])


def test_configuration_gives_some_arguments_and_the_others_are_guessed(project):
    settings = '[tool.gradcheck.layers."src/pairs.py::affine_forward"]\ninputs = { x = [3, 7], w = [7, 2], b = [2] }\n'
    project.write({"src/pairs.py": PAIRS, "pyproject.toml": settings})
    answer = project.call("check", "src/pairs.py::affine_forward")
    assert "x (3, 7), w (7, 2), b (2,)" in answer.out
    more = (
        '[tool.gradcheck.layers."src/pairs.py::stretch_forward"]\ninit = { wizardry = { power = { level = 3.0 } } }\n'
    )
    project.write({"pyproject.toml": more})
    answer = project.call("check", "src/pairs.py::stretch_forward")
    assert (answer.code, words(answer, "gradient")) == (0, ["passed"])


def test_a_case_for_a_function_that_is_not_there_is_refused(project):
    declared = "import gradcheck\n\n@gradcheck.case('src/pairs.py::afine_forward')\ndef affine():\n    return None, 1\n"
    project.write({"src/pairs.py": PAIRS, "conftest.py": declared})
    answer = project.call("check", "src/pairs.py::relu_forward")
    assert answer.code == 2
    assert "did you mean 'affine_forward'" in answer.err + answer.out
