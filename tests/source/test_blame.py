"""The statement that computes a gradient is found whatever way it takes to where it is read."""

from __future__ import annotations

import textwrap

import pytest

from gradcheck.source import blame


def found(body, place=None, position=None, methods=""):
    """The first line of the statement blamed for what is stored in a place, or returned at a position."""
    text = "class Layer:\n" + textwrap.indent(
        "def backward(self, dout, lr=0.1):\n"
        + textwrap.indent(textwrap.dedent(body), "    ")
        + textwrap.dedent(methods),
        "    ",
    )
    backward = blame.read(text, 2)
    statement = backward.returned_at(position) if place is None else backward.stored(place)
    if statement is None:
        return None
    assert text.split("\n")[statement.line - 1].strip() == statement.source[0]
    return statement.source[0]


@pytest.mark.parametrize(
    ("body", "place", "line"),
    [
        pytest.param("self.dW = x.T @ dout\n", "dW", "self.dW = x.T @ dout", id="an attribute"),
        pytest.param("dW = x.T @ dout\nself.dW = dW\n", "dW", "dW = x.T @ dout", id="a name on the way"),
        pytest.param("self.grads['W'] = x.T @ dout\n", "grads['W']", "self.grads['W'] = x.T @ dout", id="an item"),
        pytest.param("a = dout.sum(0)\nself.grads = {'b': a}\n", "grads['b']", "a = dout.sum(0)", id="a dict"),
        pytest.param("a = 1 * dout\nself.grads = [dout.T, a]\n", "grads[1]", "a = 1 * dout", id="a list"),
        pytest.param(
            "self.grads = []\nself.grads.append(2 * dout)\n", "grads[0]", "self.grads.append(2 * dout)", id="append"
        ),
        pytest.param(
            "self.dW = np.zeros(3)\nfor i in range(3):\n    self.dW += dout[i]\n", "dW", "self.dW += dout[i]", id="loop"
        ),
        pytest.param("self.dW = x @ dout\nself.dW[0, 0] = 0.0\n", "dW", "self.dW[0, 0] = 0.0", id="a part of it"),
        pytest.param("self.W.grad += dout @ x\n", "W.grad", "self.W.grad += dout @ x", id="a parameter object"),
        pytest.param("step = x.T @ dout\nself.W -= lr * step\n", "W", "step = x.T @ dout", id="a step of its own"),
        pytest.param("self.W -= lr * (x.T @ dout)\n", "W", "self.W -= lr * (x.T @ dout)", id="a step at once"),
        pytest.param("self.dW, self.db = x.T @ dout, dout.sum(0)\n", "db",
                     "self.dW, self.db = x.T @ dout, dout.sum(0)", id="two at once"),
        pytest.param("self.dW = None\n", "db", None, id="nothing"),
    ],
)  # fmt: skip
def test_what_is_stored_is_followed_to_where_it_is_computed(body, place, line):
    assert found(body, place) == line


@pytest.mark.parametrize(
    ("body", "position", "line"),
    [
        pytest.param("return dout @ W.T\n", 0, "return dout @ W.T", id="an expression"),
        pytest.param("dx = dout @ W.T\nreturn dx\n", 0, "dx = dout @ W.T", id="a name"),
        pytest.param("dx = dout @ W.T\nreturn dx.reshape(3, 4)\n", 0, "dx = dout @ W.T", id="reshaped"),
        pytest.param("dx = dout @ W.T\ndb = dout.sum(0)\nreturn dx, db\n", 1, "db = dout.sum(0)", id="a tuple"),
        pytest.param("dx = dout.copy()\ndx[x < 0] = 0\nreturn dx\n", 0, "dx[x < 0] = 0", id="masked in place"),
        pytest.param("dx = np.zeros_like(x)\nreturn dx\n", 0, "return dx", id="zeros"),
        pytest.param("self.dx = 2 * dout\nreturn self.dx\n", 0, "self.dx = 2 * dout", id="an attribute"),
        pytest.param("return dout\n", 1, None, id="not that many"),
        pytest.param("pass\n", 0, None, id="nothing"),
    ],
)
def test_what_is_returned_is_followed_to_where_it_is_computed(body, position, line):
    assert found(body, position=position) == line


def test_a_method_of_its_own_is_followed_into():
    methods = """
    def input_gradient(self, dout):
        dx = dout @ self.W.T
        return dx
    """
    assert found("return self.input_gradient(dout)\n", position=0, methods=methods) == "dx = dout @ self.W.T"


def test_a_place_that_a_method_of_its_own_writes_is_found():
    methods = """
    def store(self, dout):
        self.dW = self.x.T @ dout
    """
    assert found("self.store(dout)\nreturn dout\n", "dW", methods=methods) == "self.dW = self.x.T @ dout"


@pytest.mark.parametrize(
    "text", ["", "class Layer:\n    x = 1\n", "class Layer(:\n", "def backward(self):\n    pass\n"]
)
def test_what_is_no_method_is_not_read(text):
    assert blame.read(text, 2) is None
