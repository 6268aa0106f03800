"""A second look at a suspicious configuration, by the checks that judge every layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.running.presenting import BROADCAST, READ_ONLY
from gradcheck.cases.states import modes
from gradcheck.judging import opinion
from gradcheck.judging.opinion import Opinion, Verdict
from gradcheck.numerics import steps
from gradcheck.searching import meaning, screening, values
from gradcheck.searching.space import Configuration
from gradcheck.types import Case, CheckResult, Mismatch, Oracle, Outcome, Quantity, Subject

#: A disagreement along ties counts from this share of what upstream gradient and direction are worth: far above a
#: stabilising constant, far below a tied entry that gets too much.
VISIBLE = 1.0e-3
#: Ask = (case, check) -> what that check finds there.
Ask = Callable[[Case, str], CheckResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a second look found.

    Attributes:
        result: What the check that fails found, None where none does.
        note: What is not wrong and worth a word.
    """

    result: CheckResult | None = None
    note: str = ""


def confirmed(
    case: Case, configuration: Configuration, names: Sequence[str], oracle: Oracle, ask: Ask, own: Case
) -> Confirmed:
    """Ask the checks of contract and gradient; along ties and for repeated rows, finite differences alone.

    Args:
        case: The layer in the configuration, bound from the beginning.
        configuration: The configuration.
        names: The gradients that are judged.
        oracle: Finite differences.
        ask: Asks a check.
        own: The case that is searched around.
    """
    refusal = _refusal(case.subject)
    if refusal is not None:
        return _of_refusal(case, configuration, refusal, ask)
    contract = ask(case, "contract")
    faulty = [q.name for q in contract.quantities if q.outcome is Outcome.FAILED and q.name in names]
    if contract.outcome is Outcome.FAILED and faulty:
        return _of_contract(contract, configuration, own, case)
    gradient = ask(case, "gradient")
    if gradient.outcome is Outcome.FAILED and _failed(gradient) & set(names):
        if _is_held(configuration, own, gradient):
            held = f"at large inputs, where a constant of forward's ({own.stabilisers[0]:g}) outweighs the rest"
            return Confirmed(note=f"{held}, backward gives the gradient without it")
        return Confirmed(result=gradient)
    if configuration.variety in values.TIED or configuration.presentation.upstream == BROADCAST:
        return _along_ties(case, configuration, names, oracle, gradient)
    return Confirmed()


def _is_held(configuration: Configuration, own: Case, gradient: CheckResult) -> bool:
    """Whether a constant of forward's holds it at large inputs, and backward does not say so.

    p - y is the derivative of a cross-entropy; that of `log(p + 1e-12)`, or of `log(clip(p, 1e-12, 1))`, is weaker or
    none where p is smaller than that. What is wrong for another reason shows at ordinary inputs as well.
    """
    if configuration.variety != "large" or not own.stabilisers:
        return False
    return all(0.0 <= one.expected * np.sign(one.actual) <= abs(one.actual) for one in gradient.mismatches)


def _failed(result: CheckResult) -> set[str]:
    return {q.name for q in result.quantities if q.outcome is Outcome.FAILED}


def _refusal(subject: Subject) -> Exception | None:
    try:
        y, vjp = subject.value_and_vjp(subject.primals)
        vjp(np.ones_like(y) if subject.cotangent is None else subject.cotangent)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
        return error
    return None


def _of_refusal(case: Case, configuration: Configuration, error: Exception, ask: Ask) -> Confirmed:
    """Backward raises: an error, unless what it was handed is its reason."""
    told = one_line(error, "")
    if configuration.extra:
        rank = len(next(iter(case.subject.primals.values())).shape)
        return Confirmed(note=f"forward takes inputs of {rank} axes, backward raises {type(error).__name__} on them")
    if "read-only" in told and {BROADCAST, READ_ONLY} & {
        configuration.presentation.upstream,
        configuration.presentation.inputs,
    }:
        return Confirmed(note="backward writes into its upstream gradient, and raises where that is read-only")
    if modes.is_evaluation(configuration.arguments):
        return Confirmed(note=f"in evaluation mode backward raises {type(error).__name__}")
    contract = ask(case, "contract")
    return Confirmed(result=contract if contract.outcome is Outcome.FAILED else None)


def _of_contract(contract: CheckResult, configuration: Configuration, own: Case, case: Case) -> Confirmed:
    """A shape or a number that is wrong, unless it is a matter of the values: 0 / 0 at a tie, an overflow."""
    reasons = [q.reason for q in contract.quantities if q.outcome is Outcome.FAILED]
    if all("not finite" in reason for reason in reasons) and configuration.variety:
        return Confirmed(note=f"backward is not finite where forward is, on values of the kind {configuration.variety}")
    if configuration.extra and not _is_of_any_rank(own):
        return Confirmed(note=f"forward takes {case.inputs}; of backward's gradients there not all have a right shape")
    if any("narrower" in reason or "digits" in reason for reason in reasons) or not own.subject.primals:
        return Confirmed()
    return Confirmed(result=contract)


def _is_of_any_rank(own: Case) -> bool:
    return own.blueprint is not None and meaning.is_of_any_rank(own.blueprint)


def _along_ties(
    case: Case, configuration: Configuration, names: Sequence[str], oracle: Oracle, gradient: CheckResult
) -> Confirmed:
    is_repeated = configuration.presentation.upstream == BROADCAST
    point = screening.point_of(case.subject, case.seed, is_repeated=is_repeated)
    weight = steps.norm(point.cotangents[0])
    for name in names:
        if name not in point.gradients[0]:
            continue
        direction = screening.tangents(case.subject, [name], case.seed)[name]
        found: Opinion = opinion.ask(point, name, direction, 0, oracle)
        off = abs(found.actual - found.expected)
        if found.verdict is Verdict.CONFIRMED and off > VISIBLE * weight * steps.magnitude(case.subject.primals[name]):
            return Confirmed(result=_tied_result(gradient, case, name, found))
    return Confirmed()


def _tied_result(gradient: CheckResult, case: Case, name: str, found: Opinion) -> CheckResult:
    """The gradient check's own result, failed by what finite differences say along the ties."""
    x = case.subject.primals[name]
    layer = case.layer.rpartition("::")[2].rpartition("<locals>.")[2]
    quantity = Quantity(
        name=name,
        role=case.subject.roles[name],
        shape=x.shape,
        dtype=str(x.dtype),
        outcome=Outcome.FAILED,
        size=x.size,
        at_least=True,
    )
    return CheckResult(
        check=gradient.check,
        layer=gradient.layer,
        outcome=Outcome.FAILED,
        compared=max(gradient.compared, 1),
        headline=f"{layer}: gradient of `{name}` is wrong where entries are equal",
        oracle=oracle_name(gradient),
        quantities=(quantity,),
        mismatches=(
            Mismatch(
                where=f"{name} along its ties", expected=found.expected, actual=found.actual, allowed=found.allowed
            ),
        ),
        construction=case.construction,
        inputs=case.inputs,
        seed=case.seed,
        path=case.path,
        line=case.line,
        hint=("of equal entries one may get the whole gradient, or all of them a share; together they get it once",),
    )


def oracle_name(gradient: CheckResult) -> str:
    """What judged along the ties: finite differences, whatever judged the entries."""
    return "finite_difference" if gradient.oracle else ""
