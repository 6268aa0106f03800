"""Ways to construct a layer without configuration: values for its constructor's arguments, the most likely first."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.cases import ingredients, roles
from gradcheck.cases.family import family_of
from gradcheck.cases.ingredients import Choice, literal

#: Constructions tried at most.
MOST = 60
#: Values kept of one argument; the product of more finds nothing that these miss.
MOST_VALUES = 6
#: Of these, how many at most vary an optional argument.
MOST_VARIATIONS = 20
#: How deep objects that need other objects are made: a network of layers that hold an activation.
MOST_NESTING = 2
#: Roles of optional arguments worth another value than their default, one at a time.
VARIED = frozenset(
    {
        "in features", "in channels", "features", "input shape", "vocabulary", "hidden", "channels", "spatial", "time",
        "batch", "stride", "padding", "kernel", "kernel shape", "factor", "flag", "dilation", "output shape",
    }
)  # fmt: skip
#: Roles of optional arguments worth a value where the default is None.
NEEDED = frozenset({"out features", "out channels", "widths", "longest", "heads"})
_ARRAYS = ("weight", "input weight", "state weight", "bias", "gamma", "beta")

_Assignment = dict[str, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """One way to construct a layer.

    Attributes:
        arguments: By name, in the signature's order; a starred argument's value is a tuple.
        code: Python source of the call, with numpy as `numpy`.
        positional: Names of the arguments that must be passed by position, in order.
        starred: Name of the `*arguments`, or "".
    """

    arguments: Mapping[str, Any]
    code: str
    positional: tuple[str, ...] = ()
    starred: str = ""

    def build(self, cls: type) -> Any:
        """Call the class.

        Raises:
            Exception: Whatever the user's constructor raises.
        """
        named = {n: v for n, v in self.arguments.items() if n not in self.positional and n != self.starred}
        unnamed = [self.arguments[name] for name in self.positional]
        return cls(*unnamed, *self.arguments.get(self.starred, ()), **named)


def constructions(cls: type, *, qualname: str) -> Iterator[Construction]:
    """Yield ways to construct a class, best guess first, at most 60.

    Required arguments get values by their names; combinations come in the order of how many of them are not the
    first choice; alternating with these, optional arguments that matter are varied one by one.

    Args:
        cls: The class.
        qualname: Its dotted name, for the code and as a clue.
    """
    return itertools.islice(_constructions(cls, qualname, nesting=0), MOST)


def _constructions(cls: type, qualname: str, nesting: int) -> Iterator[Construction]:
    parameters = signature_of(cls)
    required = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    optional = [p for p in parameters if p.default is not p.empty]
    groups = _groups(cls, required, qualname, nesting)
    combinations = _by_deviation(groups)
    first = next(combinations, None)
    if first is None:
        return
    variations = itertools.islice(_variations(first, optional, qualname), MOST_VARIATIONS)
    for chosen in itertools.chain([first], _alternating(variations, combinations)):
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
        if not any(p.kind is p.VAR_KEYWORD or (p.kind is p.VAR_POSITIONAL and p.name == "args") for p in own):
            break
    # A bare `*args` hands on what a base takes; only a named one, such as `*shape`, is filled.
    kept = [p for p in found.values() if p.kind is not p.VAR_KEYWORD and p.name != "args"]
    return sorted(kept, key=lambda p: p.kind)


def _groups(cls: type, required: Sequence[inspect.Parameter], qualname: str, nesting: int) -> list[list[_Assignment]]:
    """For each group of arguments that go together, the joint values to try."""
    family = family_of(qualname)
    known = {p.name: roles.role_of(p.name, family) for p in required}
    names = {role.name: name for name, role in known.items() if role}
    groups: list[list[_Assignment]] = []
    grouped: set[str] = set()
    arrays = [role for role in _ARRAYS if role in names and not _is_number(required, names[role])]
    if arrays and (set(arrays) - {"beta", "gamma"} or {"beta", "gamma"} <= set(arrays)):
        joint = ingredients.parameter_arrays(arrays, family, qualname)
        if joint:
            groups.append([{names[role]: choice for role, choice in one.items()} for one in joint])
            grouped.update(names[role] for role in arrays)
    if "input shape" in names and "output shape" in names:
        inside, outside = names["input shape"], names["output shape"]
        groups.append([{inside: literal(a), outside: literal(b)} for a, b in _RESHAPED])
        grouped.update((inside, outside))

    def constructor(other: type) -> Choice | None:
        return _object(other, nesting + 1) if nesting < MOST_NESTING else None

    unknown = 0
    plural = any(role and role.name.startswith("list of") for role in known.values())
    for p in required:
        if p.name in grouped:
            continue
        role, annotation = known[p.name], _text(p.annotation)
        if role and role.name == "name" and "activation" in qualname.lower():
            role = roles.role_of("activation", family)
        if role and role.name in ingredients.ROLES:
            made = ingredients.choices(
                role.name, p.name, annotation, cls, constructor, has_derivative="derivative" in names
            )
        else:
            values = roles.values_of(role, annotation, family, unknown)
            if plural and role and role.name in {"channels", "out channels"}:
                values = ([*values[:1], values[0] + 1], *values)
            made = [literal(value) for value in values]
        unknown += role is None
        if p.kind is p.VAR_POSITIONAL:
            made = [literal(value) for value in _TUPLES]
        # A layer that needs what its module does not have is at least asked whether it can do without.
        groups.append([{p.name: choice} for choice in (made or [literal(None)])[:MOST_VALUES]])
    return groups


#: Shapes with equally many entries, without and with a batch in front.
_RESHAPED = (((3, 6, 6), (108,)), ((3, 6, 6), (108, 1)), ((8,), (2, 4)), ((8, 1), (2, 4)))
#: Values of `*shape`.
_TUPLES = ((2, 4), (8,), (4, 8), ())


def _by_deviation(groups: Sequence[Sequence[_Assignment]]) -> Iterator[_Assignment]:
    """Combinations of one assignment per group: all first choices, then one group deviating, then two, ..."""
    if any(not group for group in groups):
        return
    for deviating in range(len(groups) + 1):
        steps: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
        for where in itertools.combinations(range(len(groups)), deviating):
            others = itertools.product(*(range(1, len(groups[i])) for i in where))
            steps.extend((sum(which), where, which) for which in itertools.islice(others, MOST))
        for _, where, which in sorted(steps):
            index = dict(zip(where, which, strict=True))
            chosen: _Assignment = {}
            for i, group in enumerate(groups):
                chosen.update(group[index.get(i, 0)])
            yield chosen
        if len(steps) > MOST:
            return


def _alternating(one: Iterator[_Assignment], other: Iterator[_Assignment]) -> Iterator[_Assignment]:
    for pair in itertools.zip_longest(one, other):
        yield from (chosen for chosen in pair if chosen is not None)


def _variations(first: _Assignment, optional: Sequence[inspect.Parameter], qualname: str) -> Iterator[_Assignment]:
    """The first choice with optional arguments: those that default to None first, then one at a time."""
    family = family_of(qualname)
    varied: list[tuple[inspect.Parameter, list[Choice]]] = []
    for p in optional:
        role = roles.role_of(p.name, family)
        if role is None or (role.name not in VARIED and not (p.default is None and role.name in NEEDED)):
            continue
        values = roles.values_of(role, _text(p.annotation), family)
        others = [value for value in values if repr(value) != repr(p.default)]
        varied.append((p, [literal(value) for value in others[: MOST_VALUES - 2]]))
    missing = [(p, made) for p, made in varied if p.default is None and made]
    if len(missing) > 1:
        yield {**first, **{p.name: made[0] for p, made in missing}}
    for p, made in [*missing, *(pair for pair in varied if pair[0].default is not None)]:
        for choice in made:
            yield {**first, p.name: choice}


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
        p.name
        for p in ordered
        if p.kind is p.POSITIONAL_ONLY or (starred and p.kind is p.POSITIONAL_OR_KEYWORD)
    )
    written = []
    for p in ordered:
        code = chosen[p.name].code
        if p.name == starred:
            written.append(f"*{code}")
        else:
            written.append(code if p.name in positional else f"{p.name}={code}")
    return Construction(
        arguments=arguments, code=f"{qualname}({', '.join(written)})", positional=positional, starred=starred
    )


def _object(cls: type, nesting: int) -> Choice | None:
    """An object of another class by its first construction."""
    if inspect.isabstract(cls):
        return None
    construction = next(_constructions(cls, cls.__qualname__, nesting), None)
    if construction is None:
        return None

    def make() -> Any:
        again = next(_constructions(cls, cls.__qualname__, nesting))
        return again.build(cls)

    return Choice(code=construction.code, make=make)


def _is_number(required: Sequence[inspect.Parameter], name: str) -> bool:
    annotation = next(_text(p.annotation).lower() for p in required if p.name == name)
    return any(word in annotation for word in ("bool", "int", "float", "str")) and "array" not in annotation


def _text(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty:
        return ""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
