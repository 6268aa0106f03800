"""Forms of attention: y = softmax(q k^T / sqrt(d) + mask) v, whatever comes before and after."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.types import Array, Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """How scores become weights.

    Attributes:
        difference: How this differs from torch's, "" for torch's own.
        scale: Power of 1 / d that multiplies the scores, 0.5 in torch; d is the size of a head.
        axis: Axis of the softmax.
        mask: "" for none, "causal", or the name of what forward is handed.
        keeps: Whether a mask's true entries are the ones attended to; None for a mask that is added.
    """

    difference: str = ""
    scale: float = 0.5
    axis: int = -1
    mask: str = ""
    keeps: bool | None = None

    def attend(self, q: Any, k: Any, v: Any, given: Mapping[str, Any]) -> Any:
        """(..., queries, d), (..., keys, d), (..., keys, e) -> (..., queries, e)."""
        import torch

        if not self.difference:
            mask = None if self.mask in ("", "causal") else self._mask(given[self.mask], q)
            causal = self.mask == "causal"
            return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** self.scale
        return scores.softmax(self.axis) @ v

    def _mask(self, value: Array, q: Any) -> Any:
        import torch

        mask = torch.tensor(np.asarray(value))
        if mask.dim() == q.dim() - 1:
            mask = mask.unsqueeze(-3)  # the same for every head
        if self.keeps is None:
            return mask.to(q.dtype)
        return (mask != 0) if self.keeps else (mask == 0)


def attendings(signature: Signature) -> Iterator[Attending]:
    """Torch's own with every mask there may be, then the ways in which people's differ."""
    yield Attending()
    yield Attending(mask="causal")
    for name, value in signature.given.items():
        if isinstance(value, np.ndarray) and value.ndim >= 2:
            yield from (Attending(mask=name, keeps=keeps) for keeps in (None, True, False))
    yield Attending(scale=0.0, difference="does not divide the scores by the root of the head's size")
    yield Attending(scale=1.0, difference="divides the scores by the head's size instead of its root")
    yield Attending(axis=-2, difference="takes the softmax over the queries instead of the keys")


def orders(names: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Which inputs are queries, keys and values: in the order in which they are named, then in any."""
    if len(names) == 1:
        yield (names[0],) * 3
    elif len(names) == 2:
        yield names[0], names[1], names[1]
        yield names[1], names[0], names[0]
    elif len(names) == 3:
        words = {word: next((n for n in names if n.lower().startswith(word)), "") for word in "qkv"}
        if all(words.values()):
            yield words["q"], words["k"], words["v"]
        yield from itertools.permutations(names, 3)
