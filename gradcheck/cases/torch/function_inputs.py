"""Arguments to try on the forward of a torch.autograd.Function: tensors that fit one another, then plain values."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcheck.cases.guessing.draws import Kind, draw
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import Family, family_of, plain
from gradcheck.cases.torch.signature import FunctionArgument, Meaning, function_arguments

#: Candidates yielded at most.
MOST: Final = 40
#: Ways in which the shapes of weights may fit the input.
FITS: Final = ("rows by columns", "columns by rows", "elementwise")
#: Shares of a unit that bits and counts are worth: no bits at all round everything to one number.
_VALUES: Final[dict[Meaning, tuple[Any, ...]]] = {
    "number": (0.3, 1.5),
    "count": (1, 2, 4),
    "axis": (-1, 1),
    "flag": (True, False),
    "word": ("mean", "sum", "none"),
    "none": (None,),
}
_POSITIVE = re.compile(r"log(?!istic|softmax|sigmoid|it)|sqrt|root|reciprocal|inverse|power|^pow|gamma")
_SQUARE = re.compile(r"inv(erse)?|det|chol|trace|eig|matrixexp|expm|sqrtm|svd|sinkhorn|triang")
_PRODUCT = re.compile(r"linear|matmul|mm|dense|affine|product|addmm")
_NORMS = re.compile(r"norm")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    shape: tuple[int, ...]
    kind: Kind = "gaussian"
    below: int = 2


def function_inputs(function: Any, *, qualname: str, seed: int) -> Iterator[Inputs]:
    """Yield arguments for `apply`, the most likely first, at most 40.

    Args:
        function: The class.
        qualname: Its name, as a clue.
        seed: The case's seed.
    """
    arguments = function_arguments(function)
    seen: set[str] = set()
    for chosen in itertools.islice(_plans(arguments, qualname), MOST):
        values = {name: _made(value, name, seed) for name, value in chosen.items()}
        description = ", ".join(f"{name} {_described(value)}" for name, value in chosen.items())
        if description in seen:
            continue
        seen.add(description)
        yield Inputs(
            arguments=values,
            differentiable=tuple(n for n, v in chosen.items() if isinstance(v, _Shape) and _is_real(v)),
            batch_axis=None,
            description=description,
        )


def _plans(arguments: Sequence[FunctionArgument], qualname: str) -> Iterator[dict[str, Any]]:
    """Layouts and fits first, then plain values one by one, then functions of their required arguments alone."""
    name = plain(qualname.rpartition(".")[2])
    joint = list(_tensors(arguments, name))
    values = {a.name: _plain_values(a) for a in arguments if not a.is_tensor}
    first = {n: v[0] for n, v in values.items()}
    order = [a.name for a in arguments]

    def together(tensors: dict[str, Any], plain_values: dict[str, Any]) -> dict[str, Any]:
        return {n: {**tensors, **plain_values}[n] for n in order if n in tensors or n in plain_values}

    for tensors in joint:
        yield together(tensors, first)
    optional = [a.name for a in arguments if a.is_tensor and a.default is None]
    for tensors in joint[:4] if optional else ():
        yield together({**tensors, **dict.fromkeys(optional)}, first)
    for varied, others in values.items():
        for other, tensors in itertools.product(others[1:], joint[:2]):
            yield together(tensors, {**first, varied: other})
    required = {a.name for a in arguments if a.default is inspect.Parameter.empty}
    for tensors in joint[:3] if len(required) < len(arguments) else ():
        yield {n: v for n, v in together(tensors, first).items() if n in required}
    for unsure in (a for a in arguments[1:] if not a.is_certain and a.name in required):
        for tensors in joint[:2]:
            yield from itertools.starmap(together, _otherwise(unsure, tensors, first))


def _otherwise(
    argument: FunctionArgument, tensors: dict[str, Any], values: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What is neither used nor annotated as a tensor may be a plain number, and the other way round."""
    name = argument.name
    if argument.is_tensor:
        without = {n: v for n, v in tensors.items() if n != name}
        yield from ((without, {**values, name: number}) for number in (0.3, 2))
    else:
        shape = next(iter(tensors.values())).shape if tensors else ()
        rest = {n: v for n, v in values.items() if n != name}
        yield from (({**tensors, name: _Shape(shape=s)}, rest) for s in (shape, (), (1,)))


def _plain_values(argument: FunctionArgument) -> tuple[Any, ...]:
    made = _VALUES.get(argument.meaning, ())
    name = plain(argument.name)
    if "bit" in name:
        made = (4, 2)
    elif "padding" in name or name == "pad":
        made = (0, 1)
    elif argument.meaning == "shape":
        made = ((sizes.FEATURES,), (sizes.BATCH, sizes.FEATURES), sizes.FEATURES)
    elif "min" in name or "low" in name or name == "lo":
        made = (-0.5,)
    elif "max" in name or "high" in name or name == "hi":
        made = (0.75,)
    if argument.default is not inspect.Parameter.empty:
        return (argument.default, *made)
    return made or (None,)


