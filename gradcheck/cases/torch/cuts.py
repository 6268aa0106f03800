"""Where forward leaves autograd's graph: watched while it runs, with the user's line and the tensors it costs."""

from __future__ import annotations

import contextlib
import linecache
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.cases.torch.program import Program
from gradcheck.types import Primals

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
NO_GRAD = "torch.no_grad()"
#: What a person writes to stop a gradient on purpose.
DELIBERATE = frozenset({".detach()", ".detach_()", NO_GRAD})
#: On the same line they say what a detach() was for.
ROUND_TRIP = (".numpy(", ".tolist(", ".item(", "np.", "numpy.")
#: The module whose frames stand between a function's `apply` and its forward.
_APPLY = "torch.autograd.function"


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
        """Whether the call says that the gradient is to stop here, not only that NumPy asks for it."""
        text = linecache.getline(self.file, self.line)
        return self.call in DELIBERATE and not any(word in text for word in ROUND_TRIP)


@dataclass(slots=True)
class _Watch:
    """For each cut the identities of the leaves whose gradients it cuts."""

    cuts: dict[Cut, set[int]] = field(default_factory=dict)


def cuts_of(program: Program, primals: Primals) -> Mapping[Cut, frozenset[str]]:
    """Run forward once and tell where it leaves the graph, and which primals' gradients are cut there.

    Args:
        program: The module.
        primals: Where it is run.
    """
    with program.running(), _watched() as watch:
        run = program.run(primals)
        names = {id(leaf): name for name, leaf in run.leaves.items()}
    return {cut: frozenset(names[leaf] for leaf in leaves if leaf in names) for cut, leaves in watch.cuts.items()}


def cuts_at(cuts: Mapping[Cut, frozenset[str]], name: str) -> list[Cut]:
    """The cuts that cost one primal's gradient, those that are no intent first."""
    return sorted((cut for cut, names in cuts.items() if name in names), key=lambda c: (c.is_deliberate, c.line))


@contextlib.contextmanager
def _watched() -> Iterator[_Watch]:
    """Record every call that takes a tensor with a gradient out of the graph."""
    import torch
    from torch.overrides import TorchFunctionMode

    watch = _Watch()

    class _Watching(TorchFunctionMode):  # type: ignore[misc] # torch is not typed here
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            lost = [a for a in args if isinstance(a, torch.Tensor) and a.requires_grad]
            called = _CUTS.get(_name(func)) if torch.is_grad_enabled() else NO_GRAD
            place = _users_place(inside_apply=not torch.is_grad_enabled()) if lost and called else None
            if place is not None:
                watch.cuts.setdefault(Cut(str(called), *place), set()).update(_leaves(lost))
            return func(*args, **(kwargs or {}))

    with _Watching():
        yield watch


def _name(func: Any) -> str:
    """The attribute or method behind a call: `torch.Tensor.data.__get__` is "data"."""
    name = str(getattr(func, "__name__", ""))
    return str(getattr(getattr(func, "__self__", None), "__name__", "")) if name == "__get__" else name


def _leaves(tensors: list[Any]) -> set[int]:
    """Identities of the leaves that tensors were computed from, by the graph."""
    found = {id(tensor) for tensor in tensors if tensor.grad_fn is None}
    waiting = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None]
    seen: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found.add(id(node.variable))
        waiting += [before for before, _ in node.next_functions if before is not None]
    return found


def _users_place(*, inside_apply: bool) -> tuple[str, int] | None:
    """File and line of the innermost frame outside torch; None where torch itself cuts.

    Args:
        inside_apply: Whether None is the answer as well inside a function's forward, where gradients are off anyway.
    """
    frame: Any = sys._getframe(2)  # noqa: SLF001 - the one way to a caller's line
    place: tuple[str, int] | None = None
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("gradcheck.cases.torch.program"):
            return place
        if inside_apply and module == _APPLY:
            return None
        if place is None and module.partition(".")[0] not in {"torch", "numpy"}:
            place = frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return place
