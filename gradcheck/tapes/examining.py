"""One application judged: its value, the shape of each gradient, and every entry by finite differences."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from gradcheck import extensions
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.running.evaluation import protected
from gradcheck.judging import factors, probing
from gradcheck.numerics import noise, sampling, steps
from gradcheck.tapes.model import REFUSED, Application, Judged, Tape
from gradcheck.tapes.subject import Applied, NoTensorError, subject_of
from gradcheck.types import Array, Case, Check, Context, Oracle, Outcome, Profile, Pullback, Subject

ORACLE = "finite_difference"
#: Rows of wrong entries that are kept of one application.
MOST_MISMATCHES = 3


def judges() -> tuple[Oracle, Check]:
    """Who judges: loaded once, before processes are forked that would each load them again."""
    oracle = extensions.load("gradcheck.oracles", ORACLE, "ORACLE", Oracle)
    return oracle, extensions.load("gradcheck.checks", "gradient", "CHECK", Check)


def examine(tape: Tape, operator: str, application: Application, seed: int, profile: Profile) -> Judged:
    """Judge one application of one operator."""
    with protected(seed, tape.cls):
        try:
            subject, differs = subject_of(Applied(tape=tape, application=application))
        except NoTensorError as error:
            return _told(application, REFUSED, str(error))
        except Exception as error:  # noqa: BLE001 - the user's operator may refuse these operands in any way
            return _told(application, REFUSED, f"forward raises {one_line(error, '')}", raised=True)
        y, vjp = subject.value_and_vjp(subject.primals)
        if not np.all(np.isfinite(y)):
            return _told(application, Outcome.INCONCLUSIVE.value, "its value is not finite here")
        if not y.size:
            return _told(application, REFUSED, "its answer is empty")
        y_bar = probing.draw_cotangents(subject, y, seed, profile)[0]
        try:
            pullback = vjp(y_bar)
        except NotImplementedError as error:
            return _told(application, REFUSED, f"its backward is not written: {one_line(error, '')}", raised=True)
        except RecursionError:
            return _told(application, REFUSED, "backward exceeds Python's recursion limit", raised=True)
        except Exception as error:  # noqa: BLE001 - a backward that raises where forward ran is the fault
            reason = f"backward raises {one_line(error, '')}"
            outcome = Outcome.INCONCLUSIVE if application.is_optional else Outcome.FAILED
            return _told(application, outcome.value, reason, raised=True, compared=1)
        found = _judged(operator, application, subject, pullback, seed, profile, y, differs)
        return dataclasses.replace(found, other_function=differs)


def _judged(
    operator: str,
    application: Application,
    subject: Subject,
    pullback: Pullback,
    seed: int,
    profile: Profile,
    y: Array,
    differs: str,
) -> Judged:
    oracle, check = judges()
    if application.like is None or differs:
        measured = _measured_noise(subject, y)
        subject = dataclasses.replace(subject, noise=max(subject.noise, measured))
    for name, why in pullback.absent.items():
        if _has_slope(subject, name, oracle, y, seed):
            return _told(application, Outcome.FAILED.value, why, compared=1)
    for name, gradient in pullback.gradients.items():
        x = subject.primals[name]
        if gradient.shape != x.shape:
            reason = f"gradient of `{name}` has shape {gradient.shape}, `{name}` has {x.shape}"
            return _told(application, Outcome.FAILED.value, reason, is_shape=True, compared=1)
        if not np.all(np.isfinite(gradient)):
            reason = f"gradient of `{name}` is not finite, though forward is"
            return _told(application, Outcome.FAILED.value, reason, compared=1)
    if not pullback.gradients:
        return _told(application, REFUSED, "its value moves by steps only")
    context = Context(
        case=Case(layer=f"::{operator}", construction="", inputs=application.text, seed=seed, subject=subject),
        profile=profile,
        oracles={ORACLE: oracle},
    )
    result = check.examine(context)
    wrong = [q.name for q in result.quantities if q.outcome is Outcome.FAILED]
    reason = "" if result.outcome is Outcome.PASSED else _reason(result.headline, operator)
    factor = next((q.factor for q in result.quantities if q.name in wrong), None)
    if factor is not None and len(wrong) == 1:
        reason += f"; actual = {factors.describe(factor, subject)}"
    if _are_zero(pullback.gradients) and result.outcome is Outcome.FAILED:
        reason = f"no gradient reaches {', '.join(f'`{name}`' for name in wrong)}: it stays 0"
    return Judged(
        text=application.text,
        outcome=result.outcome.value,
        reason=reason,
        compared=result.compared,
        broadcasts=application.broadcasts,
        mismatches=tuple(
            (m.where, float(m.expected), float(m.actual), float(m.allowed)) for m in result.mismatches[:MOST_MISMATCHES]
        ),
    )


def _reason(headline: str, operator: str) -> str:
    return headline.removeprefix(f"{operator}: ")


def _measured_noise(subject: Subject, y: Array) -> float:
    rng = sampling.generator(0, "noise")
    tangents = {n: sampling.direction(rng, x, steps.magnitude(x)) for n, x in subject.primals.items()}

    def along(t: float) -> Array:
        return subject.value({name: x + t * tangents[name] for name, x in subject.primals.items()})

    return noise.measure(along, y)


def _has_slope(subject: Subject, name: str, oracle: Oracle, y: Array, seed: int) -> bool:
    """Whether finite differences see a slope by an operand that no gradient reaches."""
    x = subject.primals[name]
    tangent = {name: sampling.direction(sampling.generator(seed, f"slope {name}"), x, steps.magnitude(x))}
    cotangent = sampling.gaussian(sampling.generator(seed, "slope upstream"), y.shape)
    answer = oracle.directional(subject, [tangent], [cotangent], y)
    estimate = answer.estimates[0][0]
    return estimate.masked < 1.0 and bool(abs(estimate.value) > estimate.error_bound)


def _are_zero(gradients: Mapping[str, Array]) -> bool:
    return not any(np.any(gradient) for gradient in gradients.values())


def _told(
    application: Application,
    outcome: str,
    reason: str,
    *,
    raised: bool = False,
    is_shape: bool = False,
    compared: int = 0,
) -> Judged:
    return Judged(
        text=application.text,
        outcome=outcome,
        reason=" ".join(reason.split()),
        raised=raised,
        is_shape=is_shape,
        compared=compared,
        broadcasts=application.broadcasts,
    )
