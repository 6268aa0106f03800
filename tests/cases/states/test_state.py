from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from gradcheck.cases.states.anatomy import anatomy_of
from gradcheck.cases.states.state import exchange, floating, modules_within, read, slots


class Layer:
    def __init__(self, **attributes):
        vars(self).update(attributes)


class Slotted:
    __slots__ = ("W", "unset")

    def __init__(self, weight):
        self.W = weight


class Child(Slotted):
    __slots__ = ("b",)

    def __init__(self, weight, bias):
        super().__init__(weight)
        self.b = bias


W, B = np.ones((3, 2)), np.zeros(2)


@pytest.mark.parametrize(
    ("layer", "paths"),
    [
        (Layer(W=W, b=B), ["W", "b"]),
        (Layer(params={"W": W, "b": B}), ["params['W']", "params['b']"]),
        (Layer(params=[W, B]), ["params[0]", "params[1]"]),
        (Layer(params=(W, B)), ["params[0]", "params[1]"]),
        (Layer(weight=Layer(data=W, grad=B)), ["weight.data", "weight.grad"]),
        (Layer(weight={"val": W, "grad": B}), ["weight['val']", "weight['grad']"]),
        (Layer(layers=[Layer(W=W), Layer(W=B)]), ["layers[0].W", "layers[1].W"]),
        (Layer(a=Layer(b=Layer(c={"d": [W]}))), ["a.b.c['d'][0]"]),
        (Slotted(W), ["W"]),
        (Child(W, B), ["b", "W"]),
        ({"W": W, 1: B}, ["['W']", "[1]"]),
    ],
    ids=[
        "attributes",
        "dict",
        "list",
        "tuple",
        "parameter objects",
        "parameter dicts",
        "parts",
        "deep",
        "slots",
        "inherited slots",
        "a dict itself",
    ],
)
def test_arrays_are_found_and_named_as_a_person_writes_them(layer, paths):
    assert [slot.path for slot, _ in floating(layer)] == paths


def test_only_floating_point_arrays_that_hold_something_are_floating():
    layer = Layer(ids=np.arange(3), mask=np.ones(2, dtype=bool), empty=np.zeros((0, 2)), half=W.astype(np.float16), W=W)
    assert [slot.path for slot, _ in floating(layer)] == ["half", "W"]


def test_an_array_shared_by_two_places_is_yielded_at_both():
    assert [slot.path for slot, _ in floating(Layer(W=W, params=[W]))] == ["W", "params[0]"]


def test_layers_that_refer_to_one_another_are_walked_once():
    parent, child = Layer(W=W), Layer(b=B)
    parent.child, child.parent, parent.itself = child, parent, parent
    assert [slot.path for slot, _ in floating(parent)] == ["W", "child.b"]


def test_the_walk_keeps_out_of_functions_modules_and_generators():
    layer = Layer(f=math.sin, g=lambda x: x, module=np, rng=np.random.default_rng(0), old=np.random.RandomState(0), W=W)
    assert [slot.path for slot, _ in slots(layer) if slot.path != "W"] == []


def test_the_walk_ends_in_a_very_deep_or_very_large_layer():
    deep = Layer(W=W)
    for _ in range(100):
        deep = Layer(inner=deep)
    assert list(floating(deep)) == []
    assert 0 < len(list(floating(Layer(data=[W] * 10_000, more=[[B] * 10_000])))) <= 20_000


def test_a_place_reads_and_writes_what_it_holds():
    for layer in (Layer(p=W), Layer(p=[W]), Layer(p={"W": W}), Slotted(W)):
        slot, _ = next(iter(floating(layer)))
        slot.write(B)
        assert slot.read() is B


def test_reading_a_path_gives_what_is_there():
    layer = Layer(params={"W": W}, lr=0.1)
    assert read(layer, "params['W']") is W
    assert read(layer, "lr") == 0.1
    with pytest.raises(KeyError):
        read(layer, "params['b']")


def test_a_value_is_exchanged_in_place_so_that_views_follow():
    weight = np.ones((3, 2))
    layer = Layer(W=weight, transposed=weight.T)
    exchange(layer, {("W",): 5.0 * W})
    assert layer.W is weight
    assert np.array_equal(layer.transposed, 5.0 * W.T)


