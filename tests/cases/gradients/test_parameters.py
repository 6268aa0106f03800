from __future__ import annotations

import numpy as np
import pytest

from gradcheck.cases.gradients.parameters import Held, answer, effective, held, redrawn
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.errors import BuildError

X = np.random.default_rng(0).standard_normal((4, 3))


class Linear:
    """W, b and scale matter; the gradient buffer, the momentum and the cache do not."""

    def __init__(self):
        self.params = {"W": np.random.default_rng(1).standard_normal((3, 2)), "b": np.zeros(2)}
        self.scale = np.ones(1, dtype=np.float32)
        self.dW = np.zeros((3, 2))
        self.momentum = [np.zeros((3, 2))]
        self.cache = np.zeros((4, 3))
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        self.cache = x
        return self.scale * (x @ self.params["W"] + self.params["b"])


class Raising(Linear):
    """Refuses a moved bias."""

    def forward(self, x):
        if np.any(self.params["b"]):
            raise ValueError("b")
        return super().forward(x)


class Changing(Linear):
    """Answers with something else once its scale was moved."""

    def forward(self, x):
        return super().forward(x) if self.scale[0] == 1.0 else "text"


def evaluated(layer):
    calling = Calling(forward="forward", backward="backward", arguments={"x": X}, differentiable=("x",))
    evaluator = Evaluator(layer=layer, seed=0)
    return evaluator, calling, answer(evaluator, calling, {"x": X}, {})


def names_that_matter(layer):
    evaluator, calling, y = evaluated(layer)
    return [item.name for item in effective(evaluator, calling, {"x": X}, y)]


def test_every_array_is_held_once_under_its_plainest_name():
    weight = np.ones(3)
    layer = Linear()
    layer.params["W"] = layer.W = weight
    found = {item.name: item.paths for item in held(layer)}
    assert set(found["W"]) == {"params['W']", "W"}
    assert set(found) == {"W", "params['b']", "scale", "dW", "momentum[0]", "cache"}


def test_what_is_held_is_a_copy():
    layer = Linear()
    next(item for item in held(layer) if item.name == "scale").value[...] = 9.0
    assert layer.scale.tolist() == [1.0]


@pytest.mark.parametrize("layer", [Linear(), Raising(), Changing()], ids=lambda layer: type(layer).__name__)
def test_the_arrays_that_change_the_answer_are_parameters_and_no_other_is(layer):
    assert names_that_matter(layer) == ["params['W']", "params['b']", "scale"]


def test_looking_for_parameters_leaves_the_layer_as_it_was():
    layer = Linear()
    names_that_matter(layer)
    assert layer.calls == 0
    assert layer.params["b"].tolist() == [0.0, 0.0]
    assert not np.any(layer.cache)


def test_an_answer_is_taken_with_arrays_exchanged_and_is_float64():
    evaluator, calling, y = evaluated(Linear())
    moved = answer(evaluator, calling, {"x": X}, {("params['b']",): np.array([1.0, -1.0]), ("scale",): np.array([2.0])})
    assert moved.dtype == np.float64
    assert np.allclose(moved, 2.0 * (y + np.array([1.0, -1.0])), rtol=1e-15)


def test_an_answer_that_is_no_array_is_refused():
    evaluator, calling, _ = evaluated(Changing())
    with pytest.raises(BuildError, match="forward returned str"):
        answer(evaluator, calling, {"x": X}, {("scale",): np.array([3.0])})


def item(name, value):
    return Held(name=name, paths=(name,), value=np.asarray(value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gamma", np.ones(8)),
        ("beta", np.zeros(8)),
        ("W", np.zeros((3, 2))),
        ("b", np.zeros(1)),
        ("alpha", np.float64(1.0)),
    ],
)
def test_a_parameter_that_is_constant_is_drawn_anew_around_its_constant(name, value):
    drawn = redrawn(item(name, value), 0)
    assert drawn.shape == np.shape(value)
    assert np.all(drawn != value)
    assert len(np.unique(drawn)) == drawn.size
    assert np.max(np.abs(drawn - value)) < 0.3 * 5.0
    assert np.array_equal(drawn, np.round(drawn, 3))


def test_a_draw_depends_on_the_seed_and_the_name_alone():
    one, same, other, name = (
        redrawn(item(n, np.zeros(8)), seed) for n, seed in (("b", 0), ("b", 0), ("b", 1), ("c", 0))
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, name)


@pytest.mark.parametrize("name", ["running_var", "moving_std", "sigma", "bn.running_mean_and_var", "scale"])
@pytest.mark.parametrize("seed", range(20))
def test_a_positive_buffer_stays_positive(name, seed):
    assert np.all(redrawn(item(name, np.ones(50)), seed) > 0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_draw_is_float64_whatever_the_parameter_is(dtype):
    assert redrawn(item("b", np.zeros(3, dtype=dtype)), 0).dtype == np.float64


def test_a_random_parameter_keeps_its_magnitude():
    value = 1e-3 * np.random.default_rng(0).standard_normal((20, 20))
    drawn = redrawn(item("W", value), 0)
    assert drawn is not None
    assert 0.5 < np.std(drawn) / np.std(value) < 2.0
