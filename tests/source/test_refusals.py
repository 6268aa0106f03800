"""A person who names a function that is no layer is told why."""

from __future__ import annotations

import pytest

from gradcheck.source.refusals import why_no_layer

ALONE = "def g(x):\n    return x**3\ndef dg(x):\n    return 3 * x**2\n"
TUPLE = "def ratio(x, y):\n    return total, count\n"
PAIR = "def f_forward(x):\n    return x, x\ndef f_backward(dout, cache):\n    return dout\n"
ODD = "def f_forward(x):\n    return x\ndef f_backward(steps, colour):\n    return steps\n"


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (ALONE, "g", ("no backward beside it", "`g` with `g_prime`", "`return loss, dx`")),
        (TUPLE, "ratio", ("`total` is not called a loss",)),
        ("def a_loss(x):\n    return loss, count\n", "a_loss", ("`count` is not called a gradient",)),
        (PAIR, "f_backward", ("backward of f_forward; name that",)),
        (ODD, "f_forward", ("f_backward is called as the backward of f_forward, but",)),
        (ODD, "f_backward", ("f_backward is called as the backward of f_forward, but",)),
    ],
)
def test_a_function_that_is_no_layer_says_why(tmp_path, text, name, words):
    (tmp_path / "layers.py").write_text(text)
    said = why_no_layer(tmp_path / "layers.py", tmp_path, name)
    assert [word for word in words if word not in said] == []


def test_what_the_file_does_not_have_is_not_spoken_of(tmp_path):
    (tmp_path / "layers.py").write_text(ALONE)
    assert why_no_layer(tmp_path / "layers.py", tmp_path, "h") == ""
