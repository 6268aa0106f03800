"""Each idiom is traced exactly or refused with its reason; none is silently wrong."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

FEWEST = 120


def table(name):
    """A table of idioms as a module of its own: the user's module, in `sys.modules` as theirs are."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


TRACED = table("idioms").TRACED
REFUSED = table("idioms_refused").REFUSED


def test_the_table_is_long():
    assert len(TRACED) + len(REFUSED) >= FEWEST


@pytest.mark.parametrize("name", TRACED)
def test_a_traced_idiom_has_the_gradient_of_finite_differences(trace, name):
    answer, numeric = trace(TRACED[name])
    assert answer.refusal == ""
    for primal, gradient in answer.gradients[0].items():
        estimate = numeric[primal]
        known = ~np.isnan(estimate.value)
        apart = np.abs(gradient.ravel() - estimate.value)[known]
        assert np.all(apart <= estimate.error_bound[known] + 1e-7 * np.abs(gradient).max()), primal
        assert known.mean() > 0.5, "a kink at most entries tells nothing"


@pytest.mark.parametrize("name", REFUSED)
def test_an_escape_is_refused_with_its_reason_and_line(trace, name):
    function, word = REFUSED[name]
    answer, _ = trace(function)
    assert answer.gradients == ()
    assert word in answer.refusal
    assert "idioms_refused.py:" in answer.refusal or word in ("plain array", "moves in jumps")
