"""A recorded forward gone back through with many upstream gradients at once, and with what torch cannot do so with."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from gradcheck.tracing import pulling
from gradcheck.tracing.pulling import pulled_each
from gradcheck.tracing.surgery import graph_of


def idioms():
    """The table of idioms as a module of its own: the user's module, in `sys.modules` as theirs are."""
    if "idioms" not in sys.modules:
        spec = importlib.util.spec_from_file_location("idioms", Path(__file__).with_name("idioms.py"))
        sys.modules["idioms"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["idioms"])
    return sys.modules["idioms"].TRACED


@pytest.fixture
def graph_at(make_subject):
    def graph_at(function):
        rng = np.random.default_rng(5)
        subject = make_subject(function, x=rng.standard_normal((3, 4)), w=rng.standard_normal((4, 5)))
        y = subject.value(subject.primals)
        return graph_of(subject, y), [rng.standard_normal(y.shape) for _ in range(3)]

    return graph_at


@pytest.mark.parametrize("name", idioms())
def test_many_upstream_gradients_at_once_give_what_each_gives_alone(graph_at, name):
    graph, y_bars = graph_at(idioms()[name])
    assert graph is not None
    for primal in ("x", "w"):
        for found, y_bar in zip(graph.gradients(primal, y_bars), y_bars, strict=True):
            alone = graph.everything(y_bar)[primal]
            assert found.shape == alone.shape
            assert np.max(np.abs(found - alone)) <= 1e-13 * (np.max(np.abs(alone)) + 1.0)


def test_more_than_fit_in_memory_are_taken_in_parts(graph_at, monkeypatch):
    graph, y_bars = graph_at(lambda x, w: np.tanh(x @ w))
    whole = graph.gradients("x", y_bars)
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 2 * (15 + 12))
    assert np.array_equal(graph.gradients("x", y_bars), whole)


def test_an_operation_that_goes_back_with_one_at_a_time_only_is_gone_back_through_one_by_one():
    import torch

    class Plain(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            return x * 2.0

        @staticmethod
        def backward(context, y_bar):
            return y_bar * float(y_bar.sum() > 0.0)

    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    first, second = pulled_each(Plain.apply(x), x, [np.ones(3), -np.ones(3)])
    assert np.array_equal(first, np.ones(3))
    assert np.array_equal(second, np.zeros(3))


def test_what_the_output_does_not_depend_on_has_zeros():
    import torch

    x, other = (torch.ones(3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert np.array_equal(pulled_each(x * 2.0, other, [np.ones(3), np.ones(3)]), np.zeros((2, 3)))


def test_many_factors_of_an_operation_at_once_give_what_each_gives_alone(graph_at, monkeypatch):
    graph, (y_bar, *_) = graph_at(lambda x, w: np.sum([np.tanh(x @ w) ** k for k in range(1, 3)], axis=0))
    operation = next(one for one in graph.operations if one.kind == "Tanh" and len(one.nodes) > 1)
    rng = np.random.default_rng(3)
    factors = [[rng.standard_normal((3, 5)) for _ in operation.nodes] for _ in range(4)]
    at_once = graph.multiplied("x", y_bar, operation, factors)
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 1)
    for found, alone in zip(at_once, graph.multiplied("x", y_bar, operation, factors), strict=True):
        assert np.max(np.abs(found - alone)) <= 1e-13 * np.max(np.abs(alone))
    assert np.max(np.abs(at_once[0] - at_once[1])) > 0.1
