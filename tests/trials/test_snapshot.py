import collections
import random
from typing import ClassVar

import numpy as np
import pytest

from gradcheck.trials.snapshot import Snapshot

COUNTER = {"steps": 0}


class Model:
    kept: ClassVar = []

    def __init__(self):
        self.W = np.arange(4.0)
        self.view = self.W[1:3]
        self.history = [1]
        self.queue = collections.deque([1, 2])
        self.seen = {1}
        self.rng = np.random.default_rng(0)
        self.python = random.Random(0)  # noqa: S311 - no secret


class Slotted:
    __slots__ = ("value",)

    def __init__(self):
        self.value = np.zeros(2)


def test_an_array_keeps_its_identity_and_gets_its_numbers_back():
    model = Model()
    array, snapshot = model.W, Snapshot([model])
    model.W[...] = -1
    model.W = np.ones(4)
    snapshot.restore()
    assert model.W is array
    assert np.array_equal(array, np.arange(4.0))
    assert np.shares_memory(model.view, model.W)


def test_containers_attributes_and_generators_are_put_back():
    model = Model()
    first = Model().rng.normal(), Model().python.random()
    snapshot = Snapshot([model])
    model.history.append(2)
    model.queue.clear()
    model.seen.add(2)
    model.cache = 1
    model.rng.normal(), model.python.random()
    snapshot.restore()
    assert (model.history, list(model.queue), model.seen) == ([1], [1, 2], {1})
    assert not hasattr(model, "cache")
    assert (model.rng.normal(), model.python.random()) == first


def test_what_functions_close_over_and_the_globals_they_name_are_put_back():
    count = 0

    def step():
        nonlocal count
        count += 1
        COUNTER["steps"] += 1
        Model.kept.append(count)

    snapshot = Snapshot([step])
    step()
    assert (count, COUNTER["steps"], Model.kept) == (1, 1, [1])
    snapshot.restore()
    assert (count, COUNTER["steps"], Model.kept) == (0, 0, [])


def test_slots_are_put_back():
    held = Slotted()
    snapshot = Snapshot([held])
    held.value = None
    snapshot.restore()
    assert np.array_equal(held.value, np.zeros(2))


def test_circles_come_to_an_end():
    first, second = [], []
    first.append(second)
    second.append(first)
    snapshot = Snapshot([first])
    second.clear()
    snapshot.restore()
    assert second[0] is first


def test_a_torch_optimizer_and_its_model_are_put_back():
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    weight, before = model.weight, model.weight.detach().clone()
    snapshot = Snapshot([model, optimizer])
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    model.weight.data = torch.zeros(2, 2)
    optimizer.param_groups[0]["lr"] = 5.0
    snapshot.restore()
    assert model.weight is weight
    assert torch.equal(model.weight, before)
    assert model.weight.grad is None
    assert (dict(optimizer.state), optimizer.param_groups[0]["lr"]) == ({}, 0.1)
