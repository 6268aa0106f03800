"""Hyperparameters that a constructor does not take: what the object, its code and the literature say they are."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import itertools
import textwrap
from collections.abc import Mapping
from typing import Any

from gradcheck.optimizers.model import Family, Hyperparameters
from gradcheck.optimizers.roles import BETA1, BETA2, VALUES, arguments, role

#: What the papers and the frameworks use, the usual first.
USUAL: Mapping[str, tuple[float, ...]] = {
    "epsilon": (1e-8, 1e-7, 1e-10, 1e-6, 0.0),
    "beta1": (0.9,),
    "beta2": (0.999, 0.99, 0.9),
    "momentum": (0.9,),
}
#: No epsilon is larger, and no part that is kept is smaller.
LARGEST_EPSILON = 1e-2
SMALLEST_KEPT = 0.5
#: Combinations of hidden numbers that are tried; a class that hides more than that is not recognised.
MOST = 60


def candidates(
    cls: type, family: Family, settings: Mapping[str, Any], optimizer: object, step_roles: frozenset[str]
) -> list[Hyperparameters]:
    """The hyperparameters a run may have had, the likeliest first.

    Args:
        cls: The optimizer's class.
        family: The rule it claims to be.
        settings: Role to value, over `roles.VALUES`.
        optimizer: An object of the class, stepped.
        step_roles: Roles of the arguments of its step.
    """
    given = {found for found, _ in arguments(cls, family.name).values()} | step_roles
    values = {**VALUES, **settings}
    known: dict[str, Any] = {}
    fields = [field.name for field in dataclasses.fields(Hyperparameters)]
    for name in fields:
        if name in given:
            known[name] = values[name]
    if "betas" in given:
        known |= {"beta1": BETA1, "beta2": BETA2}
    numbers = _numbers(cls, family.name, optimizer)
    open_roles = {name: numbers.get(name, ()) for name in _uses(family) if name not in known}
    options = [
        [(name, value) for value in dict.fromkeys((*found, *_defaults(family, name)))]
        for name, found in open_roles.items()
    ]
    usable = [dict(combination) for combination in itertools.islice(itertools.product(*options), MOST)]
    return [Hyperparameters(**{**found, **known}) for found in usable if {**found, **known}.get("learning_rate")]


def _uses(family: Family) -> tuple[str, ...]:
    own = {
        "sgd": ("momentum",),
        "momentum": ("momentum",),
        "nesterov": ("momentum",),
        "adagrad": ("epsilon",),
        "rmsprop": ("beta2", "epsilon"),
        "adam": ("beta1", "beta2", "epsilon"),
        "adamw": ("beta1", "beta2", "epsilon"),
    }
    return ("learning_rate", *own[family.name])


def _defaults(family: Family, name: str) -> tuple[float, ...]:
    if name == "momentum" and not family.defaults.get("momentum"):
        return (0.0,)
    return USUAL.get(name, ())


def _numbers(cls: type, family: str, optimizer: object) -> dict[str, tuple[float, ...]]:
    """Role to the numbers that the object's attributes and the literals of its code offer for it."""
    found: dict[str, dict[float, None]] = {}
    attributes = getattr(optimizer, "__dict__", {})
    names = frozenset(name.lower().strip("_") for name in attributes)
    for name, value in attributes.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found.setdefault(role(name, family, names, value), {})[float(value)] = None
    for value in itertools.chain.from_iterable(_literals(base) for base in cls.__mro__[:-1]):
        if 0 < value <= LARGEST_EPSILON:
            found.setdefault("epsilon", {})[value] = None
        elif SMALLEST_KEPT <= value < 1:
            for name in ("momentum", "beta1", "beta2"):
                found.setdefault(name, {})[value] = None
    if family == "sgd":
        found.setdefault("momentum", {})
        found["momentum"] = {0.0: None, **found["momentum"]}
    return {name: tuple(values) for name, values in found.items()}


@functools.cache
def _literals(cls: type) -> tuple[float, ...]:
    """The numbers in the code of one class, which every run of it, and of each that inherits from it, asks for."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return ()  # a class made by code has no source to read
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return tuple(value for value in constants if isinstance(value, float))
