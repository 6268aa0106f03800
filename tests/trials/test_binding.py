import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.trials.binding import bind


class Net:
    def __init__(self):
        self.W, self.dW = np.ones((2, 1)), None

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, y_bar):
        self.dW = self.x.T @ y_bar


def squares(y, t):
    return float(np.sum((y - t) ** 2)), 2 * (y - t)


BATCH = (np.ones((3, 2)), np.zeros((3, 1)))


def test_arrays_with_gradients_beside_them_are_parameters_and_caches_are_not():
    net = Net()
    net.forward(BATCH[0])
    net.dx = np.zeros((3, 2))
    assert list(bind(net, squares, None, BATCH, lambda: None).parameters()) == ["W"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param((Net(), None, None, BATCH), "check_training needs model, loss, optimizer", id="no loss"),
        pytest.param((Net(), squares, None, BATCH), "give optimizer=, or step=", id="nothing that steps"),
        pytest.param((Net(), squares, object(), BATCH), "object has no method step or update", id="no step"),
        pytest.param(
            (Net(), 3, None, BATCH, print), "loss must be an object with forward and backward", id="no function"
        ),
        pytest.param((object(), squares, None, BATCH, print), "object has no backward", id="no model"),
    ],
)
def test_what_is_missing_is_said_with_the_remedy(arguments, said):
    with pytest.raises(UsageError, match=said):
        bind(*arguments)
