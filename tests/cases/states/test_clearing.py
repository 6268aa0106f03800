from __future__ import annotations

from gradcheck.cases.states.clearing import RATE, may_clear, zero_method


class Layer:
    def __init__(self):
        self.called = []

    def zero_grad(self):
        self.called.append("zero_grad")

    def update(self, rate, *rest, momentum=0.9):
        self.called.append(("update", rate, rest, momentum))

    def step_with(self, *, optimizer):
        self.called.append(optimizer)

    def forward(self, x):
        return x


def test_zero_grad_is_found_by_any_of_its_names():
    class Cleared:
        def clearGrads(self):  # noqa: N802 - as people write it
            self.cleared = True

    layer = Cleared()
    zero_method(layer)()
    assert layer.cleared


def test_a_zero_grad_that_asks_for_something_is_none():
    class Asking:
        def zero_grad(self, parameters):
            pass

    assert zero_method(Asking()) is None
    assert zero_method(object()) is None


def test_a_step_is_handed_a_rate_and_what_asks_by_name_is_left_alone():
    layer = Layer()
    for _, method in may_clear(layer):
        method()
    assert layer.called == [("update", RATE, (), 0.9), "zero_grad"]
