"""Results that go into an array that is there already."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.tape import Tape


def deliver(tape: Tape, result: Any, out: Any) -> Any:
    """Hand a result out, or write it where `out=` says."""
    out = out[0] if isinstance(out, tuple) else out
    if out is None or out is np._NoValue:  # type: ignore[attr-defined]  # noqa: SLF001 - NumPy's word for "not given"
        return result
    write(tape, out, result)
    return out


def write(tape: Tape, target: Any, value: Any) -> None:
    """Put a value into a whole array, traced or plain."""
    if type(target) is Traced:
        tape.writing(target.tensor)
        target.tensor.copy_(tape.tensor(value, target.dtype))
    elif type(value) is Traced and value.is_tracked:
        tape.refuse("a traced value is written into a plain array")
    else:
        np.copyto(target, value.plain() if type(value) is Traced else value, casting="unsafe")
