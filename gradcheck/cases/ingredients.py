"""Constructor arguments that are no plain values: arrays, functions, other objects of the class's own module."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from gradcheck.cases import sizes
from gradcheck.cases.family import Family, family_of, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value to try for one argument.

    Attributes:
        code: Python source of the value, with numpy as `numpy` and the module's own classes by name.
        make: Makes the value, anew each time: a layer may keep it and write into it.
    """

    code: str
    make: Callable[[], Any]


#: Makes an object of another class of the module; None where that needs more than we would guess.
Constructor = Callable[[type], Choice | None]

# Smooth ones first: a kink hides a part of the gradient.
_SMOOTH_FIRST = ("tanh", "sigmoid", "softplus", "gelu", "silu", "swish", "relu", "identity", "linearactivation")
_LAYERS = ("fullyconnected", "dense", "affine", "linear")
_OPTIMIZERS = ("sgd", "gradientdescent", "optimizer", "optimiser", "momentum", "adam")
_LOSSES = ("meansquared", "mse", "crossentropy", "loss", "criterion")
_BATCHED_BIAS = "lambda size: numpy.random.randn(1, size)"
#: Roles whose values this module makes.
ROLES = frozenset(
    {
        "initialiser",
        "optimizer",
        "derivative",
        "loss",
        "activations",
        "activation",
        "layers",
        "layer",
        "generator",
        "dtype",
    }
)


def literal(value: Any) -> Choice:
    """A plain value, written by `repr`; lists are made anew each time."""
    return Choice(code=repr(value), make=lambda: list(value) if isinstance(value, list) else value)


def array(shape: tuple[int, ...], seed: int = 0) -> Choice:
    """A Gaussian array of short decimals, the same in the code and in the value."""
    return Choice(
        code=f"numpy.random.default_rng({seed}).standard_normal({shape!r}).round(3)",
        make=lambda: np.random.default_rng(seed).standard_normal(shape).round(3),
    )


def choices(
    role: str, name: str, annotation: str, cls: type, constructor: Constructor, *, has_derivative: bool
) -> list[Choice]:
    """Values to try for an argument whose role needs an object, best first.

    Args:
        role: One of `ROLES`.
        name: The argument's name.
        annotation: Its annotation as text, or "".
        cls: The class under construction.
        constructor: Makes objects of other classes of its module.
        has_derivative: Whether the same signature asks for a derivative: then both are plain functions.
    """
    classes = visible_classes(cls)
    if role == "initialiser":
        return _initialisers(plain(name), annotation.lower())
    if role == "derivative":
        code = "lambda x: 1.0 - numpy.tanh(x) ** 2"
        return [Choice(code=code, make=lambda: lambda x: 1.0 - np.tanh(x) ** 2)]
    if role == "activation":
        return _activations(classes, constructor, annotation.lower(), functions_first=has_derivative)
    if role == "activations":
        found = _activations(classes, constructor, annotation.lower(), functions_first=False)
        return [_listed([one, one]) for one in found]
    if role == "generator":
        code = "numpy.random.default_rng(0)"
        return [
            Choice(code=code, make=lambda: np.random.default_rng(0)),
            Choice(code="numpy.random.RandomState(0)", make=lambda: np.random.RandomState(0)),
        ]
    if role == "dtype":
        return [Choice(code="numpy.float64", make=lambda: np.float64), literal("float64")]
    if role == "optimizer":
        return [*_objects(classes, _OPTIMIZERS, constructor), literal("sgd"), literal(None)]
    if role == "loss":
        named = _preferred(classes, _LOSSES)
        return [*_objects(classes, _LOSSES, constructor), *map(_class_itself, named[:1]), literal("mse"), literal(None)]
    return _layers(classes, constructor, as_list=role == "layers")


def parameter_arrays(roles: Sequence[str], family: Family, qualname: str) -> list[dict[str, Choice]]:
    """Joint values for arguments that are the layer's parameters, by role, so that their shapes fit.

    A dense weight is (D, M) with a bias (M,), or (M, D) with (M, 1); a convolution's is (F, C, K, K) or
    (K, K, C, F) with (F,); a recurrent pair is (D, gates H) and (H, gates H).
    """
    layouts: list[dict[str, tuple[int, ...]]] = []
    d, m, h = sizes.FEATURES, sizes.OUTPUTS, sizes.HIDDEN
    c, f, k = sizes.CHANNELS, sizes.FILTERS, sizes.KERNEL
    if "input weight" in roles or "state weight" in roles:
        gates = next((n for word, n in (("lstm", 4), ("gru", 3)) if word in plain(qualname)), 1)
        layouts.append({"input weight": (d, gates * h), "state weight": (h, gates * h), "bias": (gates * h,)})
        layouts.append({"input weight": (gates * h, d), "state weight": (gates * h, h), "bias": (gates * h,)})
    if family == "embedding":
        layouts.append({"weight": (sizes.VOCABULARY, d), "bias": (d,)})
    if family == "image":
        layouts.append({"weight": (f, c, k, k), "bias": (f,)})
        layouts.append({"weight": (k, k, c, f), "bias": (f,)})
    if family == "signal":
        layouts.append({"weight": (f, c, k), "bias": (f,)})
    normalised = {"gamma": (d,), "beta": (d,)}
    layouts.append({"weight": (d, m), "bias": (m,), **normalised})
    layouts.append({"weight": (m, d), "bias": (m, 1), "gamma": (d, 1), "beta": (d, 1)})
    layouts.append({"weight": (m, d), "bias": (m,), "gamma": (1, d), "beta": (1, d)})
    layouts.append({"weight": (d,), "bias": (), "gamma": (c,), "beta": (c,)})
    fitting = [layout for layout in layouts if all(role in layout for role in roles)]
    return [{role: array(layout[role], seed) for seed, role in enumerate(roles)} for layout in fitting]


