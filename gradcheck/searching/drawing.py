"""Forward's arguments in another configuration: other lengths, in the domains of the case's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.cases.naming import roles
from gradcheck.searching import values
from gradcheck.searching.axes import Axis
from gradcheck.types import Blueprint


def is_whole(value: Any) -> bool:
    """Whether an argument holds ids or labels."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "i"


def redrawn(
    blueprint: Blueprint,
    seed: int,
    lengths: Mapping[Axis, int],
    extra: tuple[int, ...] = (),
    variety: str = "",
    changed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Forward's arguments with axes of other lengths, drawn in the domains of the case's own.

    Args:
        blueprint: What the case was made of.
        seed: The case's seed.
        lengths: Axis to length, for those that differ.
        extra: Lengths of axes put behind the first one.
        variety: Kind of values.
        changed: Constructor arguments that differ; a vocabulary among them bounds ids.
    """
    found: dict[str, Any] = {}
    classes = _classes(blueprint, lengths)
    vocabulary = _vocabulary({**blueprint.arguments, **(changed or {})})
    for name, value in blueprint.inputs.items():
        if not isinstance(value, np.ndarray):
            found[name] = value
            continue
        shape = tuple(lengths.get((name, axis), length) for axis, length in enumerate(value.shape))
        shape = (*shape[:1], *extra, *shape[1:]) if shape else shape
        below = int(value.max()) + 1 if value.dtype.kind in "iu" and value.size else 2
        below = min(below, classes or below) if vocabulary is None else vocabulary
        kind = "" if name in blueprint.parameters else variety
        found[name] = values.drawn(value, shape, name, seed, below=below, variety=kind)
    return found


def _classes(blueprint: Blueprint, lengths: Mapping[Axis, int]) -> int | None:
    """Length of the last axis of the first input: labels of a loss are below it."""
    name = next(iter(blueprint.differentiable), "")
    x = blueprint.inputs.get(name)
    if not isinstance(x, np.ndarray) or not x.ndim:
        return None
    return int(lengths.get((name, x.ndim - 1), x.shape[-1]))


def _vocabulary(given: Mapping[str, Any]) -> int | None:
    for name, value in given.items():
        role = roles.role_of(name)
        if role is not None and role.name == "vocabulary" and isinstance(value, int):
            return value
    return None
