"""Parameters of recurrent layers: one array for all gates, one per gate, or input and state side by side."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.matching.naming import plain
from gradcheck.types import Signature

#: What people call the parameters that meet the state, where the shapes leave it open.
_OF_STATE: Final = re.compile(r"hh|h$|hid|rec|prev|^u|state|recurrent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Where the weights and biases of each gate are.

    Attributes:
        inputs, states: Names of the matrices that meet the input and the state, one for all gates or one per gate.
        input_biases, state_biases: The same of the biases; empty where there are none.
        turned: Whether matrices are (in, out).
        joined: Whether `inputs` meet the input and the state side by side, and which of them comes first.
    """

    inputs: tuple[str, ...]
    states: tuple[str, ...]
    input_biases: tuple[str, ...]
    state_biases: tuple[str, ...]
    turned: tuple[bool, bool]
    joined: str = ""

    def parts(self, t: Mapping[str, Any], features: int, hidden: int) -> tuple[Any, Any, Any, Any]:
        """(gates, hidden, features), (gates, hidden, hidden), and twice (gates, hidden) or 0."""
        first = _stacked([t[n].T if self.turned[0] else t[n] for n in self.inputs])
        if self.joined:
            split = first.split((hidden, features) if self.joined == "state first" else (features, hidden), 1)
            w_x, w_h = reversed(split) if self.joined == "state first" else split
        else:
            w_x, w_h = first, _stacked([t[n].T if self.turned[1] else t[n] for n in self.states])
        b_x, b_h = (
            _stacked([t[n].reshape(-1) for n in names]).reshape(-1, hidden) if names else 0.0
            for names in (self.input_biases, self.state_biases)
        )
        return w_x.reshape(-1, hidden, features), w_h.reshape(-1, hidden, hidden), b_x, b_h


def gates(signature: Signature, features: int, hidden: int, count: int) -> Iterator[Gates]:
    """The ways in which the parameters may be those of `count` gates.

    Args:
        signature: What the layer shows.
        features: Entries of an input row.
        hidden: Entries of the state.
        count: Number of gates, 1 for a plain recurrent layer.
    """
    shapes = {name: signature.shape(name) for name in signature.parameters}
    vectors = [
        n for n in signature.parameters if math.prod(shapes[n]) in (hidden, count * hidden) and _is_vector(shapes[n])
    ]
    matrices = [n for n in signature.parameters if n not in vectors]
    if any(len(shapes[n]) != 2 for n in matrices):
        return
    for biases in _biases(vectors, shapes, hidden, count):
        for size in dict.fromkeys((1, count)):
            rows = hidden * count // size
            if len(matrices) == size:
                fitting = all(sorted(shapes[n]) == sorted((rows, features + hidden)) for n in matrices)
                for turned, joined in itertools.product((False, True), ("state first", "input first")):
                    if fitting and all(shapes[n][turned] == rows for n in matrices):
                        yield Gates(
                            inputs=tuple(matrices), states=(), input_biases=biases[0], state_biases=biases[1],
                            turned=(turned, turned), joined=joined,
                        )  # fmt: skip
            if len(matrices) == 2 * size:
                yield from _apart(matrices, shapes, features, hidden, rows, biases)


def _apart(
    matrices: Sequence[str],
    shapes: Mapping[str, tuple[int, ...]],
    features: int,
    hidden: int,
    rows: int,
    biases: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[Gates]:
    of_state = [n for n in matrices if sorted(shapes[n]) == sorted((rows, hidden))]
    of_input = [n for n in matrices if sorted(shapes[n]) == sorted((rows, features))]
    half = len(matrices) // 2
    ways = [(of_input, of_state)]
    if features == hidden:
        named = [n for n in matrices if _OF_STATE.search(plain(n))]
        rest = [n for n in matrices if n not in named]
        ways = [
            (rest, named),
            (list(matrices[:half]), list(matrices[half:])),
            (list(matrices[half:]), list(matrices[:half])),
        ]
    for (first, second), turned in itertools.product(ways, itertools.product((False, True), (False, True))):
        if len(first) != half or len(second) != half:
            continue
        right = all(shapes[n] == ((features, rows) if turned[0] else (rows, features)) for n in first)
        if right and all(shapes[n] == ((hidden, rows) if turned[1] else (rows, hidden)) for n in second):
            yield Gates(
                inputs=tuple(first), states=tuple(second), input_biases=biases[0], state_biases=biases[1], turned=turned
            )


def _biases(
    vectors: Sequence[str], shapes: Mapping[str, tuple[int, ...]], hidden: int, count: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Biases of the input's part and of the state's."""
    entries = sum(math.prod(shapes[n]) for n in vectors)
    half = len(vectors) // 2
    if entries == 0:
        yield (), ()
    elif entries == count * hidden:
        yield tuple(vectors), ()
        if count > 1:
            yield (), tuple(vectors)
    elif entries == 2 * count * hidden:
        named = [n for n in vectors if _OF_STATE.search(plain(n))]
        if len(named) == half:
            yield tuple(n for n in vectors if n not in named), tuple(named)
        yield tuple(vectors[:half]), tuple(vectors[half:])
        yield tuple(vectors[half:]), tuple(vectors[:half])


def _is_vector(shape: tuple[int, ...]) -> bool:
    return sum(n != 1 for n in shape) <= 1


def _stacked(arrays: Sequence[Any]) -> Any:
    import torch

    return torch.cat(list(arrays), 0)
