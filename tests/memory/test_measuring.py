"""The account is what the arrays hold."""

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError
from reference_models.mlp import MLP
from reference_models.optimizers import SGD, Adam, Momentum
from reference_models.tape.modules.mlp import MLP as OnTape  # noqa: N811 - two models of one name
from reference_models.tape.tensor import Tensor

BYTES = 8
SIZES = [8, 64, 3]
COUNT = 8 * 64 + 64 + 64 * 3 + 3


@pytest.mark.parametrize(
    ("make", "copies"),
    [
        (lambda p: SGD(p, learning_rate=0.1), 0),
        (lambda p: Momentum(p, learning_rate=0.1), 1),
        (Adam, 2),
    ],
    ids=["SGD", "Momentum", "Adam"],
)
def test_what_is_predicted_is_what_is_measured(make, copies):
    model = MLP(SIZES)
    before = {name: array.copy() for name, array in model.parameters().items()}
    account = gradcheck.memory_account(model, np.ones((16, 8)), make(model.parameters()))
    assert account.count == COUNT
    assert account.parameters == account.gradients == account.predicted_gradients == BYTES * COUNT
    assert account.state == account.predicted_state == copies * BYTES * COUNT
    assert all(np.array_equal(array, before[name]) for name, array in model.parameters().items())


def test_activations_grow_with_the_batch_and_hold_at_least_what_backward_reads():
    sizes = [gradcheck.memory_account(MLP(SIZES), np.ones((n, 8))).activations for n in (1000, 2000)]
    hidden = 1000 * 64 * BYTES
    assert sizes[0] >= hidden
    assert sizes[1] == pytest.approx(2 * sizes[0], rel=0.05)


def test_without_a_batch_nothing_runs():
    class Loud:
        def __init__(self):
            self.W, self.dW = np.zeros((3, 2), np.float32), None

        def forward(self, x):
            raise AssertionError

    account = gradcheck.memory_account(Loud())
    assert (account.parameters, account.gradients, account.activations) == (24, None, None)


def test_a_tape_is_accounted_for():
    model = OnTape(SIZES)
    account = gradcheck.memory_account(model, Tensor(np.ones((16, 8))), Adam(model.parameters()))
    assert account.parameters == account.gradients == BYTES * COUNT
    assert account.state == 2 * BYTES * COUNT
    assert account.activations >= 16 * 64 * BYTES


def test_torch_is_accounted_for():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 3))
    x = torch.ones(16, 8)
    account = gradcheck.memory_account(model, x, torch.optim.Adam(model.parameters()))
    assert account.parameters == account.gradients == 4 * COUNT
    assert account.predicted_state == 8 * COUNT
    assert account.state == 8 * COUNT + 4 * 4  # and a counter for each parameter
    assert account.activations == 4 * (16 * 8 + 16 * 64)  # the input and the rectified
    assert all(p.grad is None for p in model.parameters())


def test_the_table_is_read_at_a_glance():
    model = MLP([1000, 500])
    account = gradcheck.memory_account(model, np.ones((2, 1000)), Adam(model.parameters()))
    lines = str(account).splitlines()
    assert lines[0].split() == ["predicted", "measured"]
    assert lines[1].split() == ["parameters", "4.0", "MB", "4.0", "MB"]
    assert lines[3].split()[-4:] == ["8.0", "MB", "8.0", "MB"]
    assert lines[-1].startswith("500,500 parameters; ")
    assert max(map(len, lines)) <= 80


def test_what_does_not_run_is_told_in_a_line():
    with pytest.raises(UsageError, match="MLP does not run forward and backward on the batch: ValueError"):
        gradcheck.memory_account(MLP(SIZES), np.ones((16, 7)))
    with pytest.raises(UsageError, match="object holds no parameter that can be recognised"):
        gradcheck.memory_account(object())
