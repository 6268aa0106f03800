"""The order in which values of several arguments are combined: the fewest departures from the first choices first."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Sequence

from gradcheck.cases.guessing.choices import Choice, literal
from gradcheck.cases.naming import roles
from gradcheck.cases.naming.family import Family

#: Values of each argument by its name.
Assignment = dict[str, Choice]

#: Other values than the default tried of one optional argument.
MOST_OTHERS = 4
#: Roles of optional arguments worth another value than their default.
VARIED = frozenset(
    {
        "in features", "in channels", "features", "input shape", "vocabulary", "hidden", "channels", "spatial", "time",
        "batch", "stride", "padding", "kernel", "kernel shape", "factor", "flag", "dilation", "output shape",
    }
)  # fmt: skip
#: A size from which on a default is replaced by one of ours: none of ours is near it.
LARGE = 64
_SHRINKING = frozenset(
    {"in features", "out features", "features", "hidden", "widths", "hidden widths", "in channels", "out channels"}
)
#: Roles of optional arguments worth a value where the default is None.
NEEDED = VARIED | {"out features", "out channels", "widths", "longest", "heads"}


def by_deviation(groups: Sequence[Sequence[Assignment]], most: int) -> Iterator[Assignment]:
    """Combine one assignment of each group: all first choices, then one group deviating, then two, ...

    Args:
        groups: Each with at least one assignment.
        most: How many combinations will be asked for; of as many deviations no more are sorted.
    """
    for deviating in range(len(groups) + 1):
        steps: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
        for where in itertools.combinations(range(len(groups)), deviating):
            others = itertools.product(*(range(1, len(groups[i])) for i in where))
            steps.extend((sum(which), where, which) for which in itertools.islice(others, most))
        for _, where, which in sorted(steps):
            index = dict(zip(where, which, strict=True))
            chosen: Assignment = {}
            for i, group in enumerate(groups):
                chosen.update(group[index.get(i, 0)])
            yield chosen
        if len(steps) > most:
            return


def variations(first: Assignment, optional: Sequence[inspect.Parameter], family: Family) -> Iterator[Assignment]:
    """The first choice with optional arguments: all that default to None at once, then one at a time.

    Args:
        first: First choices of the required arguments.
        optional: The optional parameters.
        family: The kind of layer.
    """
    missing: list[tuple[str, list[Choice]]] = []
    others: list[tuple[str, list[Choice]]] = []
    for p in optional:
        role = roles.role_of(p.name, family)
        if role is None or role.name not in (NEEDED if p.default is None else VARIED):
            continue
        annotation = "" if p.annotation is p.empty else str(p.annotation)
        values = roles.values_of(role, annotation, family)
        made = [literal(value) for value in values if repr(value) != repr(p.default)][:MOST_OTHERS]
        (missing if p.default is None else others).append((p.name, made))
    if len(missing) > 1:
        yield {**first, **{name: made[0] for name, made in missing if made}}
    for name, made in [*missing, *others]:
        for choice in made:
            yield {**first, name: choice}


def shrunk(first: Assignment, optional: Sequence[inspect.Parameter], family: Family) -> Assignment | None:
    """The first choice with sizes that default to something large made small, None where none does.

    A layer of 512 features is no more wrong than one of 8, and 4,000 times as dear to check.

    Args:
        first: First choices of the required arguments.
        optional: The optional parameters.
        family: The kind of layer.
    """
    small: Assignment = {}
    heads: Assignment = {}
    for p in optional:
        role = roles.role_of(p.name, family)
        if role is None or not role.values:
            continue
        if role.name == "heads":
            heads[p.name] = literal(role.values[0])
        elif role.name in _SHRINKING and _is_large(p.default):
            small[p.name] = literal(roles.values_of(role, "", family)[0])
    # Many heads may not divide few features.
    return {**first, **small, **heads} if small else None


def _is_large(default: object) -> bool:
    if isinstance(default, (list, tuple)):
        return any(_is_large(size) for size in default)
    return isinstance(default, int) and default >= LARGE


def alternating(one: Iterator[Assignment], other: Iterator[Assignment]) -> Iterator[Assignment]:
    """One of each in turn, until both have ended."""
    for pair in itertools.zip_longest(one, other):
        yield from (chosen for chosen in pair if chosen is not None)
