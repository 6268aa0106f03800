"""How an upstream gradient is sent into a tape: by an argument of backward, or through a product and a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.tapes.calling import callable_of
from gradcheck.tapes.model import Surface
from gradcheck.types import Array

#: (y, y_bar) -> nothing; sends backward from y.
Send = Callable[[Any, Array], None]

ONES = "y.backward()"


def seedings(surface: Surface) -> Iterator[tuple[str, Send]]:
    """Ways of sending an upstream gradient, with how they are written, best first; the last sends ones only."""
    total = callable_of(surface, ("sum",))
    mean = callable_of(surface, ("mean",))
    constant = surface.constant
    if surface.is_scalar:
        yield "(y * v).backward()", lambda y, v: (y * float(v)).backward()
        yield "y.backward(v)", lambda y, v: y.backward(float(v))
        yield "(y * Tensor(v)).backward()", lambda y, v: (y * constant(v)).backward()
    else:
        yield "y.backward(v)", lambda y, v: y.backward(np.array(v))
        yield "y.backward(Tensor(v))", lambda y, v: y.backward(constant(v))
        yield "y.grad = v; y.backward()", _through_grad
        if total is not None:
            yield "(y * v).sum().backward()", lambda y, v: total(y * constant(v)).backward()
        if mean is not None:
            yield "(y * v).mean().backward()", lambda y, v: mean(y * constant(v * max(v.size, 1))).backward()
        yield "(y * v).backward()", lambda y, v: (y * constant(v)).backward()
    yield ONES, lambda y, _: y.backward()


def _through_grad(y: Any, v: Array) -> None:
    y.grad = np.array(v)
    y.backward()
