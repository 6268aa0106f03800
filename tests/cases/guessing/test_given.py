import numpy as np
import pytest

from gradcheck.cases.guessing.given import given_inputs
from gradcheck.errors import UsageError


class Table:
    """Rows looked up by integers."""

    def __init__(self):
        self.W = np.arange(12.0).reshape(6, 2)

    def forward(self, ids):
        return self.W[ids]


class Scale:
    """A layer of numbers with a parameter."""

    def __init__(self):
        self.c = np.array(2.0)

    def forward(self, x):
        return self.c * x


def test_a_table_that_is_looked_up_takes_integers():
    inputs = given_inputs(Table(), "forward", (np.array([1, 2, 2]),), {})
    assert inputs.differentiable == ()
    assert inputs.arguments["ids"].dtype.kind == "i"


def test_a_layer_of_numbers_is_not_handed_integers():
    with pytest.raises(UsageError, match="floating-point array; got x="):
        given_inputs(Scale(), "forward", (np.array([1, 2, 2]),), {})
