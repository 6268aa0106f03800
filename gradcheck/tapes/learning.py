"""Learning a tape from its Tensor class: how one is made, read, seeded, and where its gradient lies.

Each way that people have of doing it is tried on x + x and its like, whose gradients are known. Run it apart: what is
tried and raises may spoil what the tape keeps globally. What was learnt is a `Lesson`, by which the tape is made again
elsewhere without trying.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.errors import BuildError
from gradcheck.tapes import conventions
from gradcheck.tapes.model import Surface, Tape
from gradcheck.tapes.seeding import ONES, seedings
from gradcheck.types import Array

#: Numbers that every binary float format holds, all different, none of them 0 or 1.
SAMPLE = np.array([[1.5, -2.25, 0.75], [-0.5, 3.25, 2.5]])
UPSTREAM = np.array([[0.5, -1.25, 2.0], [1.75, -0.75, 0.25]])
NUMBER, NUMBER_UPSTREAM = np.array(1.5), np.array(-0.75)
#: What is asked of a gradient to count as right here: a float16's rounding.
CLOSE = 2e-3

#: Operators whose gradients are known: (applied to a tensor, gradient from x and upstream).
_Trial = tuple[Callable[[Any], Any], Callable[[Array, Array], Array]]
TRIALS: tuple[_Trial, ...] = (
    (lambda x: x + x, lambda _, v: 2.0 * v),
    (lambda x: x * x, lambda x, v: 2.0 * x * v),
    (lambda x: x * 2.0, lambda _, v: 2.0 * v),
    (lambda x: x + 1.0, lambda _, v: v),
    (lambda x: -x, lambda _, v: -v),
    (lambda x: x - x * 3.0, lambda _, v: -2.0 * v),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was learnt: positions in the lists of what was tried.

    Attributes:
        is_scalar: Whether a tensor holds one number.
        maker: Of the ways to make one.
        reader: Of the ways to read one.
        gradient: Of the places of a gradient.
        seeding: Of the ways to seed an output of several entries.
        seeding_of_one: Of the ways to seed an output of one entry.
    """

    is_scalar: bool
    maker: int
    reader: int
    gradient: int
    seeding: int
    seeding_of_one: int


def learn(cls: type, functions: Mapping[str, Callable[..., Any]], given: Mapping[str, Any]) -> Lesson:
    """Try everything until gradients come back.

    Args:
        cls: The Tensor class.
        functions: Functions of the project that may take tensors, by name.
        given: Keyword arguments of the constructor that a person declared.

    Raises:
        BuildError: Nothing that people do makes a tensor, or no gradient comes back.
    """
    scalars = (True,) if conventions.holds_one_number(cls) else (False, True)
    refusals: list[str] = []
    for is_scalar, is_strict in itertools.product(scalars, (True, False)):
        for place, maker in enumerate(conventions.makers(cls, functions, given, is_scalar=is_scalar)):
            reader = _reader(cls, maker, is_scalar=is_scalar, refusals=refusals)
            if reader is None or (is_strict and not _starts_well(cls, maker, reader, is_scalar=is_scalar)):
                continue
            surface = Surface(cls=cls, is_scalar=is_scalar, constant=maker.constant, functions=functions)
            found = _seeded(surface, maker, reader, refusals)
            if found is not None:
                gradient, seeding, of_one = found
                return Lesson(
                    is_scalar=is_scalar, maker=place, reader=reader, gradient=gradient, seeding=seeding,
                    seeding_of_one=of_one,
                )  # fmt: skip
    raise BuildError(_told(cls, refusals))


def taught(cls: type, functions: Mapping[str, Callable[..., Any]], given: Mapping[str, Any], lesson: Lesson) -> Tape:
    """The tape by what was learnt."""
    maker = list(conventions.makers(cls, functions, given, is_scalar=lesson.is_scalar))[lesson.maker]
    read = list(conventions.readers(cls))[lesson.reader][1]
    gradient = list(conventions.gradients(cls, read))[lesson.gradient][1]
    surface = Surface(cls=cls, is_scalar=lesson.is_scalar, constant=maker.constant, functions=functions)
    ways = list(seedings(surface))
    several, one = ways[lesson.seeding], ways[lesson.seeding_of_one]

    def send(y: Any, y_bar: Array) -> None:
        (one if y_bar.size == 1 else several)[1](y, y_bar)

    held = read(maker(NUMBER if lesson.is_scalar else SAMPLE))
    return Tape(
        cls=cls,
        code=maker.code,
        is_scalar=lesson.is_scalar,
        make=maker,
        constant=maker.constant,
        read=read,
        gradient=gradient,
        send=send,
        takes_cotangent=ONES not in {several[0], one[0]},
        functions=functions,
        dtype=np.dtype(np.float64) if held is None else held.dtype,
    )