def visible_classes(cls: type) -> dict[str, type]:
    """The classes of the user's code a module can name, and their subclasses, in order of definition.

    The functions of the class know their module's names even when the module is not in `sys.modules`.
    """
    found: dict[str, type] = {}
    for owner in cls.__mro__[:-1]:
        for function in vars(owner).values():
            if isinstance(function, FunctionType):
                found.update(_user_classes(function.__globals__))
                for module in _user_modules(function):
                    for name, value in _user_classes(vars(module)):
                        found.setdefault(name, value)
    for base in list(found.values()):
        for subclass in _subclasses(base):
            found.setdefault(subclass.__name__, subclass)
    return {name: value for name, value in found.items() if value is not cls and not issubclass(cls, value)}


def _user_modules(function: FunctionType) -> Iterator[ModuleType]:
    """Modules of the same project that a function's module has imported whole."""
    project = Path(function.__code__.co_filename).parent.parent
    for value in list(function.__globals__.values()):
        if isinstance(value, ModuleType):
            file = getattr(value, "__file__", None)
            if isinstance(file, str) and Path(file).is_relative_to(project) and "site-packages" not in file:
                yield value


def _user_classes(names: dict[str, Any]) -> Iterator[tuple[str, type]]:
    for name, value in names.items():
        if isinstance(value, type) and hasattr(value, "__dict__") and _is_users(value):
            yield name, value


def _is_users(value: type) -> bool:
    # Only Python functions can be followed; numpy's and the standard library's classes are no layers.
    top = value.__module__.partition(".")[0]
    return top not in {"builtins", "numpy", "torch", "typing", "abc", "collections", "enum", "functools"}


def _subclasses(base: type) -> Iterator[type]:
    direct: list[type] = type.__subclasses__(base)
    for subclass in direct:
        yield subclass
        yield from _subclasses(subclass)


def _preferred(classes: dict[str, type], words: Sequence[str]) -> list[type]:
    found: list[type] = []
    for word in words:
        for exact in (True, False):
            for name, cls in classes.items():
                fits = plain(name) == word if exact else word in plain(name)
                if fits and cls not in found and not inspect.isabstract(cls):
                    found.append(cls)
    return found


def _objects(classes: dict[str, type], words: Sequence[str], constructor: Constructor, most: int = 2) -> list[Choice]:
    made = (constructor(cls) for cls in _preferred(classes, words))
    return [choice for choice in made if choice is not None][:most]


def _class_itself(cls: type) -> Choice:
    return Choice(code=cls.__qualname__, make=lambda: cls)


def _initialisers(name: str, annotation: str) -> list[Choice]:
    functions = [
        Choice(code="numpy.random.randn", make=lambda: np.random.randn),
        Choice(code="numpy.random.standard_normal", make=lambda: np.random.standard_normal),
    ]
    if "bias" in name:
        functions.insert(1, Choice(code=_BATCHED_BIAS, make=lambda: lambda size: np.random.randn(1, size)))  # noqa: NPY002 - reseeded
    words = [literal(word) for word in ("xavier", "normal", "he", "random")]
    if "bool" in annotation:
        return [literal(value) for value in (True, False)]
    if re.search(r"std|scale|range|val|gain|float", name + annotation):
        return [literal(0.5), *functions]
    if re.search(r"fn$|func|callable", name + annotation):
        return [*functions, literal(None), words[0]]
    return [*words, *functions, literal(None)]


def _activations(
    classes: dict[str, type], constructor: Constructor, annotation: str, *, functions_first: bool
) -> list[Choice]:
    functions = [Choice(code="numpy.tanh", make=lambda: np.tanh)]
    words = [literal("tanh"), literal("relu"), literal("sigmoid")]
    objects = _objects(classes, _SMOOTH_FIRST, constructor)
    named = [_class_itself(cls) for cls in _preferred(classes, _SMOOTH_FIRST)[:1]]
    if functions_first or "callable" in annotation:
        return [*functions, *objects, *words]
    if re.search(r"\bstr\b", annotation):
        return [*words, *objects, *functions]
    return [*objects, *words, *functions, *named, literal(None)]


def _layers(classes: dict[str, type], constructor: Constructor, *, as_list: bool) -> list[Choice]:
    layers = {
        name: cls
        for name, cls in classes.items()
        if family_of(name) != "loss" and any(callable(getattr(cls, method, None)) for method in ("backward", "forward"))
    }
    dense = _objects(layers, _LAYERS, constructor)
    elementwise = _objects(layers, _SMOOTH_FIRST, constructor, most=1)
    if not as_list:
        return [*dense, *elementwise]
    stacked = [_listed([first, *elementwise]) for first in dense[:1]]
    widths = [sizes.FEATURES, sizes.HIDDEN, sizes.OUTPUTS]
    return [*stacked, *(_listed([one]) for one in elementwise), literal(widths), literal(sizes.DEPTH)]


def _listed(parts: Sequence[Choice]) -> Choice:
    return Choice(code=f"[{', '.join(part.code for part in parts)}]", make=lambda: [part.make() for part in parts])
