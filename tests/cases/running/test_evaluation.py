from __future__ import annotations

import random
import sys
import types
import warnings

import numpy as np
import pytest

from gradcheck.cases.running.evaluation import Evaluator, protected, undrawn

# ruff: noqa: NPY002, S311 - the old generators are what is tested


class Layer:
    def __init__(self, **attributes):
        vars(self).update(attributes)


def states():
    return random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]


def draws():
    return (
        random.random(),
        float(np.random.rand()),
        float(np.random.default_rng().random()),
        float(np.random.default_rng(None).random()),
        float(np.random.default_rng(5).random()),
    )


@pytest.fixture
def module():
    made = types.ModuleType("a_layers_module")
    sys.modules[made.__name__] = made
    yield made
    del sys.modules[made.__name__]


def test_the_layer_is_never_touched():
    layer = Layer(W=np.ones(3), calls=[])
    evaluator = Evaluator(layer=layer, seed=0)
    fresh = evaluator.copy()
    fresh.W += 1.0
    fresh.calls.append(1)
    fresh.new = 1
    assert layer.W.tolist() == [1.0, 1.0, 1.0]
    assert layer.calls == []
    assert not hasattr(layer, "new")


def test_a_copy_shares_the_modules_and_copies_everything_else():
    layer = Layer(xp=np, inner=Layer(W=np.ones(3)))
    fresh = Evaluator(layer=layer, seed=0).copy()
    assert fresh.xp is np
    assert fresh.inner.W is not layer.inner.W


def test_a_copy_keeps_views_views():
    weight = np.ones((2, 3))
    fresh = Evaluator(layer=Layer(W=weight, transposed=weight.T), seed=0).copy()
    fresh.W[0, 1] = 7.0
    assert fresh.transposed[1, 0] == 7.0


def test_every_evaluation_draws_the_same_numbers():
    evaluator = Evaluator(layer=Layer(), seed=3)
    random.random()
    first = evaluator.run(draws)
    np.random.rand()
    assert evaluator.run(draws) == first
    assert Evaluator(layer=Layer(), seed=4).run(draws)[:3] != first[:3]


def test_a_generator_with_a_seed_of_its_own_keeps_it():
    expected = float(np.random.default_rng(5).random())
    assert Evaluator(layer=Layer(), seed=3).run(draws)[-1] == expected


@pytest.mark.parametrize("seed", [0, 2**32 - 1, 2**40])
def test_any_seed_will_do(seed):
    assert Evaluator(layer=Layer(), seed=seed).run(draws) == Evaluator(layer=Layer(), seed=seed).run(draws)


def raising():
    draws()
    raise RuntimeError("the layer's own")


@pytest.mark.parametrize("action", [draws, raising])
def test_random_state_and_settings_are_as_they_were_afterwards_even_if_the_layer_raises(action):
    before, factory, errors, stdout = states(), np.random.default_rng, np.geterr(), sys.stdout
    try:
        Evaluator(layer=Layer(), seed=0).run(action)
    except RuntimeError as error:
        assert str(error) == "the layer's own"  # noqa: PT017 - both ways are tested
    assert states() == before
    assert np.random.default_rng is factory
    assert np.geterr() == errors
    assert sys.stdout is stdout


def test_many_evaluations_may_leave_the_global_generators_to_whoever_restores_them_once():
    before = states()
    with undrawn():
        assert Evaluator(layer=Layer(), seed=3).run(draws) == Evaluator(layer=Layer(), seed=3).run(draws)
    assert states() == before


def test_an_evaluation_within_another_leaves_its_numbers_alone():
    def interrupted():
        first = random.random()
        Evaluator(layer=Layer(), seed=9).run(draws)
        return first, random.random(), float(np.random.rand())

    def undisturbed():
        return random.random(), random.random(), float(np.random.rand())

    evaluator = Evaluator(layer=Layer(), seed=3)
    with undrawn():
        assert evaluator.run(interrupted) == evaluator.run(undisturbed)


def test_warnings_and_output_of_the_layer_are_silenced(capsys):
    def noisy():
        print("hello")  # noqa: T201 - what is silenced
        warnings.warn("careful", UserWarning, stacklevel=1)
        return np.log(np.array([0.0, -1.0]))

    assert np.array_equal(Evaluator(layer=Layer(), seed=0).run(noisy), [-np.inf, np.nan], equal_nan=True)
    assert capsys.readouterr().out == ""


def test_the_users_warning_filters_are_as_they_were():
    before = list(warnings.filters)
    Evaluator(layer=Layer(), seed=0).run(lambda: warnings.simplefilter("always"))
    assert list(warnings.filters) == before


@pytest.mark.parametrize(
    "make",
    [lambda: np.random.default_rng(1), lambda: np.random.RandomState(1), lambda: random.Random(1)],
    ids=["Generator", "RandomState", "Random"],
)
def test_a_generator_of_the_layers_module_is_rewound(module, make):
    module.rng = make()
    expected = float(make().random())
    layer = type("Layer", (), {"__module__": module.__name__})
    for _ in range(2):
        with protected(0, layer):
            assert float(module.rng.random()) == expected
    assert float(module.rng.random()) == expected


@pytest.mark.parametrize(
    "make",
    [lambda: np.random.default_rng(1), lambda: np.random.RandomState(1), lambda: random.Random(1)],
    ids=["Generator", "RandomState", "Random"],
)
def test_a_generator_of_the_layers_class_is_rewound(make):
    class Dropout:
        rng = make()

    evaluator = Evaluator(layer=Dropout(), seed=0)
    first, second = (evaluator.run(lambda: float(Dropout.rng.random())) for _ in range(2))
    assert first == second == float(make().random())
    assert float(Dropout.rng.random()) == first


def test_a_generator_made_by_a_factory_that_was_imported_by_name_is_seeded_as_well(module):
    from numpy.random import default_rng

    class Dropout:
        __module__ = module.__name__

    module.default_rng = default_rng
    evaluator = Evaluator(layer=Dropout(), seed=0)
    first, second = (evaluator.run(lambda: float(module.default_rng().random())) for _ in range(2))
    assert first == second
    assert module.default_rng is default_rng


def test_the_environment_is_entered_around_every_action():
    events = []

    class Environment:
        def __enter__(self):
            events.append("in")

        def __exit__(self, *_):
            events.append("out")

    Evaluator(layer=Layer(), seed=0, environment=Environment).run(lambda: events.append("action"))
    assert events == ["in", "action", "out"]
