"""Entries moved about: reshape, transposition, permutations of order three, axes added, taken away, repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.tapes import draws
from gradcheck.tapes.calling import callable_of, has_method, parameters_of, takes_many
from gradcheck.tapes.model import Application, Operator, OperatorGroup, Surface
from gradcheck.types import Array

#: Neither is its own inverse.
PERMUTATIONS = ((1, 2, 0), (2, 0, 1))
#: Parameters of a method that are not the object itself, from which on it swaps two axes.
TWO_AXES = 3


def _operators(surface: Surface) -> Iterator[Operator]:
    if surface.is_scalar:
        return
    yield from _reshaped(surface)
    yield from _transposed(surface)
    if swap := callable_of(surface, ("swapaxes", "swap", "swap_axes")):
        yield Operator(
            name="swapaxes",
            applications=tuple(
                _one(f"swapaxes of {(2, 3, 4)}, {pair}", (2, 3, 4), _called(swap, pair), _swapped(pair))
                for pair in ((0, 2), (1, 2), (-1, -2))
            ),
        )
    if flatten := callable_of(surface, ("flatten", "ravel")):
        yield Operator(
            name="flatten",
            applications=(_one("flatten of (2, 3, 4)", (2, 3, 4), flatten, np.ravel),),
        )
    if squeeze := callable_of(surface, ("squeeze",)):
        yield Operator(
            name="squeeze",
            applications=(_one("squeeze of (4, 1, 3), 1", (4, 1, 3), _called(squeeze, (1,)), _squeezed),),
        )
    if unsqueeze := callable_of(surface, ("unsqueeze", "expand_dims")):
        yield Operator(
            name="unsqueeze",
            applications=tuple(
                _one(f"unsqueeze of (4, 3), {axis}", (4, 3), _called(unsqueeze, (axis,)), _unsqueezed(axis))
                for axis in (0, 1)
            ),
        )
    if repeat := callable_of(surface, ("broadcast_to", "expand")):
        targets = (((1, 3), (4, 3)), ((3,), (4, 3)), ((4, 1), (2, 4, 3)))
        yield Operator(
            name="broadcast_to",
            applications=tuple(
                _one(f"{shape} to {target}", shape, _shaped(repeat, target), _repeated(target))
                for shape, target in targets
            ),
        )


def _reshaped(surface: Surface) -> Iterator[Operator]:
    if reshape := callable_of(surface, ("reshape", "view")):
        targets: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
            ((4, 3), (2, 6)), ((4, 3), (12,)), ((2, 3, 4), (6, 4)), ((4, 3), (-1, 2)),
        )  # fmt: skip
        yield Operator(
            name="reshape",
            applications=tuple(
                _one(f"{shape} to {target}", shape, _shaped(reshape, target), _filled(target))
                for shape, target in targets
            ),
        )


def _transposed(surface: Surface) -> Iterator[Operator]:
    applications: list[Application] = []
    if has_method(surface.cls, "T"):
        applications.append(_one("x.T of (4, 3)", (4, 3), lambda x: x.T() if callable(x.T) else x.T, np.transpose))
    if transpose := callable_of(surface, ("transpose", "permute")):
        if len(parameters_of(transpose)) >= TWO_AXES and not takes_many(transpose):
            applications += [
                _one(f"transpose of (2, 3, 4), {pair}", (2, 3, 4), _called(transpose, pair), _swapped(pair))
                for pair in ((0, 1), (0, 2), (1, 2))
            ]
        else:
            applications.append(_one("transpose of (4, 3)", (4, 3), transpose, np.transpose))
            applications += [
                _one(f"transpose of (2, 3, 4), {axes}", (2, 3, 4), _shaped(transpose, axes), _permuted(axes))
                for axes in PERMUTATIONS
            ]
    if (permute := callable_of(surface, ("permute",))) and has_method(surface.cls, "transpose"):
        applications += [
            _one(f"permute of (2, 3, 4), {axes}", (2, 3, 4), _shaped(permute, axes), _permuted(axes))
            for axes in PERMUTATIONS
        ]
    if applications:
        yield Operator(name="transpose", applications=tuple(applications))


def _one(text: str, shape: tuple[int, ...], apply: Callable[[Any], Any], like: Callable[[Array], Any]) -> Application:
    return Application(text=text, operands={"x": draws.gaussian(shape, text)}, apply=apply, like=like)


def _called(call: Callable[..., Any], arguments: Sequence[Any]) -> Callable[[Any], Any]:
    return lambda x: call(x, *arguments)


def _shaped(call: Callable[..., Any], target: tuple[int, ...]) -> Callable[[Any], Any]:
    """A shape, or an order of axes, as the operator wants it: one by one, or as a tuple."""
    return _called(call, target) if takes_many(call) else _called(call, (target,))


def _swapped(pair: tuple[int, int]) -> Callable[[Array], Array]:
    return lambda x: np.swapaxes(x, *pair)


def _permuted(axes: tuple[int, ...]) -> Callable[[Array], Array]:
    return lambda x: np.transpose(x, axes)


def _filled(target: tuple[int, ...]) -> Callable[[Array], Array]:
    return lambda x: np.reshape(x, target)


def _repeated(target: tuple[int, ...]) -> Callable[[Array], Array]:
    return lambda x: np.broadcast_to(x, target)


def _squeezed(x: Array) -> Array:
    return np.squeeze(x, 1)


def _unsqueezed(axis: int) -> Callable[[Array], Array]:
    return lambda x: np.expand_dims(x, axis)


OPERATORS = OperatorGroup(
    name="shapes", summary="reshape, transposition, permutations of order three, axes added and repeated",
    operators=_operators,
)  # fmt: skip
