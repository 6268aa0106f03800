"""The axes of a layer's inputs: which have one length together, which may have another, which follow an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcheck.types import Array

#: An axis: the argument of forward and the position.
Axis = tuple[str, int]
#: (inputs) -> whether forward takes them.
Accepts = Callable[[Mapping[str, Any]], bool]
#: Roles of constructor arguments that are the length of an input's axis.
SIZES: Final = frozenset(
    {
        "in features", "out features", "features", "hidden", "in channels", "out channels", "channels", "classes",
        "time", "spatial", "batch",
    }
)  # fmt: skip

#: How many blocks of one length lie side by side in the weights of a recurrent step.
BLOCKS: Final = (2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Axes that have one length.

    Attributes:
        length: Their length in the case.
        axes: The axes.
        argument: The constructor argument that is this length, "" where the length is free.
        is_batch: Whether they are those of the samples.
        blocks: Axes of parameters that are some times as long, with how many times: the gates of a recurrent step.
    """

    length: int
    axes: tuple[Axis, ...]
    argument: str = ""
    is_batch: bool = False
    blocks: tuple[tuple[Axis, int], ...] = ()

    def lengths(self, length: int) -> dict[Axis, int]:
        """The lengths of all its axes where it has another one."""
        return {**dict.fromkeys(self.axes, length), **{axis: times * length for axis, times in self.blocks}}


def dimensions(
    inputs: Mapping[str, Any],
    batch_axis: int | None,
    sizes: Mapping[str, int],
    fixed: frozenset[int],
    accepts: Accepts,
    resized: Callable[[Mapping[Axis, int]], Mapping[str, Any]],
    parameters: frozenset[str] = frozenset(),
) -> list[Dimension]:
    """The dimensions whose length can be another.

    An axis of length one stays what it is: at another length it would meet its neighbours by broadcasting. One as
    long as an argument that means a size follows it, one as long as an axis of a parameter stays.

    Args:
        inputs: Forward's arguments.
        batch_axis: Axis of the batch in arrays of full rank, None where it is not known.
        sizes: Constructor arguments that mean a size, by name.
        fixed: Lengths of the axes of the parameters.
        accepts: Whether forward takes other inputs.
        resized: (axis -> length) -> the inputs with these lengths.
        parameters: Names of the inputs that are parameters.
    """
    found: list[Dimension] = []
    groups = _groups(inputs)
    blocks = _blocks(inputs, groups, parameters)
    following = {axis for axes in blocks.values() for axis, _ in axes}
    for group in groups:
        length = _length(inputs, group[0])
        is_batch = batch_axis is not None and any(axis == batch_axis for _, axis in group)
        named = next((name for name, size in sizes.items() if size == length), "")
        if length < 2 or group[0] in following:
            continue
        if named and not is_batch:
            found.append(Dimension(length=length, axes=group, argument=named))
        elif is_batch or length not in fixed:
            one = Dimension(length=length, axes=group, is_batch=is_batch, blocks=blocks.get(group, ()))
            if any(accepts(resized(one.lengths(other))) for other in (length + 1, 2 * length, length + 2)):
                found.append(one)
    return found


def _blocks(
    inputs: Mapping[str, Any], groups: Sequence[tuple[Axis, ...]], parameters: frozenset[str]
) -> dict[tuple[Axis, ...], tuple[tuple[Axis, int], ...]]:
    """The groups of parameters' axes that are some blocks of another group of them, by that other group.

    With another length of its own such an axis would be cut into unequal blocks, which meet by broadcasting.
    """
    found: dict[tuple[Axis, ...], tuple[tuple[Axis, int], ...]] = {}
    for group in groups:
        length = _length(inputs, group[0])
        if not all(name in parameters for name, _ in group):
            continue
        for base in groups:
            times, rest = divmod(length, _length(inputs, base[0]))
            if times in BLOCKS and not rest and any(name in parameters for name, _ in base):
                found[base] = (*found.get(base, ()), *((axis, times) for axis in group))
                break
    return found


def _groups(inputs: Mapping[str, Any]) -> list[tuple[Axis, ...]]:
    """Axes of one length; where an array has it twice, by position, so that an image need not stay a square."""
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray) and value.ndim}
    twice = {n for value in arrays.values() for n in value.shape if value.shape.count(n) > 1}
    groups: dict[tuple[int, ...], list[Axis]] = {}
    for name, value in arrays.items():
        for axis, length in enumerate(value.shape):
            groups.setdefault((length, axis) if length in twice else (length,), []).append((name, axis))
    return [tuple(group) for group in groups.values()]


def _length(inputs: Mapping[str, Any], axis: Axis) -> int:
    array: Array = inputs[axis[0]]
    return int(array.shape[axis[1]])


def squares(found: list[Dimension]) -> list[tuple[Dimension, ...]]:
    """Free dimensions of one length and one array: height and width."""
    by_length: dict[int, list[Dimension]] = {}
    for one in found:
        if not one.argument:
            by_length.setdefault(one.length, []).append(one)
    return [tuple(group) for group in by_length.values() if len(group) > 1]
