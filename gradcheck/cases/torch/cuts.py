"""Where forward leaves autograd's graph: watched while it runs, with the user's line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: Calls after which a tensor's gradient is lost, and how a person writes them.
_CUTS = {
    "data": ".data",
    "detach": ".detach()",
    "detach_": ".detach_()",
    "item": ".item()",
    "numpy": ".numpy()",
    "tolist": ".tolist()",
    "__array__": "a NumPy function",
    "__float__": "float(...)",
    "__int__": "int(...)",
}
#: What a person writes to stop a gradient on purpose.
DELIBERATE = frozenset({".detach()", ".detach_()"})


@dataclass(frozen=True, slots=True)
class Cut:
    """One place where a tensor that has a gradient left the graph.

    Attributes:
        call: How it is written, such as `.data`.
        file: Name of the file.
        line: 1-based line.
    """

    call: str
    file: str
    line: int

    def __str__(self) -> str:
        """Such as `.data at model.py:31`."""
        return f"{self.call} at {self.file.rpartition('/')[2]}:{self.line}"

    @property
    def is_deliberate(self) -> bool:
        """Whether the call says that the gradient is to stop here."""
        return self.call in DELIBERATE


@dataclass(slots=True)
class Watch:
    """The cuts seen so far, each place once."""

    cuts: dict[Cut, None] = field(default_factory=dict)


@contextlib.contextmanager
def watched() -> Iterator[Watch]:
    """Record every call that takes a tensor with a gradient out of the graph.

    What happens where gradients are off (inside a function's forward, under no_grad) cuts nothing that was not cut.
    """
    import torch
    from torch.overrides import TorchFunctionMode, resolve_name

    watch = Watch()

    class _Watching(TorchFunctionMode):  # type: ignore[misc] # torch is not typed here
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            called = _CUTS.get(_name(func, resolve_name))
            if called and torch.is_grad_enabled() and args and getattr(args[0], "requires_grad", False):
                frame = _users_frame()
                if frame is not None:
                    watch.cuts[Cut(call=called, file=frame[0], line=frame[1])] = None
            return func(*args, **(kwargs or {}))

    with _Watching():
        yield watch


def _name(func: Any, resolve_name: Any) -> str:
    """The attribute or method behind a call: `torch.Tensor.data.__get__` is "data"."""
    name = getattr(func, "__name__", "")
    if name == "__get__":
        return str(getattr(getattr(func, "__self__", None), "__name__", ""))
    return name or str(resolve_name(func) or "").rpartition(".")[2]


def _users_frame() -> tuple[str, int] | None:
    """The innermost frame outside torch and outside this package's own running of it; None where torch itself cuts."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 - the one way to a caller's line
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in {"torch", "numpy"}:
            return None if module.startswith("gradcheck.cases.torch") else (frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None
