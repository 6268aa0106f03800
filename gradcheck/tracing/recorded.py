"""One forward recorded by torch, and the gradients read off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.dispatch import Trace
from gradcheck.tracing.exchange import exchanged
from gradcheck.tracing.pulling import pulled
from gradcheck.tracing.refusal import RefusalError, place_of
from gradcheck.tracing.tape import BorrowedWriteError
from gradcheck.types import Array, Primals

Wrap = Callable[[Array, str | None], Any]
Replay = Callable[[Primals, Wrap, AbstractContextManager[None]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recorded forward.

    Attributes:
        value: Its answer, float64; None where the trace was given up.
        refusal: Why, one sentence; "" where it was not.
        trace: The recorder.
        output: The tensor with the graph.
        leaves: Primal name to the tensor torch differentiates by.
    """

    value: Array | None = None
    refusal: str = ""
    trace: Trace | None = None
    output: Any = None
    leaves: Mapping[str, Any] | None = None

    def gradients(self, cotangents: Sequence[Array]) -> list[dict[str, Array]]:
        """<cotangent, J> for each cotangent, by primal."""
        assert self.trace is not None and self.leaves is not None  # noqa: S101, PT018 - a refused trace has no graph
        if not self.output.requires_grad:  # nothing traced has left, so that the answer is constant
            return [{name: np.zeros(tuple(leaf.shape)) for name, leaf in self.leaves.items()} for _ in cotangents]
        with self.trace.recording():
            return [
                pulled(self.output, self.leaves, cotangent, again=position + 1 < len(cotangents))
                for position, cotangent in enumerate(cotangents)
            ]


def record(replay: Replay, primals: Primals) -> Recorded:
    """Run a forward on traced arrays.

    Args:
        replay: Runs forward with its arrays exchanged (`Subject.replay`).
        primals: The point.
    """
    import torch

    for copies in (False, True):
        try:
            return _record(Trace(torch, copies=copies), replay, primals)
        except BorrowedWriteError:
            continue
    return Recorded(refusal="forward writes into memory that could not be copied")


def _record(trace: Trace, replay: Replay, primals: Primals) -> Recorded:
    leaves: dict[str, Any] = {}

    def wrap(array: Array, name: str | None) -> Any:
        tensor = trace.lent(array)
        if name is not None:
            leaf = tensor.requires_grad_()
            leaves[name] = leaf
            tensor = leaf.clone() if trace.copies else leaf
        return Traced(tensor, trace)

    with trace.recording():
        try:
            output = replay(primals, wrap, exchanged(trace))
        except BorrowedWriteError:
            raise
        except RefusalError as error:
            return Recorded(refusal=trace.refusal or str(error))
        except Exception as error:  # noqa: BLE001 - a user's forward on arrays that are none may raise anything
            where = place_of(error.__traceback__)
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            return Recorded(refusal=trace.refusal or f"forward raises {reason} {where}".rstrip())
    lost = [name for name in primals if name not in leaves]
    if lost:
        return Recorded(refusal=f"`{lost[0]}` is no plain array, or held where no copy reaches it")
    return _settled(trace, output, leaves)


def _settled(trace: Trace, output: Any, leaves: Mapping[str, Any]) -> Recorded:
    if trace.refusal:
        return Recorded(refusal=trace.refusal)
    if type(output) is not Traced:
        return Recorded(refusal="forward's answer is a plain array")
    value = output.plain().astype(np.float64)
    return Recorded(value=value, trace=trace, output=output.tensor, leaves=leaves)
