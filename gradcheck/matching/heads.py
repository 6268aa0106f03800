"""Attention of several heads within a layer: its parameters, in whatever shape people keep them."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.matching.attending import Attending
from gradcheck.matching.naming import plain
from gradcheck.matching.settings import whole
from gradcheck.matching.slots import BIAS
from gradcheck.types import Signature

HEADS: Final = ("numheads", "nheads", "heads", "nhead", "h", "numhead", "headsnum", "numattentionheads", "nhead")
#: Words for the four projections, by their letter; the first letter after the weight's own decides otherwise.
_WORDS: Final = {"q": r"quer|q", "k": r"key|k", "v": r"val|v", "o": r"out|o|fc|proj|dense|linear"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Projections:
    """Parameters of one attention: names by "q", "k", "v", "o", and "in" where the first three are one array."""

    weights: Mapping[str, str]
    biases: Mapping[str, str]
    heads: int
    turned: bool
    turned_out: bool
    interleaved: bool = False

    @property
    def how(self) -> str:
        """The layout in words, "" for torch's own."""
        words = ["weights (in, out)"] * self.turned + ["heads interleaved"] * self.interleaved
        words += [f"{self.heads} heads"] * (self.heads > 1)
        return ", ".join(words)

    def attend(self, t: Mapping[str, Any], q: Any, k: Any, v: Any, way: Attending, given: Mapping[str, Any]) -> Any:
        """(batch, queries, width), (batch, keys, width), (batch, keys, width) -> (batch, queries, width)."""
        q, k, v = (self._split(self._projected(t, letter, x)) for letter, x in (("q", q), ("k", k), ("v", v)))
        mixed = self._joined(way.attend(q, k, v, given))
        if "o" not in self.weights:
            return mixed
        matrix = t[self.weights["o"]]
        return mixed @ (matrix if self.turned_out else matrix.T) + self._bias(t, "o")

    def _projected(self, t: Mapping[str, Any], letter: str, x: Any) -> Any:
        if "in" in self.weights:
            whole_matrix = t[self.weights["in"]].T if self.turned else t[self.weights["in"]]
            matrix = whole_matrix.chunk(3, 0)["qkv".index(letter)]
            shift = t[self.biases["in"]].reshape(-1).chunk(3)["qkv".index(letter)] if "in" in self.biases else 0.0
            return x @ matrix.T + shift
        matrix = t[self.weights[letter]]
        return x @ (matrix if self.turned else matrix.T) + self._bias(t, letter)

    def _bias(self, t: Mapping[str, Any], letter: str) -> Any:
        return t[self.biases[letter]].reshape(-1) if letter in self.biases else 0.0

    def _split(self, x: Any) -> Any:
        sizes = (-1, self.heads) if self.interleaved else (self.heads, -1)
        x = x.reshape(*x.shape[:-1], *sizes)
        return (x.transpose(-1, -2) if self.interleaved else x).transpose(-2, -3)

    def _joined(self, x: Any) -> Any:
        x = x.transpose(-2, -3)
        return (x.transpose(-1, -2) if self.interleaved else x).flatten(-2)


def projections(signature: Signature, names: Sequence[str], width: int) -> Iterator[Projections]:
    """The ways in which these parameters may be those of an attention over rows of `width` entries."""
    shapes = {name: signature.shape(name) for name in names}
    matrices = [n for n in names if len(shapes[n]) == 2 and min(shapes[n]) > 1 and math.prod(shapes[n]) % width == 0]
    vectors = [n for n in names if n not in matrices]
    weights = _lettered(matrices, shapes, width)
    if weights is None:
        return
    biases = _biases(vectors, shapes, weights)
    if biases is None:
        return
    first = weights.get("q", weights.get("in", ""))
    inner = shapes[first]
    turns = [inner[0] == width, inner[1] == width]
    out = shapes.get(weights.get("o", ""), inner)
    stated = whole(signature, *HEADS)
    size = (
        max(inner) // 3 if "in" in weights else min(inner) if inner[0] != inner[1] and width not in inner else inner[0]
    )
    divisors = [h for h in range(1, size + 1) if size % h == 0 and h != stated]
    for heads in ([stated] if stated and size % stated == 0 else []) + divisors:
        for turned, turned_out, interleaved in itertools.product((False, True), (False, True), (False, True)):
            if (turned and not turns[0]) or (not turned and not turns[1]) or (interleaved and heads == 1):
                continue
            if out[1] != width and turned_out:
                continue
            yield Projections(
                weights=weights,
                biases=biases,
                heads=heads,
                turned=turned,
                turned_out=turned_out,
                interleaved=interleaved,
            )


def _lettered(matrices: Sequence[str], shapes: Mapping[str, tuple[int, ...]], width: int) -> dict[str, str] | None:
    """Matrices by "q", "k", "v", "o" or by "in", "o": by their names, else in the order in which they are held."""
    packed = [n for n in matrices if 3 * min(shapes[n]) == max(shapes[n])]
    if len(packed) == 1 and len(matrices) <= 2:
        rest = [n for n in matrices if n not in packed]
        return {"in": packed[0], **({"o": rest[0]} if rest else {})}
    if len(matrices) not in (3, 4) or any(width not in shapes[n] for n in matrices[:3]):
        return None
    letters = "qkvo"[: len(matrices)]
    found = {letter: [n for n in matrices if _says(n, letter)] for letter in letters}
    if all(len(ones) == 1 for ones in found.values()) and len({ones[0] for ones in found.values()}) == len(matrices):
        return {letter: ones[0] for letter, ones in found.items()}
    return dict(zip(letters, matrices, strict=True))


def _biases(
    vectors: Sequence[str], shapes: Mapping[str, tuple[int, ...]], weights: Mapping[str, str]
) -> dict[str, str] | None:
    left = list(vectors)
    found = {}
    for letter in weights:
        mine = [
            n
            for n in left
            if (_says(n, letter) if letter != "in" else math.prod(shapes[n]) == max(shapes[weights["in"]]))
        ]
        if mine:
            found[letter] = mine[0]
            left.remove(mine[0])
    return None if left else found


def _says(name: str, letter: str) -> bool:
    """Whether a parameter's name says query, key, value or output: `W_q`, `key.weight`, `bv`, `out_proj.b`."""
    words = [plain(word) for word in re.split(r"[.\[\]'\"]+", name) if word]
    inner = [
        re.sub(r"^(weights?|w|biases|bias|b)_?|_?(weights?|w|biases|bias|b|proj|linear|layer)$", "", word)
        for word in words
    ]
    told = [word for word in inner if word and not BIAS.fullmatch(word)]
    return any(re.match(_WORDS[letter], word) for word in told) and not any(
        re.match(_WORDS[other], word) for other in "qkv" if other != letter for word in told if letter == "o"
    )
