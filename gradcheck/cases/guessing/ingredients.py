"""Constructor arguments that are no plain values: functions, and objects of the class's own module."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gradcheck.cases.guessing.choices import Choice, class_itself, listed, literal
from gradcheck.cases.guessing.neighbours import preferred
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import family_of
from gradcheck.types import Array

#: Makes an object of another class of the module; None where that needs more than we would guess.
Constructor = Callable[[type], Choice | None]

# Smooth ones first: a kink hides a part of the gradient.
_SMOOTH_FIRST = ("tanh", "sigmoid", "softplus", "gelu", "silu", "swish", "relu", "identity", "linearactivation")
_LAYERS = ("fullyconnected", "dense", "affine", "linear")
_RUNS = (
    "forward",
    "forward_pass",
    "_forward",
    "forward_prop",
    "forward_propagate",
    "fprop",
    "feed_forward",
    "__call__",
)
_OPTIMIZERS = ("sgd", "gradientdescent", "optimizer", "optimiser", "momentum", "adam")
_LOSSES = ("meansquared", "mse", "crossentropy", "loss", "criterion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An argument that needs an object.

    Attributes:
        name: Its name, plain.
        annotation: Its annotation as text in lower case, or "".
        classes: The classes its module can name.
        constructor: Makes objects of them.
        has_derivative: Whether the same signature asks for a derivative: then both are plain functions.
    """

    name: str
    annotation: str
    classes: Mapping[str, type]
    constructor: Constructor
    has_derivative: bool = False

    def objects(self, words: Sequence[str], most: int = 2) -> list[Choice]:
        """Objects of the classes that these words name."""
        made = (self.constructor(cls) for cls in preferred(self.classes, words))
        return list(itertools.islice((choice for choice in made if choice is not None), most))


def choices(role: str, wanted: Wanted) -> list[Choice] | None:
    """Values to try for an argument whose role needs an object, best first; None for any other role."""
    maker = _MAKERS.get(role)
    return None if maker is None else maker(wanted)


def _initialisers(wanted: Wanted) -> list[Choice]:
    hint = f"{wanted.name} {wanted.annotation}"
    # Reseeded around every construction, so the legacy functions are as repeatable as a generator.
    functions = [
        Choice(code="numpy.random.randn", make=lambda: np.random.randn, guesses_shape=True),
        Choice(code="numpy.random.standard_normal", make=lambda: np.random.standard_normal, guesses_shape=True),
    ]
    if "bias" in wanted.name:
        code = "lambda size: numpy.random.randn(1, size)"
        row = Choice(code=code, make=lambda: _gaussian_row, guesses_shape=True)
        functions.insert(1, row)
    words = [literal(word) for word in ("xavier", "normal", "he", "random")]
    if "bool" in wanted.annotation:
        return [literal(value) for value in (True, False)]
    if re.search(r"std|scale|range|gain|float", hint):
        return [literal(0.5), *functions]
    if re.search(r"fn\b|func|callable", hint):
        return [*functions, literal(None), words[0]]
    return [*words, *functions, literal(None)]


def _gaussian_row(size: int) -> Array:
    """A bias of shape (1, size), for layers that write its gradient so."""
    return np.asarray(np.random.randn(1, size))  # noqa: NPY002 - what the user's own initialisers draw from


def _derivative(_wanted: Wanted) -> list[Choice]:
    return [Choice(code="lambda x: 1.0 - numpy.tanh(x) ** 2", make=lambda: lambda x: 1.0 - np.tanh(x) ** 2)]


def _activation(wanted: Wanted) -> list[Choice]:
    functions = [Choice(code="numpy.tanh", make=lambda: np.tanh)]
    words = [literal("tanh"), literal("relu"), literal("sigmoid")]
    objects = wanted.objects(_SMOOTH_FIRST)
    named = [class_itself(cls) for cls in preferred(wanted.classes, _SMOOTH_FIRST)[:1]]
    if wanted.has_derivative or "callable" in wanted.annotation:
        return [*functions, *objects, *words]
    if re.search(r"\bstr\b", wanted.annotation):
        return [*words, *objects, *functions]
    return [*objects, *words, *functions, *named, literal(None)]


def _activations(wanted: Wanted) -> list[Choice]:
    return [listed([one, one]) for one in _activation(wanted)]


def _generator(_wanted: Wanted) -> list[Choice]:
    return [
        Choice(code="numpy.random.default_rng(0)", make=lambda: np.random.default_rng(0)),
        Choice(code="numpy.random.RandomState(0)", make=lambda: np.random.RandomState(0)),
    ]


def _dtype(_wanted: Wanted) -> list[Choice]:
    return [Choice(code="numpy.float64", make=lambda: np.float64), literal("float64")]


def _optimizer(wanted: Wanted) -> list[Choice]:
    return [*wanted.objects(_OPTIMIZERS), literal("sgd"), literal(None)]


def _loss(wanted: Wanted) -> list[Choice]:
    named = preferred(wanted.classes, _LOSSES)[:1]
    return [*wanted.objects(_LOSSES), *map(class_itself, named), literal("mse"), literal(None)]


def _layer(wanted: Wanted) -> list[Choice]:
    return [*_of_layers(wanted, _LAYERS, 2), *_of_layers(wanted, _SMOOTH_FIRST, 1)]


def _layers(wanted: Wanted) -> list[Choice]:
    elementwise = _of_layers(wanted, _SMOOTH_FIRST, 1)
    stacked = [listed([first, *elementwise]) for first in _of_layers(wanted, _LAYERS, 1)]
    widths = [sizes.FEATURES, sizes.HIDDEN, sizes.OUTPUTS]
    return [*stacked, *(listed([one]) for one in elementwise), literal(widths), literal(sizes.DEPTH)]


def _of_layers(wanted: Wanted, words: Sequence[str], most: int) -> list[Choice]:
    """Objects of the classes that these words name, that run forward and are no losses."""
    fitting = (cls for cls in preferred(wanted.classes, words) if family_of(cls.__name__) != "loss")
    # By the classes' own names: `getattr(cls, "__call__")` is what makes objects of it.
    running = (cls for cls in fitting if any(name in vars(base) for base in cls.__mro__ for name in _RUNS))
    made = (wanted.constructor(cls) for cls in running)
    return list(itertools.islice((choice for choice in made if choice is not None), most))


_MAKERS: Final[Mapping[str, Callable[[Wanted], list[Choice]]]] = {
    "initialiser": _initialisers,
    "optimizer": _optimizer,
    "derivative": _derivative,
    "loss": _loss,
    "activations": _activations,
    "activation": _activation,
    "layers": _layers,
    "layer": _layer,
    "generator": _generator,
    "dtype": _dtype,
}
