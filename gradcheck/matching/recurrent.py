"""Forms of recurrent cells and of the layers that run them along a sequence."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gradcheck.matching.gates import Gates, gates
from gradcheck.types import Form, Signature

#: (input's share, state's share, both (gates, batch, hidden), state, memory) -> (state, memory).
Step = Callable[[Any, Any, Any, Any], tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A kind of cell.

    Attributes:
        count: Its gates, in torch's order.
        steps: What it does with them, by how that differs from torch's, "" for torch's own.
        has_memory: Whether it keeps a memory beside its state.
    """

    count: int
    steps: Mapping[str, Step]
    has_memory: bool = False


def cell_forms(signature: Signature, cell: Cell) -> Iterator[Form]:
    """One step from (batch, features): state, and memory where there is one, are inputs or zero.

    A cell with a memory answers with its state, or with both end to end in either order.
    """
    states = 2 if cell.has_memory else 1
    if not 1 <= len(signature.inputs) <= 1 + states or signature.y.ndim not in (1, 2):
        return
    for names in itertools.permutations(signature.inputs):
        x, *kept = names
        for shape, answers in _answers(signature, kept):
            if signature.shape(x)[:-1] != shape[:-1] or any(signature.shape(name) != shape for name in kept):
                continue
            features, hidden = signature.shape(x)[-1], shape[-1]
            for found, order, (difference, step) in _ways(signature, cell, features, hidden):
                value = partial(
                    _one_step, x=x, kept=kept, found=found, order=order, step=step, hidden=hidden, answers=answers
                )
                yield Form(value=value, how=_told(found, order), difference=difference)


def _answers(signature: Signature, kept: Sequence[str]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The shape that the state may have, and which of (state, memory) the answer is made of."""
    yield signature.y.shape, (0,)
    if len(kept) == 2 and signature.y.ndim == 1:
        for order in ((0, 1), (1, 0)):
            yield signature.shape(kept[0]), order


def layer_forms(signature: Signature, cell: Cell) -> Iterator[Form]:
    """Along a sequence, batch first or time first; every state or the last is the answer."""
    states = 2 if cell.has_memory else 1
    if not 1 <= len(signature.inputs) <= 1 + states:
        return
    x, *kept = signature.inputs
    shape, answer = signature.shape(x), signature.y.shape
    if len(shape) not in (2, 3):
        return
    features, hidden = shape[-1], answer[-1] if answer else 0
    for time_axis in (1, 0) if len(shape) == 3 else (0,):
        rest = (*shape[:time_axis], *shape[time_axis + 1 : -1])
        every = answer[:-1] == shape[:-1]
        if not every and tuple(n for n in answer[:-1] if n != 1) != tuple(n for n in rest if n != 1):
            continue
        for found, order, (difference, step) in _ways(signature, cell, features, hidden):
            value = partial(
                _sequence, x=x, kept=kept, found=found, order=order, step=step, hidden=hidden, time_axis=time_axis,
                every=every,
            )  # fmt: skip
            words = [_told(found, order), "time first" if time_axis == 0 else "", "" if every else "the last state"]
            yield Form(value=value, how=", ".join(word for word in words if word), difference=difference)


def _ways(
    signature: Signature, cell: Cell, features: int, hidden: int
) -> Iterator[tuple[Gates, tuple[int, ...], tuple[str, Step]]]:
    orders = list(itertools.permutations(range(cell.count)))
    for found in gates(signature, features, hidden, cell.count):
        yield from itertools.product([found], orders, cell.steps.items())


def _told(found: Gates, order: Sequence[int]) -> str:
    words = ["weights (in, out)"] * found.turned[0] + [f"input and state side by side, {found.joined}"] * bool(
        found.joined
    )
    return ", ".join(words + ["gates in another order"] * (list(order) != sorted(order)))


def _shares(t: Mapping[str, Any], found: Gates, order: Sequence[int], features: int, hidden: int) -> Any:
    """(x, state) -> the input's share and the state's, each (gates, batch, hidden), gates in torch's order."""
    w_x, w_h, b_x, b_h = found.parts(t, features, hidden)
    chosen = list(order)

    def shares(x: Any, h: Any) -> tuple[Any, Any]:
        mine = (x @ w_x.transpose(1, 2) + (b_x.unsqueeze(1) if found.input_biases else 0.0))[chosen]
        other = (h @ w_h.transpose(1, 2) + (b_h.unsqueeze(1) if found.state_biases else 0.0))[chosen]
        return mine, other

    return shares


def _one_step(
    t: Mapping[str, Any],
    *,
    x: str,
    kept: Sequence[str],
    found: Gates,
    order: Sequence[int],
    step: Step,
    hidden: int,
    answers: Sequence[int],
) -> Any:
    import torch

    rows = t[x].reshape(-1, t[x].shape[-1])
    zero = rows.new_zeros((rows.shape[0], hidden))
    states = [t[name].reshape(-1, hidden) for name in kept] + [zero] * (2 - len(kept))
    mine, other = _shares(t, found, order, rows.shape[-1], hidden)(rows, states[0])
    both = step(mine, other, states[0], states[1])
    return both[0] if len(answers) == 1 else torch.cat([both[index].reshape(-1) for index in answers])


def _sequence(
    t: Mapping[str, Any],
    *,
    x: str,
    kept: Sequence[str],
    found: Gates,
    order: Sequence[int],
    step: Step,
    hidden: int,
    time_axis: int,
    every: bool,
) -> Any:
    import torch

    steps = t[x].movedim(time_axis, 0)
    steps = steps.unsqueeze(1) if steps.dim() == 2 else steps
    zero = steps.new_zeros((steps.shape[1], hidden))
    h, c = [*(t[name].reshape(-1, hidden) for name in kept), zero, zero][:2]
    shares = _shares(t, found, order, steps.shape[-1], hidden)
    seen = []
    for row in steps:
        mine, other = shares(row, h)
        h, c = step(mine, other, h, c)
        seen.append(h)
    if not every:
        return h
    y = torch.stack(seen, 0)
    return y.squeeze(1) if t[x].dim() == 2 else y.movedim(0, time_axis)


def _plain(mine: Any, other: Any, _h: Any, c: Any, *, function: str) -> tuple[Any, Any]:
    total = mine[0] + other[0]
    return (getattr(total, function)() if function else total), c


def _lstm(mine: Any, other: Any, _h: Any, c: Any) -> tuple[Any, Any]:
    i, f, g, o = mine + other
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _gru(mine: Any, other: Any, h: Any, c: Any, *, exchanged: bool) -> tuple[Any, Any]:
    r, z = ((mine[k] + other[k]).sigmoid() for k in (0, 1))
    n = (mine[2] + r * other[2]).tanh()
    return ((1.0 - z) * h + z * n if exchanged else (1.0 - z) * n + z * h), c


RNN = Cell(
    count=1,
    steps={
        "": partial(_plain, function="tanh"),
        "uses ReLU where torch's default is tanh": partial(_plain, function="relu"),
        "uses a sigmoid where torch uses tanh": partial(_plain, function="sigmoid"),
        "leaves out the tanh": partial(_plain, function=""),
    },
)
LSTM = Cell(count=4, steps={"": _lstm}, has_memory=True)
GRU = Cell(
    count=3,
    steps={
        "": partial(_gru, exchanged=False),
        "keeps the state by 1 - z where torch keeps it by z": partial(_gru, exchanged=True),
    },
)
