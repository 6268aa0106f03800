"""A gradient reaches every parameter of a module and every floating-point input.

One that receives none is told with the reason: frozen (intent), not used by forward, cut off by `.data`, `.item()`,
NumPy or a detached copy. What is cut off although forward's answer moves with it never learns, and nothing says so.
"""

from __future__ import annotations

from gradcheck.cases.declaring.expectations import STOPPED
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.cuts import cuts_at, cuts_of
from gradcheck.cases.torch.flow import Flow, flow_of, frozen, has_slope, is_used
from gradcheck.cases.torch.program import TorchSubject
from gradcheck.judging.headlines import listed
from gradcheck.judging.outcome import result, short_name
from gradcheck.types import Check, CheckResult, Context, Outcome, Quantity, Role

#: The oracle that knows of slopes which autograd was kept from.
ORACLE = "finite_difference"


def examine(context: Context) -> CheckResult:
    """Ask for every gradient at several points; where there is none, ask finite differences whether there should be."""
    subject, name = context.case.subject, short_name(context)
    if not isinstance(subject, TorchSubject):
        return result(context, "flow", Outcome.NOT_APPLICABLE, "it is no torch module")
    try:
        flow = flow_of(subject)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
        headline = f"{name}: backward raises {type(error).__name__} on an input that forward accepts"
        return result(context, "flow", Outcome.FAILED, headline, compared=1, hint=(one_line(error, ""),))
    if not flow.point:
        return result(context, "flow", Outcome.NOT_APPLICABLE, "it has no input or parameter to differentiate by")
    reasons = _reasons(context, subject, flow)
    warnings = [f"`{n}` receives no gradient: {why}" for n, (outcome, why) in reasons.items() if outcome is None]
    notes = [f"frozen, as requires_grad=False says: {listed(frozen(subject))}"] if frozen(subject) else []
    quantities = [_quantity(n, subject, flow, reasons.get(n, (None, ""))[0]) for n in flow.point]
    cut = [n for n, (outcome, _) in reasons.items() if outcome is Outcome.FAILED]
    stopped = [n for n, (outcome, _) in reasons.items() if outcome is Outcome.INCONCLUSIVE]
    outcome, headline = Outcome.PASSED, f"{name}: a gradient reaches {len(flow.reached)} of {len(flow.point)}"
    if cut:
        outcome, headline = Outcome.FAILED, f"{name}: no gradient reaches {listed(cut)}, on which its output depends"
    elif stopped and context.expect != STOPPED:
        outcome = Outcome.INCONCLUSIVE
        headline = f"{name}: {listed(stopped)} cut off on purpose? {reasons[stopped[0]][1]}"
    elif not flow.reached and not stopped:
        outcome, headline = Outcome.INCONCLUSIVE, f"{name}: no gradient reaches anything; see the notes"
    notes += [f"`{n}` is cut off on purpose: {reasons[n][1]}" for n in stopped]
    return result(
        context,
        "flow",
        outcome,
        headline,
        compared=len(flow.point),
        quantities=quantities,
        notes=notes,
        warnings=warnings,
        hint=[f"`{n}`: {reasons[n][1]}" for n in cut],
    )


def _reasons(context: Context, subject: TorchSubject, flow: Flow) -> dict[str, tuple[Outcome | None, str]]:
    """For each primal that no gradient reaches: the verdict, None for what is only told, and why."""
    reasons: dict[str, tuple[Outcome | None, str]] = {}
    cuts = cuts_of(subject.program, flow.point) if flow.unreached else {}
    for name in flow.unreached:
        places = cuts_at(cuts, name)
        if not is_used(subject, flow, name):
            reasons[name] = None, "forward does not use it"
        elif not has_slope(subject, flow, name, context.oracles[ORACLE]):
            reasons[name] = None, "forward depends on it by steps only (a comparison, a rounding, an index)"
        elif places and all(place.is_deliberate for place in places):
            reasons[name] = Outcome.INCONCLUSIVE, f"{places[0]}; expect = '{STOPPED}' settles it"
        else:
            why = f"cut off by {places[0]}" if places else "forward uses a copy of it that autograd does not see"
            reasons[name] = Outcome.FAILED, why
    return reasons


def _quantity(name: str, subject: TorchSubject, flow: Flow, outcome: Outcome | None) -> Quantity:
    x = flow.point[name]
    reached = name in flow.reached
    return Quantity(
        name=name,
        role=Role.INPUT if name in subject.program.inputs else Role.PARAMETER,
        shape=x.shape,
        dtype=str(x.dtype),
        outcome=Outcome.PASSED if reached else outcome or Outcome.NOT_APPLICABLE,
        size=x.size,
        reason="" if reached else "no gradient reaches it",
    )


CHECK = Check(
    name="flow",
    summary="a gradient reaches every parameter and every input of a module",
    examine=examine,
)
