"""Ways to construct a layer without configuration: values for its constructor's arguments, the most likely first."""

from __future__ import annotations

import copy
import inspect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.cases.guessing.choices import PARAMETERS, Choice, literal, parameter_arrays
from gradcheck.cases.guessing.combinations import Assignment, alternating, by_deviation, shrunk, variations
from gradcheck.cases.guessing.ingredients import Wanted, choices
from gradcheck.cases.guessing.neighbours import heirs_of, visible_classes
from gradcheck.cases.naming import roles, sizes
from gradcheck.cases.naming.family import Family, family_of, plain

#: Constructions tried at most.
MOST = 60
#: Of these, how many at most vary an optional argument.
MOST_VARIATIONS = 20
#: Values kept of one argument; the product of more finds nothing that these miss.
MOST_VALUES = 6
#: How deep objects that need other objects are made: a network of layers that hold an activation.
MOST_NESTING = 2
#: Input and output shapes of equally many entries, for layers that only rearrange.
_RESHAPED = (((3, 6, 6), (108,)), ((3, 6, 6), (108, 1)), ((8,), (2, 4)), ((8, 1), (2, 4)))
#: Values of a starred shape: halves of a row, a row, a batch of rows.
_TUPLES = ((2, 4), (8,), (4, 8), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """One way to construct a layer.

    Attributes:
        arguments: By name, in the signature's order; a starred argument's value is a tuple.
        code: Python source of the call, with numpy as `numpy`.
        positional: Names of the arguments that must be passed by position, in order.
        starred: Name of the `*arguments`, or "".
        has_guessed_shapes: Whether shapes of the layer's parameters are our guess: arrays handed in, or functions
            that make them. A mismatch of such a shape is no evidence against the layer until the others are tried.
    """

    arguments: Mapping[str, Any]
    code: str
    positional: tuple[str, ...] = ()
    starred: str = ""
    has_guessed_shapes: bool = False

    def build(self, cls: type) -> Any:
        """Call the class with copies: two networks made of the same layers would share what these remember.

        Raises:
            Exception: Whatever the user's constructor raises.
        """
        arguments = _copied(self.arguments)
        named = {n: v for n, v in arguments.items() if n not in self.positional and n != self.starred}
        unnamed = [arguments[name] for name in self.positional]
        return cls(*unnamed, *arguments.get(self.starred, ()), **named)


def configured(cls: type, arguments: Mapping[str, Any]) -> Construction:
    """The construction that a person configured."""
    told = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return Construction(arguments=arguments, code=f"{cls.__name__}({told})")


def _copied(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return copy.deepcopy(dict(arguments))
    except Exception:  # noqa: BLE001 - an object of the user's that cannot be copied is handed over as it is
        return arguments


def constructions(cls: type, *, qualname: str) -> Iterator[Construction]:
    """Yield ways to construct a class, best guess first, at most 60.

    Required arguments get values by their names; optional sizes that default to something large get a small one.
    Combinations come in the order of how many of them are not the first choice; alternating with these, optional
    arguments that matter are varied one by one.

    Args:
        cls: The class.
        qualname: Its dotted name, for the code and as a clue.
    """
    return itertools.islice(_constructions(cls, qualname, nesting=0), MOST)


def _constructions(cls: type, qualname: str, nesting: int) -> Iterator[Construction]:
    parameters = signature_of(cls)
    required = [p for p in parameters if p.default is p.empty]
    optional = [p for p in parameters if p.default is not p.empty]
    combined = by_deviation(_groups(cls, required, qualname, nesting), MOST)
    first = next(combined)
    family = family_of(qualname)
    small = shrunk(first, optional, family)
    varied = itertools.islice(variations(first, optional, family), MOST_VARIATIONS)
    for chosen in itertools.chain([small] if small else [], [first], alternating(varied, combined)):
        construction = _construction(chosen, parameters, qualname)
        if construction is not None:
            yield construction


def signature_of(cls: type) -> list[inspect.Parameter]:
    """The parameters of a constructor; what `*args` and `**kwargs` hand on is looked up in the base classes."""
    found: dict[str, inspect.Parameter] = {}
    for owner in cls.__mro__[:-1]:
        initialiser = vars(owner).get("__init__")
        if initialiser is None:
            continue
        try:
            own = list(inspect.signature(initialiser).parameters.values())[1:]
        except (TypeError, ValueError):
            # Written in C: nothing is known of it.
            break
        for parameter in own:
            found.setdefault(parameter.name, parameter)
        if not any(p.kind is p.VAR_KEYWORD or _hands_on(p) for p in own):
            break
    kept = [p for p in found.values() if p.kind is not p.VAR_KEYWORD and not _hands_on(p)]
    return sorted(kept, key=lambda p: p.kind)


def _hands_on(p: inspect.Parameter) -> bool:
    # A bare `*args` hands on what a base takes; only one with a name of its own, such as `*shape`, is filled.
    return p.kind is p.VAR_POSITIONAL and p.name == "args"


def _groups(cls: type, required: Sequence[inspect.Parameter], qualname: str, nesting: int) -> list[list[Assignment]]:
    """For each group of arguments that go together, the joint values to try."""
    family = family_of(qualname)
    known = {p.name: _role(p, qualname, family) for p in required}
    groups = _joint(required, known, family, qualname)
    grouped = {name for group in groups for name in group[0]}
    names = {role.name for role in known.values() if role}
    classes = visible_classes(cls)

    def constructor(other: type) -> Choice | None:
        return _object(other, nesting + 1) if nesting < MOST_NESTING else None

    unknown = 0
    for p in required:
        if p.name in grouped:
            continue
        role = known[p.name]
        wanted = Wanted(
            name=plain(p.name),
            annotation=annotation_of(p).lower(),
            classes=classes,
            constructor=constructor,
            has_derivative="derivative" in names,
        )
        made = choices(role.name, wanted) if role else None
        if made is None and (annotated := classes.get(annotation_of(p).rpartition(".")[2].strip("'\""))):
            made = [choice for choice in map(constructor, heirs_of(annotated)) if choice is not None]
        if made is None:
            made = [literal(value) for value in _values(p, role, family, unknown, names)]
        unknown += role is None
        # A layer that needs what its module does not have is at least asked whether it can do without.
        groups.append([{p.name: choice} for choice in (made or [literal(None)])[:MOST_VALUES]])
    return groups


def _joint(
    required: Sequence[inspect.Parameter], known: Mapping[str, roles.Role | None], family: Family, qualname: str
) -> list[list[Assignment]]:
    """Groups of arguments whose shapes must fit one another."""
    numbers = {p.name for p in required if annotation_of(p).lower() in {"bool", "int", "float", "str"}}
    names = {role.name: name for name, role in known.items() if role and name not in numbers}
    groups: list[list[Assignment]] = []
    arrays = [role for role in PARAMETERS if role in names]
    # A lone gamma or beta is a number of an activation; both together normalise.
    if not set(arrays) <= {"gamma"} and not set(arrays) <= {"beta"}:
        joint = parameter_arrays(arrays, family, qualname)
        groups += [[{names[role]: choice for role, choice in one.items()} for one in joint]] if joint else []
    if {"input shape", "output shape"} <= set(names):
        inside, outside = names["input shape"], names["output shape"]
        groups.append([{inside: literal(a), outside: literal(b)} for a, b in _RESHAPED])
    return groups


def _role(p: inspect.Parameter, qualname: str, family: Family) -> roles.Role | None:
    role = roles.role_of(p.name, family)
    if role and role.name == "name" and "activation" in qualname.lower():
        # `Activation("relu")`
        return roles.role_of("activation", family)
    if role is None and "callable" in annotation_of(p).lower():
        return roles.role_of("activation", family)
    return role


def _values(
    p: inspect.Parameter, role: roles.Role | None, family: Family, unknown: int, names: set[str]
) -> tuple[Any, ...]:
    if p.kind is p.VAR_POSITIONAL:
        return _TUPLES
    values = roles.values_of(role, annotation_of(p), family, unknown)
    if role and role.name in {"channels", "out channels"} and any(name.startswith("list of") for name in names):
        # Beside `kernel_sizes`, a plain `num_channels` is a list as well.
        return ([sizes.FILTERS, sizes.SECOND_FILTERS], *values)
    return values


def annotation_of(p: inspect.Parameter) -> str:
    """A parameter's annotation as text, or ""."""
    if p.annotation is p.empty:
        return ""
    return p.annotation.__name__ if isinstance(p.annotation, type) else str(p.annotation)


def _construction(
    chosen: Mapping[str, Choice], parameters: Sequence[inspect.Parameter], qualname: str
) -> Construction | None:
    ordered = [p for p in parameters if p.name in chosen]
    try:
        arguments = {p.name: chosen[p.name].make() for p in ordered}
    except Exception:  # noqa: BLE001 - another class of the user's may refuse to be made; then this way is closed
        return None
    starred = next((p.name for p in ordered if p.kind is p.VAR_POSITIONAL), "")
    # In front of a starred argument everything goes by position.
    positional = tuple(
        p.name for p in ordered if p.kind is p.POSITIONAL_ONLY or (starred and p.kind is p.POSITIONAL_OR_KEYWORD)
    )
    written = []
    for p in ordered:
        prefix = "*" if p.name == starred else "" if p.name in positional else f"{p.name}="
        written.append(prefix + chosen[p.name].code)
    return Construction(
        arguments=arguments,
        code=f"{qualname}({', '.join(written)})",
        positional=positional,
        starred=starred,
        has_guessed_shapes=any(chosen[p.name].guesses_shape for p in ordered),
    )


def _object(cls: type, nesting: int) -> Choice | None:
    """An object of another class by its first construction."""
    construction = next(_constructions(cls, cls.__qualname__, nesting), None)
    if construction is None:
        return None
    # The arguments are made anew each time, so that two objects of a list share nothing.
    return Choice(code=construction.code, make=lambda: next(_constructions(cls, cls.__qualname__, nesting)).build(cls))
