"""A layer whose forward runs and whose backward raises: a Subject that says so, for the contract check."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.cases.importing.reasons import failed_import
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.items import array_of
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError
from gradcheck.types import Array, Pullback, Role, Subject, Vjp

#: Errors that say that our guess, or the set-up of the layer, is to blame rather than its backward.
NOT_ITS_FAULT = (BuildError, NotImplementedError, ImportError, MemoryError, RecursionError)


def crashing_subject(
    request: Request, error: Exception, told: str, backward: Callable[..., Any] | None = None
) -> Subject | None:
    """The subject of a layer whose backward raised, None where forward raises too or the layer was not set up.

    Args:
        request: What was bound.
        error: What was raised.
        told: The same in one line.
        backward: The user's backward, where it is no method of the layer.
    """
    method = backward or getattr(type(request.evaluator.layer), request.backward, None)
    if isinstance(error, NOT_ITS_FAULT) or "NoneType" in told or failed_import(error):
        return None
    if not _in_own_backward(error, method):
        return None
    never_set = isinstance(error, AttributeError) and request.evaluator.run(
        lambda: _never_set(error, request.evaluator.layer)
    )
    if isinstance(error, AttributeError) and not never_set:
        return None
    calling = Calling(
        forward=request.forward,
        backward=request.backward,
        arguments=request.arguments,
        differentiable=request.differentiable,
    )

    def forward() -> Array:
        layer: Any = request.evaluator.copy()
        raw, _ = calling.run_forward(layer, {})
        return np.array(calling.output_of(raw, layer), dtype=np.float64)

    try:
        y = request.evaluator.run(forward)
    except Exception:  # noqa: BLE001 - forward refuses this input as well, so backward is not to blame
        return None

    def vjp(y_bar: Array) -> Pullback:
        del y_bar
        raise error

    def value_and_vjp(primals: Any) -> tuple[Array, Vjp]:
        del primals
        return y, vjp

    primals = {name: np.array(array_of(request.arguments, name), dtype=np.float64) for name in request.differentiable}
    return Subject(
        name=request.identity,
        primals=primals,
        roles=dict.fromkeys(primals, Role.INPUT),
        value=lambda _: y,
        value_and_vjp=value_and_vjp,
        native={"output": np.dtype(np.float64)},
    )


def _in_own_backward(error: Exception, method: Any) -> bool:
    """Whether the error was raised in a method of that name itself, or in a library it calls, not in a part of it.

    A network whose parts refuse the shape we invented is not wrong.
    """
    code = getattr(method, "__code__", None)
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [place for place, one in enumerate(codes) if code is not None and one.co_filename == code.co_filename]
    if code is None or not own or codes[own[-1]].co_name != code.co_name:
        return False
    # What it went on to is a library's.
    return all("site-packages" in one.co_filename or "<" in one.co_filename for one in codes[own[-1] + 1 :])


def _never_set(error: AttributeError, layer: object) -> bool:
    """Whether an attribute that backward misses is set nowhere in the source of the layer's classes.

    One that some method sets (`compile`, `set_optimizer`) is a matter of set-up.
    """
    if type(error.obj) is not type(layer) or not error.name:
        return False
    assigned = re.compile(rf"\.{re.escape(error.name)}\s*(,|=[^=])")
    for cls in type(layer).__mro__[:-1]:
        try:
            source = inspect.getsource(cls)
        except (OSError, TypeError):
            return False
        if assigned.search(source) or "setattr" in source or "__dict__" in source:
            return False
    return True
