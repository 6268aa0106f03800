"""What came to no verdict is skipped with its reason, counted apart, and fails under strict."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

OPEN = '''
import numpy as np


class Mean:
    """Every parameter's gradient divided by the batch: a convention or a mistake, nobody can tell."""

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.random.randn(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad / len(grad)
        self.db = grad.sum(axis=0) / len(grad)
        return grad @ self.W.T


class Careless:
    def forward(self, x):
        return 3 * x

    def backward(self, grad):
        grad *= 3
        return grad


class Slow:
    def __init__(self):
        raise SystemExit("a layer that was left out was built")

    def forward(self, x):
        return x

    def backward(self, grad):
        return grad
'''
SETTINGS = """
[tool.gradcheck.layers."src/open.py::Slow"]
skip = "takes an hour"
[tool.gradcheck.layers."src/open.py::Careless".checks.linearity]
skip = "known to be linear"
"""


@pytest.fixture
def undecided(project):
    project.write({"pyproject.toml": SETTINGS, "src/open.py": OPEN})
    return project


def test_every_layer_without_a_verdict_is_skipped_with_its_reason_and_counted_apart(undecided):
    result = undecided.run("--gradcheck", "src", "-rs", "-k", "not Dense")
    result.assert_outcomes(passed=9 + 8 + 8, skipped=9 + 2 + 2 + 11 + 1, deselected=10)
    result.stdout.fnmatch_lines(
        [
            "*- gradcheck -*",
            "5 layers found, 3 checked, 0 wrong, 1 inconclusive, 1 not built, 1 left out",
            "not built: src/layers.py::Unknown: *",
            '    @gradcheck.case("src/layers.py::Unknown")*',
            "    def *",
            "inconclusive: src/open.py::Mean::gradient: *",
            "left out: src/open.py::Careless::linearity: known to be linear",
            "left out: src/open.py::Slow: takes an hour",
            "note: src/open.py::Careless: *",
            "SKIPPED [[]10[]] src/layers.py:*: not built: *",
            "SKIPPED [[][12][]] src/open.py:*: inconclusive: *",
            "SKIPPED [[]1[]] src/open.py:*: left out: known to be linear",
            "SKIPPED [[]10[]] src/open.py:*: left out: takes an hour",
        ]
    )


def test_strict_fails_what_is_inconclusive_not_built_or_a_warning(undecided):
    result = undecided.run("--gradcheck", "--gradcheck-strict", "src", "-k", "not Dense")
    failed = sorted(line.split()[1] for line in result.outlines if line.startswith("FAILED "))
    assert failed[0] == "src/layers.py::Unknown::build"
    assert "src/open.py::Mean::gradient" in failed
    assert "src/open.py::Careless::determinism" in failed
    assert not [name for name in failed if "::Slow" in name or "::ReLU" in name]
    # One item carries what was not built; the rest of the layer has nothing to add.
    assert [name for name in failed if "::Unknown" in name] == ["src/layers.py::Unknown::build"]
    result.stdout.fnmatch_lines(["gradcheck: seed 0, profile default, strict"])


def test_under_strict_a_layer_that_is_not_built_fails_even_where_its_build_was_not_selected(project):
    result = project.run("--gradcheck", "--gradcheck-strict", "src/layers.py::Unknown::gradient")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["not built: *", '  @gradcheck.case("src/layers.py::Unknown")*', "FAILED *not built*"])


def test_a_case_in_conftest_builds_what_nobody_could_guess(project):
    project.write(
        {
            "conftest.py": """
            import numpy as np
            import gradcheck

            @gradcheck.case("src/layers.py::Unknown")
            def unknown():
                from src.layers import Unknown

                class Thing:
                    class first:
                        second = 3.0

                return Unknown(Thing()), np.random.randn(4, 3)
            """
        }
    )
    result = project.run("--gradcheck", "src/layers.py::Unknown")
    result.assert_outcomes(passed=9, skipped=1)
    result.stdout.fnmatch_lines(["1 layer found, 1 checked, 0 wrong, 0 inconclusive, 0 not built"])


def test_settings_build_what_nobody_could_guess(project):
    project.write(
        {
            "src/layers.py": """
            class Repeat:
                def __init__(self, times):
                    if times != 7:
                        raise ValueError(times)

                def forward(self, sound):
                    return 7 * sound

                def backward(self, grad):
                    return 7 * grad
            """,
            "pyproject.toml": """
            [tool.gradcheck.layers."src/layers.py::Repeat"]
            init = { times = 7 }
            inputs = { sound = [5, 3] }
            """,
        }
    )
    result = project.run("--gradcheck", "-v", "src")
    result.assert_outcomes(passed=8, skipped=2)
    result.stdout.fnmatch_lines(["*compared 1 gradient: sound (5, 3) float64"])
