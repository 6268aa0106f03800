"""Whether a layer that takes inputs of another rank, or of other sides, is the same function there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.types import Array, Blueprint, Built, Role, Subject

#: Rows computed together agree with the same rows alone to a few roundings; this is far above them.
SAME = 1.0e-6
#: Axes of a batch of images.
IMAGE = 4
#: Forward counts axes from the last one: it is written for any number of them.
_FROM_LAST = re.compile(r"axis\s*=\s*\(?\s*-1|\.(mean|sum|var|std|max|min)\(\s*-1|\[\s*\.\.\.")


def is_of_any_rank(blueprint: Blueprint) -> bool:
    """Whether forward counts its axes from the last one; `x @ W` alone says nothing of more axes than two."""
    try:
        forward = blueprint.functions[0] if blueprint.functions else getattr(blueprint.cls, blueprint.forward)
        source = inspect.getsource(forward)
    except (OSError, TypeError, AttributeError):
        return False
    return _FROM_LAST.search(source) is not None


def is_same_function(subject: Subject, extra: int) -> bool:
    """Whether forward of (n, t, ...) is forward of (n t, ...), row by row.

    A batch normalisation over the first axis or a softmax over the second one takes one axis more, and is another
    function there: nobody promised its gradient.

    Args:
        subject: The layer on inputs with axes put behind the first one.
        extra: How many.
    """
    shapes = [x.shape for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT]
    if any(1 in shape or len(set(shape)) < len(shape) for shape in shapes):
        # With equal lengths a product of matrices finds partners that nobody meant.
        return False
    inputs = {n: x for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT}
    if not inputs or subject.cotangent is not None:
        return False
    y = subject.value(subject.primals)
    try:
        rows = subject.value({**subject.primals, **{n: _flat(x, extra) for n, x in inputs.items()}})
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; then it is no function of rows
        return False
    if y.ndim <= extra or rows.shape != _flat(y, extra).shape:
        return False
    return bool(np.allclose(rows, _flat(y, extra), SAME, SAME * float(np.max(np.abs(y), initial=0.0))))


def is_taken_for_square(blueprint: Blueprint, built: Built, inputs: Mapping[str, Any]) -> bool:
    """Whether forward counts the windows of one side of an image along both.

    Where the image is lower than wide its last slices then end early, and may meet the kernel by broadcasting. An image
    on its side, its kernel with it, has as many windows as upright, in other places.

    Args:
        blueprint: The layer, built on images that are squares.
        built: The layer.
        inputs: Forward's arguments, of which some sides may differ.
    """
    turned = {name: _on_its_side(x, blueprint.inputs.get(name)) for name, x in inputs.items()}
    images = [x.ndim for name, x in turned.items() if x is not inputs[name]]
    if not images:
        return False
    try:
        upright, other = blueprint.value(built, inputs), blueprint.value(built, turned)
    except Exception:  # noqa: BLE001 - the user's forward may refuse it on its side: then it is meant for squares
        return bool(max(images) >= IMAGE)  # of three axes it may be rows, of which features are no place for time
    return bool(sorted(upright.shape) != sorted(other.shape))


def _on_its_side(x: Any, as_built: Any) -> Any:
    """An array with two neighbouring axes exchanged that were of one length in the case, and are not here."""
    if not isinstance(x, np.ndarray) or not isinstance(as_built, np.ndarray) or x.ndim != as_built.ndim or x.ndim < 3:
        return x
    sides = [k for k in range(1, x.ndim - 1) if as_built.shape[k] == as_built.shape[k + 1]]
    if not sides or x.shape[sides[-1]] == x.shape[sides[-1] + 1]:
        return x
    return np.ascontiguousarray(np.swapaxes(x, sides[-1], sides[-1] + 1))


def _flat(x: Array, extra: int) -> Array:
    flat: Array = x.reshape(-1, *x.shape[1 + extra :])
    return flat