def _reader(cls: type, maker: conventions.Maker, *, is_scalar: bool, refusals: list[str]) -> int | None:
    sample = NUMBER if is_scalar else SAMPLE
    try:
        tensor = maker(sample)
    except Exception as error:  # noqa: BLE001 - the user's constructor may raise anything; the next way may fit
        refusals.append(f"{maker.code} raises {one_line(error, '')}")
        return None
    if not isinstance(tensor, cls):
        return None
    if not is_scalar and not conventions.has_shape(tensor, sample):
        refusals.append(f"{maker.code} has another shape than x")
        return None
    for place, (_, read) in enumerate(conventions.readers(cls)):
        try:
            held = read(tensor)
        except Exception:  # noqa: BLE001, S112 - an attribute of the user's may raise anything; the next may be it
            continue
        if held is not None and held.shape == sample.shape and np.array_equal(held, sample):
            return place
    refusals.append(f"the numbers of {maker.code} were not found: it has no data, value or numpy()")
    return None


def _starts_well(cls: type, maker: conventions.Maker, reader: int, *, is_scalar: bool) -> bool:
    """Whether the gradient a tensor is made with has its shape: of an array that should be a list it is one number."""
    sample = NUMBER if is_scalar else SAMPLE
    read = list(conventions.readers(cls))[reader][1]
    tensor = maker(sample)
    for _, gradient in conventions.gradients(cls, read):
        try:
            held = gradient(tensor)
        except Exception:  # noqa: BLE001, S112 - an attribute of the user's may raise anything
            continue
        if held is not None:
            return held.shape == sample.shape
    return True


def _seeded(
    surface: Surface, maker: conventions.Maker, reader: int, refusals: list[str]
) -> tuple[int, int, int] | None:
    """Places of the gradient and of the best ways to seed several entries and one."""
    read = list(conventions.readers(surface.cls))[reader][1]
    several = None if surface.is_scalar else _best(surface, maker, read, SAMPLE, UPSTREAM, refusals)
    wanted = several[1] if several else None
    one = _best(surface, maker, read, NUMBER, NUMBER_UPSTREAM, refusals, wanted)
    if surface.is_scalar:
        several = one
    if several is None:
        return None
    return several[0], several[1], (one or several)[1]


def _best(
    surface: Surface,
    maker: conventions.Maker,
    read: Callable[[Any], Array | None],
    x: Array,
    y_bar: Array,
    refusals: list[str],
    wanted: int | None = None,
) -> tuple[int, int] | None:
    """The first gradient and seeding of those by which most trials are right; a wanted seeding is the first of them.

    An array of one entry passes for a tensor in every trial here, being a truth value and a factor as one is.
    """
    counted: list[tuple[int, int, int]] = []
    places = list(conventions.gradients(surface.cls, read))
    for seeding, (word, send) in enumerate(seedings(surface)):
        sent = np.ones_like(y_bar) if word == ONES else y_bar
        right: dict[int, int] = {}
        for apply, expected in TRIALS:
            try:
                leaf = maker(x)
                send(apply(leaf), sent)
            except Exception as error:  # noqa: BLE001 - the user's operators may raise anything; the next may be right
                refusals.append(f"{word} raises {one_line(error, '')}")
                continue
            for place in _agreeing(places, leaf, expected(x, sent)):
                right[place] = right.get(place, 0) + 1
        counted += [(count, seeding, place) for place, count in right.items()]
    if not counted:
        return None
    most = max(count for count, _, _ in counted)
    _, seeding, place = min((row for row in counted if row[0] == most), key=lambda row: row[1] != wanted)
    return place, seeding


def _agreeing(places: list[tuple[str, Callable[[Any], Array | None]]], leaf: Any, expected: Array) -> Iterator[int]:
    for place, (_, gradient) in enumerate(places):
        try:
            found = gradient(leaf)
        except Exception:  # noqa: BLE001, S112 - an attribute of the user's may raise anything; the next may be it
            continue
        if found is not None and found.shape == expected.shape and np.allclose(found, expected, rtol=CLOSE, atol=CLOSE):
            yield place


def _told(cls: type, refusals: list[str]) -> str:
    unfinished = [line for line in refusals if "NotImplementedError" in line]
    if unfinished:
        return f"the operators of {cls.__name__} are not written yet: {unfinished[0]}"
    why = (refusals or ["nothing in it is called data, value or numpy"])[0]
    return f"how {cls.__name__} is used was not learnt from x + x and x * x: {why}"
