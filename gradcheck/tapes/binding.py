"""From a module of a tape and inputs to a Subject: parameters moved away from where they start, gradients found."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np

from gradcheck import extensions
from gradcheck.cases.gradients.points import as_held, away_from_initial, moved
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError
from gradcheck.numerics import noise, sampling, steps
from gradcheck.tapes.holding import is_frozen
from gradcheck.tapes.model import Tape
from gradcheck.tapes.program import AS_ARRAYS, AS_TENSORS, Program, TapeSubject, program_of
from gradcheck.types import Array, Oracle, Primals, Pullback, Role, Vjp

#: Draws at which a gradient may show itself: a unit that is dead at one lives at another.
DRAWS = 6
#: Upstream gradients along which a slope is looked for.
UPSTREAMS = 3
ORACLE = "finite_difference"


def bind(tape: Tape, request: Request) -> TapeSubject:
    """Bind a module and inputs.

    Args:
        tape: The tape its tensors are of.
        request: The module, and what its forward is handed.

    Raises:
        BuildError: Its forward answers with nothing finite, or takes no input that can be differentiated by.
        Exception: Whatever forward or backward raises.
    """
    program = _running(tape, request)
    start = program.point()
    parameters = as_held(start, program.parameters)
    point = away_from_initial(program.value, start, parameters, program.value(start).shape, program.evaluator.seed)
    y = program.value(point)
    if not y.size or not np.all(np.isfinite(y)):
        raise BuildError("forward is not finite on this input")
    if not point:
        raise BuildError("it has no input or parameter to differentiate by")
    point, named = _alive(program, point)
    roles = {name: Role.INPUT if name in program.inputs else Role.PARAMETER for name in point}
    rest = {name: point[name] for name in point if name not in named}
    subject = TapeSubject(
        name=request.identity,
        primals={name: point[name] for name in named},
        roles={name: roles[name] for name in named},
        value=lambda primals: program.value({**rest, **primals}),
        value_and_vjp=functools.partial(_value_and_vjp, program, rest),
        cotangent=None if tape.takes_cotangent else np.ones_like(y),
        native={"output": tape.dtype},
        precision=tape.epsilon,
        program=program,
        point=point,
    )
    return dataclasses.replace(subject, noise=_noise(subject, subject.value(subject.primals)))


def _alive(program: Program, start: Mapping[str, Array]) -> tuple[dict[str, Array], list[str]]:
    """A point, and the primals that a gradient reaches there: the first of several draws at which any is not zero.

    A backward that raises is the finding of the contract check, which then looks at all of them.
    """
    chosen: tuple[dict[str, Array], list[str]] | None = None
    reached: set[str] = set()
    for draw in range(DRAWS):
        point = dict(start) if draw == 0 else moved(start, program.evaluator.seed, draw)
        try:
            gradients = _pulled(program, point, draw).gradients
        except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
            return dict(start), list(start)
        here = {name for name in point if name in gradients and np.any(gradients[name])}
        if chosen is None or (here and not reached):
            chosen = point, [name for name in point if name in gradients]
        reached |= here
        if len(reached) == len(point):
            break
    point, names = chosen or (dict(start), [])
    return point, [name for name in names if name in reached] or names


def _value_and_vjp(program: Program, rest: Primals, primals: Primals) -> tuple[Array, Vjp]:
    """The program's, for some of its primals; the rest stay where they are."""
    y, vjp = program.value_and_vjp({**rest, **primals})

    def pull(y_bar: Array) -> Pullback:
        found = vjp(y_bar)
        return Pullback(
            gradients={name: g for name, g in found.gradients.items() if name in primals},
            absent={name: why for name, why in found.absent.items() if name in primals},
        )

    return y, pull


def unreached(subject: TapeSubject) -> tuple[str, ...] | None:
    """Primals that no gradient reaches at any of several points: there is none, or it is exactly zero.

    None where backward raises.
    """
    waiting = dict.fromkeys(subject.point)
    for draw in range(DRAWS):
        point = subject.point if draw == 0 else moved(subject.point, subject.program.evaluator.seed, draw)
        try:
            pullback = _pulled(subject.program, point, draw)
        except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
            return None
        for name in list(waiting):
            if name in pullback.gradients and np.any(pullback.gradients[name]):
                del waiting[name]
    return tuple(waiting)


def is_used(subject: TapeSubject, name: str) -> bool:
    """Whether forward's answer depends on a primal."""
    elsewhere = {**subject.point, name: moved(subject.point, subject.program.evaluator.seed, 1)[name]}
    before, after = subject.program.value(subject.point), subject.program.value(elsewhere)
    return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)


def has_slope(subject: TapeSubject, name: str) -> bool:
    """Whether finite differences see a slope by a primal that no gradient reaches."""
    oracle = extensions.load("gradcheck.oracles", ORACLE, "ORACLE", Oracle)
    program, point, x = subject.program, subject.point, subject.point[name]
    alone = dataclasses.replace(
        subject,
        primals={name: x},
        roles={name: Role.PARAMETER},
        value=lambda primals: program.value({**point, **primals}),
    )
    y = program.value(point)
    seed = program.evaluator.seed
    tangent = {name: sampling.direction(sampling.generator(seed, "slope"), x, steps.magnitude(x))}
    cotangents = [sampling.gaussian(sampling.generator(seed, f"slope {k}"), y.shape) for k in range(UPSTREAMS)]
    answer = oracle.directional(alone, [tangent], cotangents, y)
    return any(e.masked < 1.0 and abs(e.value) > e.error_bound for row in answer.estimates for e in row)


def _running(tape: Tape, request: Request) -> Program:
    """The program under the first way of handing over ids and targets that its forward takes."""
    first: Exception | None = None
    for others in (AS_ARRAYS, AS_TENSORS):
        program = program_of(tape, request, others)
        trained = {name: one for name, one in program.parameters.items() if not is_frozen(one)}
        program = dataclasses.replace(program, parameters=trained)
        try:
            program.value(program.point())
        except Exception as error:  # noqa: BLE001 - the user's forward may raise anything; raised where nothing works
            first = first or error
            continue
        return program
    raise first or BuildError("it was not run")


def _pulled(program: Program, point: Primals, draw: int) -> Pullback:
    y, vjp = program.value_and_vjp(point)
    takes = program.tape.takes_cotangent
    rng = sampling.generator(program.evaluator.seed, f"binding {draw}")
    return vjp(sampling.gaussian(rng, y.shape) if takes else np.ones_like(y))


def _noise(subject: TapeSubject, y: Array) -> float:
    rng = sampling.generator(0, "noise")
    tangents: Mapping[str, Array] = {
        name: sampling.direction(rng, x, steps.magnitude(x)) for name, x in subject.primals.items()
    }

    def along(t: float) -> Array:
        return subject.value({name: x + t * tangents[name] for name, x in subject.primals.items()})

    return noise.measure(along, y)
