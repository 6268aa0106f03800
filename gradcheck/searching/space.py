"""What a layer's configurations are: each a handful of choices, each choice from a short table."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from gradcheck.cases.running.presenting import BROADCAST, C_ORDER, FORTRAN, READ_ONLY, REVERSED, SLICED
from gradcheck.searching import arguments, axes, values
from gradcheck.searching.axes import Axis, Dimension
from gradcheck.searching.drawing import is_whole, redrawn
from gradcheck.types import Blueprint, Built, Case, Presentation, Role

#: Lengths tried of a free dimension: one, primes, what a stride of two or three does not divide, more than a case has.
LENGTHS: Final = (1, 2, 3, 4, 5, 7, 9)
#: Length of the batch tried last: of no samples.
EMPTY: Final = (0,)
#: Dtypes of ids and labels, beside the case's own.
INDICES: Final = ("", "int32", "int16")
#: Lengths of axes put between the batch and the rest: a row of rows, an image of rows.
EXTRA: Final = ((), (2,), (3,), (2, 3))
#: Lengths that all sizes have together once: a square, in which a matrix fits untransposed and an axis is not told by
#: how long it is.
ALIKE: Final = (3, 2, 4, 5)
#: Deviations of one argument tried at most before coins are tossed.
MOST_SINGLE: Final = 16
#: What the factor "as built" leaves as it is: how the names of those factors begin.
_AS_BUILT: Final[Mapping[str, tuple[str, ...]]] = {
    "arguments": ("argument ",),
    "lengths": ("length ", "extra", "rectangle "),
}
_INPUTS: Final = (C_ORDER, FORTRAN, SLICED, REVERSED, READ_ONLY)
_UPSTREAM: Final = (C_ORDER, FORTRAN, SLICED, REVERSED, BROADCAST, READ_ONLY)


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One choice of a configuration.

    Attributes:
        options: What there is, the simplest first.
        now: What the case has.
        is_even: Whether all options are as likely; else the case's own is chosen every second time.
    """

    options: tuple[Any, ...]
    now: Any
    is_even: bool = False

    @functools.cached_property
    def table(self) -> tuple[Any, ...]:
        """What coins choose among, a power of two of entries: what deviates everywhere is mostly rejected."""
        others = [one for one in self.options if not arguments.same(one, self.now)]
        wanted = len(self.options) if self.is_even else 2 * len(others)
        if not self.is_even and not arguments.same(self.options[0], self.now):
            wanted = max(wanted, 4)
        size = 1 << max(wanted - 1, 1).bit_length()
        if self.is_even:
            return tuple(self.options[place % len(self.options)] for place in range(size))
        spread = (others[place // 2 % len(others)] if place % 2 else self.now for place in range(1, size))
        return (self.options[0], *spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to build and call a layer.

    Attributes:
        arguments: Constructor arguments that differ from the case's.
        lengths: Length of each dimension of the space.
        extra: Lengths of axes put between the batch and the rest.
        variety: Kind of values, "" for plain draws.
        presentation: Memory layouts.
        indices: Dtype of ids and labels, "" for the case's own.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    variety: str = ""
    presentation: Presentation = field(default_factory=Presentation)
    indices: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The configurations of one layer.

    Attributes:
        blueprint: What its case was made of.
        seed: The case's seed.
        factors: The choices, by name. What "as built" names is left as it is, for not every argument takes every
            shape; "unusual" is the coin before the values and the layouts.
        dimensions: Axes whose length can be another.
        squares: Positions of dimensions that are often equal: height and width.
        sizes: Names of the factors that are arguments that mean a size.
    """

    blueprint: Blueprint
    seed: int
    factors: Mapping[str, Factor]
    dimensions: tuple[Dimension, ...]
    squares: tuple[tuple[int, ...], ...]
    sizes: frozenset[str]

    @property
    def as_built(self) -> Configuration:
        """The case's own configuration."""
        return Configuration(lengths=tuple(one.length for one in self.dimensions))

    @property
    def bits(self) -> int:
        """How many coins a configuration is made of."""
        return sum(len(factor.table).bit_length() - 1 for factor in self.factors.values())

    def decoded(self, coins: Sequence[bool]) -> dict[str, Any]:
        """The options that coins choose; all tails are the simplest ones."""
        rest, chosen = list(coins), {}
        for name, factor in self.factors.items():
            width = len(factor.table).bit_length() - 1
            index = sum(bit << place for place, bit in enumerate(rest[:width]))
            del rest[:width]
            chosen[name] = factor.table[index]
        return chosen

    def sweep(self) -> list[dict[str, Any]]:
        """Options that are tried before any coin is tossed: every option of every choice at least once.

        Arguments that are no sizes deviate one at a time; sizes and lengths do together, and so do values and memory
        layouts, each on the case's own shapes. Once all sizes and lengths are alike.
        """
        own = {name: factor.now for name, factor in self.factors.items()}
        single = [name for name in self.factors if name.startswith("argument ") and name not in self.sizes]
        lengths = [name for name in self.factors if name in self.sizes or name.startswith("length ")]
        unusual = [name for name in ("variety", "inputs", "upstream", "indices") if name in self.factors]
        others = {n: [one for one in self.factors[n].options if not arguments.same(one, own[n])] for n in single}
        turns = range(max((len(options) for options in others.values()), default=0))
        # In turns: of the last argument one option is tried, however many the others have.
        found = [{**own, name: others[name][turn]} for turn in turns for name in single if turn < len(others[name])]
        found = found[:MOST_SINGLE]
        for names, more in ((lengths, {}), (unusual, {"unusual": True})):
            for turn in range(max((len(self.factors[name].options) for name in names), default=0)):
                turned = {name: self._turned(name, turn, place) for place, name in enumerate(names)}
                sides = {name: turn % 2 > 0 for name in self.factors if name.startswith("rectangle ")}
                found.append({**own, **(sides if names is lengths else {}), **turned, **more})
        if len(lengths) > 1:
            found.append({**own, **self._alike(lengths)})
        if "extra" in self.factors:
            found += [{**own, "extra": extra} for extra in EXTRA[1:]]
        return found

    def _alike(self, names: Sequence[str]) -> dict[str, Any]:
        """One length for all that have it among their options, the one that most of them have."""
        having = {n: [name for name in names if n in self.factors[name].options] for n in ALIKE}
        length = max(having, key=lambda n: len(having[n]))
        return dict.fromkeys(having[length], length)

    def _turned(self, name: str, turn: int, place: int) -> Any:
        options = self.factors[name].options
        return options[(turn + place) % len(options)]

    def coins(self, options: Mapping[str, Any]) -> list[bool]:
        """Coins that choose these options."""
        found: list[bool] = []
        for name, factor in self.factors.items():
            table = factor.table
            index = next(place for place, one in enumerate(table) if arguments.same(one, options[name]))
            found += [bool(index >> place & 1) for place in range(len(table).bit_length() - 1)]
        return found

    def explicit(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Options of the same configuration that leave nothing "as built" but what they say so themselves."""
        left = _AS_BUILT.get(options["as built"], ())
        own = {name: self.factors[name].now for name in options if left and name.startswith(left)}
        return {**options, **own, "as built": ""}

    def configuration(self, chosen: Mapping[str, Any]) -> Configuration:
        """The configuration of one option of each factor."""
        changed = {
            name.removeprefix("argument "): value
            for name, value in chosen.items()
            if name.startswith("argument ") and not arguments.same(value, self.factors[name].now)
        }
        if chosen["as built"] == "arguments":
            changed = {}
        free = {name: value for name, value in chosen.items() if chosen["as built"] != "lengths"}
        lengths = [self._length(one, free.get(f"length {k}"), changed) for k, one in enumerate(self.dimensions)]
        for group in self.squares:
            if not chosen[f"rectangle {group[0]}"]:
                for place in group[1:]:
                    lengths[place] = lengths[group[0]]
        plain = not chosen["unusual"]
        return Configuration(
            arguments=changed,
            lengths=tuple(lengths),
            extra=free.get("extra", ()),
            variety="" if plain else chosen["variety"],
            indices="" if plain else chosen.get("indices", ""),
            presentation=Presentation()
            if plain
            else Presentation(inputs=chosen["inputs"], upstream=chosen["upstream"]),
        )

    def _length(self, one: Dimension, chosen: int | None, changed: Mapping[str, Any]) -> int:
        if not one.argument:
            return one.length if chosen is None else chosen
        value = changed.get(one.argument, one.length)
        return int(value[0] if isinstance(value, tuple) else value)

    def without(self, name: str) -> Space:
        """The space without one of its choices."""
        factors = {key: factor for key, factor in self.factors.items() if key != name}
        return dataclasses.replace(self, factors=factors)

    def is_empty(self, configuration: Configuration) -> bool:
        """Whether a configuration has a batch of no samples."""
        lengths = zip(self.dimensions, configuration.lengths, strict=True)
        return any(one.is_batch and not length for one, length in lengths)

    def inputs(self, configuration: Configuration) -> dict[str, Any]:
        """Forward's arguments in a configuration."""
        if configuration == self.as_built:
            return dict(self.blueprint.inputs)
        lengths: dict[Axis, int] = {}
        for one, length in zip(self.dimensions, configuration.lengths, strict=True):
            lengths.update(one.lengths(length))
        drawn = redrawn(
            self.blueprint, self.seed, lengths, configuration.extra, configuration.variety, configuration.arguments
        )
        if not configuration.indices:
            return drawn
        return {n: v.astype(configuration.indices) if is_whole(v) else v for n, v in drawn.items()}


def space_of(case: Case, blueprint: Blueprint) -> Space:
    """The configurations of a case's layer; some forwards find out which axes may have another length."""
    built = blueprint.construct({})
    tables = arguments.tables(blueprint)
    sizes = _sizes(blueprint, tables)
    roles = case.subject.roles
    # Parameters that forward is handed are drawn with the inputs.
    parameters = [
        x
        for name, x in case.subject.primals.items()
        if roles[name] is Role.PARAMETER and name not in blueprint.parameters
    ]

    def accepts(inputs: Mapping[str, Any]) -> bool:
        return _accepts(blueprint, built, inputs)

    found = axes.dimensions(
        blueprint.inputs,
        blueprint.batch_axis,
        sizes,
        frozenset(n for x in parameters for n in x.shape if n > 1),
        accepts,
        lambda lengths: redrawn(blueprint, case.seed, lengths),
        blueprint.parameters,
    )
    factors: dict[str, Factor] = {
        f"argument {name}": Factor(options=options, now=arguments.value_of(name, blueprint))
        for name, options in (tables | arguments.numbers(blueprint)).items()
    }
    for place, one in enumerate(found):
        if not one.argument:
            options = tuple(dict.fromkeys((*LENGTHS, one.length, *(EMPTY if one.is_batch else ()))))
            factors[f"length {place}"] = Factor(options=options, now=one.length)
    squares = [tuple(found.index(one) for one in group) for group in axes.squares(found)]
    factors |= {f"rectangle {group[0]}": Factor(options=(False, True), now=False) for group in squares}
    more = redrawn(blueprint, case.seed, {}, EXTRA[1]) if _takes_more_axes(case, blueprint) else {}
    if more and accepts(more):
        factors["extra"] = Factor(options=EXTRA, now=())
    factors["as built"] = Factor(options=("", "lengths", "arguments"), now="")
    factors["unusual"] = Factor(options=(False, True), now=False)
    factors["variety"] = Factor(options=("", *values.VARIETIES), now="", is_even=True)
    factors["inputs"] = Factor(options=_INPUTS, now=C_ORDER, is_even=True)
    factors["upstream"] = Factor(options=_UPSTREAM, now=C_ORDER, is_even=True)
    if any(is_whole(value) for value in blueprint.inputs.values()):
        factors["indices"] = Factor(options=INDICES, now="", is_even=True)
    return Space(
        blueprint=blueprint,
        seed=case.seed,
        factors=factors,
        dimensions=tuple(found),
        squares=tuple(squares),
        sizes=frozenset(f"argument {name}" for name in sizes),
    )


def _takes_more_axes(case: Case, blueprint: Blueprint) -> bool:
    """Whether an axis between the batch and the rest could mean anything: rows, sequences and images have a batch."""
    arrays = [blueprint.inputs[name] for name in blueprint.differentiable]
    free = case.subject.cotangent is None and bool(arrays) and not blueprint.parameters
    return free and blueprint.batch_axis in (0, None) and all(x.ndim >= 2 and 1 not in x.shape for x in arrays)


def _sizes(blueprint: Blueprint, tables: Iterable[str]) -> dict[str, int]:
    found = {}
    for name in tables:
        role, value = arguments.role_of(name, blueprint), arguments.value_of(name, blueprint)
        number = value[0] if isinstance(value, tuple) and len(value) == 1 else value
        if role in axes.SIZES and type(number) is int:
            found[name] = number
    return found


def _accepts(blueprint: Blueprint, built: Built, inputs: Mapping[str, Any]) -> bool:
    try:
        return bool(np.all(np.isfinite(blueprint.value(built, inputs))))
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; it means "not accepted"
        return False