@pytest.mark.parametrize("value", [5.0 * W, np.ones((4, 4))], ids=["another dtype", "another shape"])
def test_a_value_that_does_not_fit_is_put_at_every_place_of_a_shared_array(value):
    weight = W.astype(np.float32)
    layer = Layer(W=weight, params=[weight], other=B)
    exchange(layer, {("W", "params[0]"): value})
    assert layer.W is layer.params[0]
    assert layer.W.dtype == np.float64
    assert np.array_equal(layer.W, value)
    assert np.array_equal(weight, W)
    assert layer.other is B


def test_a_read_only_array_is_replaced():
    weight = W.copy()
    weight.flags.writeable = False
    layer = Layer(W=weight)
    exchange(layer, {("W",): 2.0 * W})
    assert np.array_equal(layer.W, 2.0 * W)


def test_a_narrow_array_in_a_tuple_is_exchanged():
    layer = Layer(params=(W.astype(np.float32), B.astype(np.float32)))
    exchange(layer, {("params[0]",): 2.0 * W})
    assert np.array_equal(layer.params[0], 2.0 * W)


class Frozen:
    def __init__(self, weight):
        object.__setattr__(self, "W", weight)

    def __setattr__(self, name, value):
        raise AttributeError(name)


def test_an_attribute_that_forbids_assignment_is_exchanged():
    layer = Frozen(W.astype(np.float32))
    exchange(layer, {("W",): 2.0 * W})
    assert np.array_equal(layer.W, 2.0 * W)


def test_modules_are_found_in_every_part():
    layer = Layer(xp=np, inner=Layer(backend={"m": math}), W=W)
    assert {module.__name__ for module in modules_within(layer)} == {"numpy", "math"}


class Backend:
    """Hands on to a module what it has not."""

    def __init__(self, module):
        self.name, self.module = module.__name__, module

    def __getattr__(self, name):
        return getattr(self.module, name)


def test_an_object_that_stands_for_a_module_is_left_alone_by_a_copy_as_a_module_is():
    layer = Layer(device=Backend(math), W=W)
    copied = copy.deepcopy(layer, {id(module): module for module in modules_within(layer)})
    assert copied.device is layer.device
    assert copied.W is not layer.W


def test_an_object_that_hands_names_on_and_holds_arrays_is_copied():
    device = Backend(math)
    device.buffer = W
    assert modules_within(Layer(device=device)) == [math]


VIEWS = {
    "transposed": lambda a: a.T,
    "reversed": lambda a: a[::-1],
    "every second column": lambda a: a[:, ::2],
    "one row": lambda a: a[1],
    "reshaped": lambda a: a.reshape(-1),
    "the array itself, again": lambda a: a[...],
    "broadcast": lambda a: np.broadcast_to(a, (2, *a.shape)),
}


#: Every view of an array in rows and in columns; only that of columns cannot be reshaped without a copy.
SHARED = [(name, order) for name in VIEWS for order in "CF" if (name, order) != ("reshaped", "F")]


@pytest.mark.parametrize(("name", "order"), SHARED)
def test_a_copy_of_arrays_that_share_memory_shares_it_again(name, order):
    weight = np.asarray(np.arange(12.0).reshape(3, 4), order=order)
    view = VIEWS[name](weight)
    layer = Layer(W=weight, view=view)
    copied = copy.deepcopy(layer, anatomy_of(layer).memo())
    assert np.array_equal(copied.view, view)
    copied.W[...] = 100.0 + weight
    assert np.array_equal(copied.view, VIEWS[name](100.0 + weight))
    assert np.array_equal(weight, np.arange(12.0).reshape(3, 4))
    assert not np.shares_memory(copied.W, weight)


def test_two_parameters_cut_from_one_vector_are_copied_as_such():
    flat = np.arange(8.0)
    layer = Layer(W=flat[:6].reshape(3, 2), b=flat[6:])
    copied = copy.deepcopy(layer, anatomy_of(layer).memo())
    assert np.array_equal(copied.W, layer.W)
    assert np.array_equal(copied.b, layer.b)
    copied.W[...] = -1.0
    assert np.array_equal(copied.b, [6.0, 7.0])
    assert np.array_equal(flat, np.arange(8.0))


def test_arrays_that_share_nothing_need_no_care():
    assert anatomy_of(Layer(W=W.copy(), b=B.copy())).memo() == {}