def _tensors(arguments: Sequence[FunctionArgument], name: str) -> Iterator[dict[str, _Shape]]:
    tensors = [a for a in arguments if a.is_tensor]
    meanings = {a.meaning for a in tensors}
    has_shapes_to_fit = bool(meanings - {"input", "target", "mask"}) or _PRODUCT.search(name) is not None
    fits: tuple[str, ...] = FITS if has_shapes_to_fit else FITS[:1]
    if _NORMS.search(name):
        fits = tuple(reversed(FITS))
    for layout in _layouts(name, meanings):
        for fit in fits:
            yield {a.name: _shape(a, place, layout, fit, name) for place, a in enumerate(tensors)}


def _layouts(name: str, meanings: set[Meaning]) -> Iterator[_Shape]:
    n, t, d, c, s = sizes.BATCH, sizes.TIME, sizes.FEATURES, sizes.CHANNELS, sizes.SPATIAL
    rows, steps, image, signal = (n, d), (n, t, d), (n, c, s, s), (n, c, s)
    family = family_of(name)
    orders: dict[Family, tuple[tuple[int, ...], ...]] = {
        "image": (image, signal, rows, steps),
        "signal": (signal, image, rows),
        "attention": (steps, (n, sizes.HEADS, t, d), rows),
        "recurrent": (steps, rows),
    }
    kind: Kind = "positive" if _POSITIVE.search(name) else "gaussian"
    if _SQUARE.fullmatch(name.removesuffix("function").removesuffix("fn")):
        yield _Shape(shape=(n, n))
        yield _Shape(shape=(t, n, n))
    if "ids" in meanings and family == "embedding":
        yield _Shape(shape=(n, t), kind="ids", below=sizes.VOCABULARY)
    kinds: tuple[Kind, ...] = (kind, "positive") if kind == "gaussian" else (kind, "gaussian")
    for which in kinds:
        for shape in (*orders.get(family, (rows, steps, image)), (d,), (n, n), ()):
            yield _Shape(shape=shape, kind=which)


def _shape(argument: FunctionArgument, place: int, layout: _Shape, fit: str, name: str) -> _Shape:
    """The shape of one tensor beside the first."""
    shape = layout.shape
    width = shape[-1] if shape else 1
    channels = shape[1] if len(shape) > 1 and family_of(name) in {"image", "signal"} else width
    made = {"weight": _weight, "bias": _bias}
    if layout.kind == "ids" and argument.meaning != "ids" and place:
        # A table of rows to look up.
        return _Shape(shape=(layout.below, sizes.FEATURES))
    match argument.meaning:
        case "weight" | "bias" if place or argument.meaning == "bias":
            return _Shape(shape=made[argument.meaning](shape, fit, name))
        case "scale" | "shift" | "mean":
            return _Shape(shape=(channels,))
        case "variance":
            return _Shape(shape=(channels,), kind="positive")
        case "target":
            return _target(shape, fit)
        case "mask":
            return _Shape(shape=shape, kind="ones")
        case "ids":
            shape = layout.shape if layout.kind == "ids" else shape[:1] or (sizes.BATCH,)
            return _Shape(shape=shape, kind="ids", below=sizes.TIME)
        case "second" if place and _PRODUCT.search(name):
            return _Shape(shape=_weight(shape, "columns by rows" if fit == FITS[0] else fit, name))
        case _:
            return layout if layout.kind != "ids" else _Shape(shape=(sizes.VOCABULARY, sizes.FEATURES))


def _weight(shape: tuple[int, ...], fit: str, name: str) -> tuple[int, ...]:
    width = shape[-1] if shape else 1
    if len(shape) > 2 and "conv" in name:
        kernel = (sizes.KERNEL,) * (len(shape) - 2)
        return (shape[1], sizes.FILTERS, *kernel) if fit == "columns by rows" else (sizes.FILTERS, shape[1], *kernel)
    if fit == "elementwise":
        return (shape[1] if len(shape) == 4 else width,)
    if fit == "columns by rows":
        return (width, sizes.OUTPUTS)
    return (sizes.OUTPUTS, width)


def _bias(shape: tuple[int, ...], fit: str, name: str) -> tuple[int, ...]:
    if len(shape) > 2 and "conv" in name:
        return (sizes.FILTERS,)
    if fit == "elementwise":
        return (shape[1] if len(shape) == 4 else shape[-1] if shape else 1,)
    return (sizes.OUTPUTS,)


def _target(shape: tuple[int, ...], fit: str) -> _Shape:
    if fit == "elementwise":
        return _Shape(shape=shape, kind="binary")
    if fit == "columns by rows" or len(shape) < 2:
        return _Shape(shape=shape, kind="gaussian")
    return _Shape(shape=shape[:1], kind="ids", below=shape[-1])


def _is_real(value: _Shape) -> bool:
    return value.kind in {"gaussian", "positive"}


def _made(value: Any, name: str, seed: int) -> Any:
    if not isinstance(value, _Shape):
        return value
    axis = 0 if value.shape else None
    return np.asarray(draw(value.kind, value.shape, name, seed, batch_axis=axis, below=value.below))


def _described(value: Any) -> str:
    if not isinstance(value, _Shape):
        return f"= {value!r}"
    return f"{value.shape}" if value.kind == "gaussian" else f"{value.shape} {value.kind}"
