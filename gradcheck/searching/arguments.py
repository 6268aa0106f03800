"""Values of constructor arguments worth another look, by what their names mean."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from gradcheck.cases.guessing.construct import annotation_of, signature_of
from gradcheck.cases.guessing.inputs import COUNT_OF_INPUTS
from gradcheck.cases.naming import roles
from gradcheck.cases.naming.family import family_of, plain
from gradcheck.types import Blueprint

#: Tried of an argument that is a number, the simplest first; what is left out of a call comes before all of them.
_NUMBERS: Final[Mapping[str, tuple[Any, ...]]] = {
    "in features": (1, 2, 3, 5, 7, 9),
    "out features": (1, 2, 3, 4, 7, 9),
    "features": (1, 2, 3, 5, 6),
    "hidden": (1, 2, 3, 4, 5),
    "in channels": (1, 2, 4, 5),
    "out channels": (1, 3, 4, 5),
    "channels": (1, 2, 4, 5),
    "classes": (2, 3, 7),
    "vocabulary": (2, 3, 5),
    "kernel": (1, 2, 3, 4),
    "kernel shape": (1, 2, 3),
    "stride": (1, 2, 3),
    "padding": (0, 1, 2),
    "dilation": (1, 2, 3),
    "groups": (1, 2, 3),
    "factor": (1, 2, 3),
    "heads": (1, 2, 4),
    "depth": (1, 2, 3),
    "time": (1, 2, 4),
    "axis": (-1, 0, 1, -2, 2),
    "padding index": (0, 1, -100),
    "dropout": (0.0, 0.25, 0.5),
    "keep": (1.0, 0.75, 0.5),
    "epsilon": (1e-5, 0.1),
    "slope": (0.3, 0.0),
    "scale": (0.5, 2.0),
    "momentum": (0.9, 0.5),
}
#: The same for pairs, such as a kernel's height and width.
_PAIRS: Final[Mapping[str, tuple[Any, ...]]] = {
    "kernel": ((1, 1), (2, 2), (2, 3), (3, 1)),
    "kernel shape": ((1, 1), (2, 2), (2, 3), (3, 1)),
    "stride": ((1, 1), (2, 2), (1, 2), (3, 2)),
    "padding": ((0, 0), (1, 1), (0, 1), (2, 1)),
    "dilation": ((1, 1), (2, 2), (1, 2)),
    "factor": ((1, 1), (2, 2), (2, 3)),
}
#: Roles whose value is simplest as the case has it: none of theirs is smaller than another.
_LEFT_ALONE: Final = frozenset(
    {"axis", "padding index", "dropout", "keep", "epsilon", "slope", "scale", "momentum", "heads", "groups"}
)
#: Words that switch a layer, tried only where its source has them.
_WORDS: Final = (
    "valid",
    "same",
    "mean",
    "sum",
    "none",
    "max",
    "min",
    "avg",
    "average",
    "full",
    "nearest",
    "tanh",
    "train",
    "test",
)
#: Names of a setting of a function that is the side of a window.
_WINDOW: Final = re.compile(
    r"pool(height|width|size|h|w)?|hh|ww|[fk](h|w)?|(filter|kernel|window)(size|height|width)?|size"
)
#: Roles of numbers in formulas of which there is no table, "" for a name that means nothing to us.
_FACTORS: Final = frozenset({"", "gamma", "beta"})
#: Names of whole numbers that are no sizes and no counts.
_EXPONENT: Final = re.compile(r"gamma|beta|power|exponent|order|kappa|theta")
#: Roles whose words are another set of values for the argument.
_WORDED: Final = frozenset({"padding", "mode"})


def tables(blueprint: Blueprint) -> dict[str, tuple[Any, ...]]:
    """Values to try of each constructor argument that is understood, the simplest first.

    The value that the case has is among them.
    """
    if not blueprint.is_constructed and blueprint.settings is None:
        return {}
    # Read where it says something about a value: most arguments are neither words nor pairs.
    source = functools.cache(lambda: _source(blueprint))
    found: dict[str, tuple[Any, ...]] = {}
    for name, annotation in _annotations(blueprint).items():
        if COUNT_OF_INPUTS.fullmatch(plain(name)) and value_of(name, blueprint) == len(blueprint.inputs):
            continue  # as many inputs as forward is handed
        role = role_of(name, blueprint)
        # A padding index freezes its row, on purpose and against its derivative; an ignored target has none.
        known = role if role != "padding index" or "ignore" in name else ""
        values = _values(value_of(name, blueprint), known, annotation, source)
        if len(values) > 1:
            found[name] = values
    return found


def numbers(blueprint: Blueprint) -> dict[str, tuple[Any, ...]]:
    """Another value of each argument that is a number in a formula: a focal loss's gamma, an exponent.

    Only where forward's answer changes with it: one that backward alone reads is a rate, a decay or a limit, and there
    is no telling what it may be.
    """
    if not blueprint.is_constructed and blueprint.settings is None:
        return {}
    found: dict[str, tuple[Any, ...]] = {}
    for name in _annotations(blueprint):
        now = value_of(name, blueprint)
        if role_of(name, blueprint) in _FACTORS and _is_factor(name, now):
            other = _other_number(now)
            if _is_read_by_forward(blueprint, name, other):
                found[name] = (now, other)
    return found


def _is_factor(name: str, now: Any) -> bool:
    """Whether an argument is a factor, an exponent or the like; a whole number is mostly a size or a count."""
    return type(now) is float or (type(now) is int and _EXPONENT.fullmatch(plain(name.rpartition(".")[2])) is not None)


def _other_number(now: float) -> float:
    """A number of the same kind: a share stays one, a whole number whole, and 0 becomes something."""
    if isinstance(now, int):
        return now + 1
    return 0.5 if now == 0.0 else now / 2.0 if abs(now) < 1.0 else 1.5 * now


def _is_read_by_forward(blueprint: Blueprint, name: str, other: Any) -> bool:
    try:
        as_built = blueprint.value(blueprint.construct({}), blueprint.inputs)
        changed = blueprint.value(blueprint.construct({name: other}), blueprint.inputs)
    except Exception:  # noqa: BLE001 - the user's code may refuse the number
        return False
    return changed.shape == as_built.shape and not np.array_equal(changed, as_built, equal_nan=True)


def _annotations(blueprint: Blueprint) -> dict[str, str]:
    """The arguments that a layer can be made with otherwise, with what is annotated of each."""
    if blueprint.settings is not None:
        return dict.fromkeys(blueprint.settings, "")
    return {
        p.name: annotation_of(p)
        for p in signature_of(blueprint.cls)
        if p.kind not in (p.VAR_POSITIONAL, p.POSITIONAL_ONLY)
    }


def role_of(name: str, blueprint: Blueprint) -> str:
    """What an argument means, "" where that is not understood; `conv_param.stride` means what `stride` does."""
    own = name.rpartition(".")[2]
    if blueprint.settings is not None and _WINDOW.fullmatch(plain(own)):
        return "kernel"
    role = roles.role_of(own, family_of(blueprint.cls.__qualname__))
    return role.name if role is not None else ""


def value_of(name: str, blueprint: Blueprint) -> Any:
    """What an argument is in the case: given, or left at its default."""
    if name in blueprint.arguments:
        return blueprint.arguments[name]
    if blueprint.settings is not None:
        return blueprint.settings.get(name)
    parameter = next((p for p in signature_of(blueprint.cls) if p.name == name), None)
    return None if parameter is None or parameter.default is parameter.empty else parameter.default


def _values(now: Any, role: str, annotation: str, source: Callable[[], str]) -> tuple[Any, ...]:
    if isinstance(now, bool):
        return (now, not now)
    if isinstance(now, str):
        if role not in _WORDED or now not in _WORDS:
            return ()
        words = [word for word in _WORDS if f'"{word}"' in source() or f"'{word}'" in source()]
        return (now, *(word for word in words if word != now)) if now in words else ()
    if role == "scale" and type(now) is int:
        role = "factor"  # how many times something is repeated, no number that it is multiplied by
    values: Sequence[Any] = ()
    if isinstance(now, int | float) or (now is None and role in {"stride", "padding index"}):
        values = _NUMBERS.get(role, ())
        if isinstance(now, int) and role in _PAIRS and "tuple" in f"{annotation} {source()}".lower():
            values = (*values, *_PAIRS[role][2:])
    elif isinstance(now, tuple) and len(now) == 2:
        values = _PAIRS.get(role, ())
    elif isinstance(now, tuple) and len(now) == 1 and isinstance(now[0], int):
        values = tuple((n,) for n in _NUMBERS.get(role, ()) if isinstance(n, int))
    if not values:
        return ()
    return _ordered(now, values, role)


def _ordered(now: Any, values: Sequence[Any], role: str) -> tuple[Any, ...]:
    """The values and the case's own, the simplest first."""
    known = any(same(now, value) for value in values)
    if known and role not in _LEFT_ALONE:
        return tuple(values)
    if not known and type(now) is int and all(type(value) is int for value in values):
        return tuple(sorted((now, *values)))
    # What defaults to nothing, or to what is not in the table, is simplest left alone.
    return (now, *(value for value in values if not same(now, value)))


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are one, their types included."""
    return type(one) is type(other) and one == other


def _source(blueprint: Blueprint) -> str:
    found = []
    owners = blueprint.cls.__mro__[:-1] if blueprint.settings is None else ()
    # Of its functions: a class is looked up in `sys.modules`, where a layer's module is not kept.
    methods = (one for owner in owners for one in vars(owner).values() if inspect.isfunction(one))
    functions: list[Callable[..., Any]] = [*methods, *blueprint.functions]
    for function in functions:
        with contextlib.suppress(OSError, TypeError):  # typed at a prompt: nothing is known of it
            found.append(inspect.getsource(function))
    return "\n".join(found)
