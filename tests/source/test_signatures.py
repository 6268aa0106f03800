from __future__ import annotations

import pytest

from gradcheck.source.model import Parameter
from gradcheck.source.parse import parse
from gradcheck.source.signatures import parameters_of


def parameters(listed):
    return parameters_of(parse(f"def f({listed}): ...").find(kind="parameters"))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("", ()),
        ("x", (Parameter(name="x"),)),
        ("x=1", (Parameter(name="x", has_default=True),)),
        ("x: int", (Parameter(name="x", annotation="int"),)),
        ("x: 'np.ndarray' = None", (Parameter(name="x", has_default=True, annotation="'np.ndarray'"),)),
        ("*xs", (Parameter(name="xs", star="*"),)),
        ("**options", (Parameter(name="options", star="**"),)),
        ("*xs: int", (Parameter(name="xs", star="*", annotation="int"),)),
        ("**options: str", (Parameter(name="options", star="**", annotation="str"),)),
        ("x, /, y, *, z", (Parameter(name="x"), Parameter(name="y"), Parameter(name="z"))),
        ("x,  # the input\n  y,\n", (Parameter(name="x"), Parameter(name="y"))),
        ("x, (a, b)", (Parameter(name="x"),)),
    ],
)
def test_parameters_are_read_as_written(listed, expected):
    assert parameters(listed) == expected
