"""Why each failed gradient is wrong: every explanation is tried on its arrays, and the smallest that fits is told."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck import extensions
from gradcheck.judging import fitting
from gradcheck.judging.gathering import completed
from gradcheck.judging.headlines import LONGEST_HEADLINE, listed
from gradcheck.judging.probing import draw_cotangents
from gradcheck.judging.truth import Asked, Truth, estimated_truth, exact_truth
from gradcheck.judging.trying import tried
from gradcheck.tracing.surgery import Graph, graph_of
from gradcheck.types import (
    Array,
    CheckResult,
    Context,
    Dispute,
    Evidence,
    Explanation,
    HypothesisOfError,
    Oracle,
    Outcome,
    Role,
    Vjp,
)

#: The checks that compare gradients with expected ones, or find them of another shape.
EXPLAINED = frozenset({"contract", "gradient", "reference"})
#: A network with more wrong gradients is told by the first of them.
MOST_GRADIENTS = 8
#: Entries of a gradient beyond which trying every explanation takes longer than judging it did.
MOST_ENTRIES = 250_000
#: What explains nothing is called.
UNEXPLAINED = "unexplained"


def hypotheses() -> list[HypothesisOfError]:
    """Every explanation there is, the cheapest first."""
    known = extensions.load_all("gradcheck.diagnosis", "HYPOTHESIS_OF_ERROR", HypothesisOfError).values()
    return sorted(known, key=lambda hypothesis: (hypothesis.cost, hypothesis.name))


def explained(result: CheckResult, context: Context, earlier: CheckResult | None = None) -> CheckResult:
    """The result with an explanation for each gradient that failed, told in its headline and its hint.

    Args:
        result: What a check found.
        context: What it was asked.
        earlier: What `gradient` found on the same case, None where it was not asked: a comparison with torch's own
            layer that finds the same gradients wrong says so in a line.
    """
    if result.outcome is not Outcome.FAILED or result.check not in EXPLAINED or not result.evidence:
        return result
    if earlier is not None and result.check == "reference" and _failed(result) <= _failed(earlier):
        return _repeated(result, earlier)
    evidence = completed(result.evidence, context.case.subject, _estimating(context))
    bench = _Bench(context, evidence)
    explanations = tuple(_first(one, trials(one, bench, evidence)) for one in evidence[:MOST_GRADIENTS])
    told = dataclasses.replace(result, evidence=evidence, explanations=explanations)
    advice = tuple(_advice(explanations))
    kept = tuple(hint for hint in result.hint if hint.partition(":")[0] not in {e.gradient for e in explanations})
    return dataclasses.replace(told, headline=_headline(told), hint=(*advice, *kept))


class _Bench:
    """What all gradients of one failure are explained with, each made when it is first asked for."""

    def __init__(self, context: Context, judged: Sequence[Evidence]) -> None:
        self.context = context
        self.subject = context.case.subject
        self.judged = judged

    @functools.cached_property
    def exact(self) -> Oracle | None:
        """The oracle that knows every entry, None where there is none for this subject, or it was not believed."""
        if any(one.oracle == _estimating(self.context).name for one in self.judged):
            return None
        usable = (oracle for oracle in self.context.oracles.values() if oracle.exact is not None)
        return next((oracle for oracle in usable if oracle.unavailable(self.subject) is None), None)

    @functools.cached_property
    def graph(self) -> Graph | None:
        """Forward as torch records it."""
        return graph_of(self.subject, self.judged[0].y) if self.exact is not None else None

    @functools.cached_property
    def vjp(self) -> Vjp:
        """The layer's backward at the point."""
        return self.subject.value_and_vjp(self.subject.primals)[1]

    @functools.cached_property
    def asked(self) -> Asked | None:
        """The exact oracle, asked about a point once."""
        return Asked(self.subject, self.exact) if self.exact is not None else None

    def truth(self, name: str, *, exactly: bool) -> Truth:
        """The true gradients of a primal through any upstream gradient."""
        if self.asked is None or not exactly:
            return estimated_truth(self.subject, name)
        graph = self.graph
        if graph is None:
            return exact_truth(self.subject, name, self.asked)
        return exact_truth(self.subject, name, self.asked, functools.partial(graph.gradients, name), graph.size)


def _first(evidence: Evidence, tried: Sequence[Explanation]) -> Explanation:
    """The smallest explanation that fits one gradient, or what is known of an error that none explains."""
    return tried[0] if tried and tried[0].holds else _unexplained(evidence, tried)


def reasoning(result: CheckResult, context: Context) -> Iterator[tuple[Evidence, list[Explanation]]]:
    """Everything that is tried on each gradient that failed, the dear explanations as well.

    Args:
        result: A failure with its evidence.
        context: What the check was asked.
    """
    bench = _Bench(context, result.evidence)
    for one in result.evidence[:MOST_GRADIENTS]:
        yield one, trials(one, bench, result.evidence, everything=True)


def trials(
    evidence: Evidence, bench: _Bench, together: Sequence[Evidence], *, everything: bool = False
) -> list[Explanation]:
    """What came of the explanations: those that fit first, the smallest claim first, then the nearest.

    Args:
        evidence: The gradient and what it was judged on.
        bench: What it is explained with.
        together: All that failed, which may explain one another.
        everything: Also the dear ones where a cheap one fits.
    """
    dispute = _dispute(evidence, bench, together)
    if dispute is None:
        return []
    return tried(hypotheses(), dispute, everything=everything)


def _dispute(evidence: Evidence, bench: _Bench, together: Sequence[Evidence]) -> Dispute | None:
    """What the explanations are shown; None where the arrays are not there or too large."""
    if not evidence.kept or not 0 < max(evidence.expected.size, evidence.actual.size) <= MOST_ENTRIES:
        return None
    name = evidence.name
    expected = _expected(bench, evidence)
    truth = bench.truth(name, exactly=name in expected)
    if name not in expected:
        expected = _judged(together, evidence)
        if not np.any(evidence.known) and (found := truth([evidence.y_bar], None)) is not None:
            expected[name] = found[0]
    if not np.any(evidence.known) and evidence.expected.shape == expected[name].shape:
        evidence = dataclasses.replace(evidence, expected=expected[name], allowed=_allowed(expected[name], bench.exact))

    def backward(y_bar: Array) -> Array | None:
        try:
            return bench.vjp(y_bar).gradients.get(name)
        except Exception:  # noqa: BLE001 - the user's backward may raise anything; there is then nothing to compare
            return None

    return Dispute(
        evidence=evidence,
        expected=expected,
        actual={n: np.asarray(g) for n, g in bench.vjp(evidence.y_bar).gradients.items()},
        truth=truth,
        backward=backward,
        subject=bench.subject,
        at_batch=functools.partial(_at_batch, bench, name),
        graph=bench.graph,
        settings=bench.context.case.settings,
        given=bench.context.case.given,
    )


def _expected(bench: _Bench, evidence: Evidence) -> dict[str, Array]:
    """Every true gradient through the same upstream gradient, nothing where no oracle knows them all."""
    if bench.exact is None or bench.exact.exact is None:
        return {}
    if bench.graph is not None:
        return bench.graph.everything(evidence.y_bar)
    answer = bench.exact.exact(bench.subject, bench.subject.primals, [evidence.y_bar], evidence.y)
    return {} if answer.refusal else dict(answer.gradients[0])


def _at_batch(bench: _Bench, name: str, more: int) -> tuple[Array, Array] | None:
    """One gradient at another batch size, by the oracle and by the layer, for an upstream gradient of its own."""
    case, inputs = bench.context.case, bench.subject.roles
    batch = next((x.shape[0] for n, x in bench.subject.primals.items() if inputs[n] is Role.INPUT and x.ndim), 0)
    other = case.at_batch(batch + more) if case.at_batch is not None and batch else None
    if other is None:
        return None
    there = _Bench(dataclasses.replace(bench.context, case=other), bench.judged)
    y = other.subject.value(other.subject.primals)
    y_bar = draw_cotangents(other.subject, y, other.seed, bench.context.profile)[0]
    found = (
        estimated_truth(other.subject, name) if there.asked is None else exact_truth(other.subject, name, there.asked)
    )
    expected, actual = found([y_bar], None), there.vjp(y_bar).gradients.get(name)
    if expected is None or actual is None or actual.shape != expected[0].shape:
        return None
    return expected[0], np.asarray(actual, dtype=np.float64)


def _judged(together: Sequence[Evidence], own: Evidence) -> dict[str, Array]:
    """The true gradients that were judged through the same upstream gradient."""
    same = (one for one in together if one.kept and np.array_equal(one.y_bar, own.y_bar))
    return {**{one.name: one.expected for one in same}, own.name: own.expected}


def _allowed(expected: Array, exact: Oracle | None) -> Array:
    """What a gradient that was not judged may be off by: what the oracle may be."""
    relative = fitting.BY_TRACE if exact else fitting.BY_DIFFERENCES
    return np.full(expected.shape, relative * float(np.max(np.abs(expected), initial=0.0)))


def _estimating(context: Context) -> Oracle:
    return next(oracle for oracle in context.oracles.values() if oracle.exact is None)


def _unexplained(evidence: Evidence, tried: Sequence[Explanation]) -> Explanation:
    """The error in numbers, and what came nearest."""
    lines = list(fitting.described(evidence))
    nearest = min(tried, key=lambda one: one.residual, default=None)
    if nearest is not None and np.isfinite(nearest.residual):
        lines.append(f"nearest: {nearest.sentence}, {nearest.residual:.1e} times what is allowed")
    return Explanation(
        name=UNEXPLAINED,
        gradient=evidence.name,
        sentence="no known mistake explains the error",
        evidence=tuple(lines),
        residual=nearest.residual if nearest is not None else float("inf"),
    )


def _failed(result: CheckResult) -> set[str]:
    failed = result.outcome is Outcome.FAILED
    return {quantity.name for quantity in result.quantities if failed and quantity.outcome is Outcome.FAILED}


def _repeated(result: CheckResult, earlier: CheckResult) -> CheckResult:
    names = [quantity.name for quantity in result.quantities if quantity.outcome is Outcome.FAILED]
    plural, verb = ("gradients", "differ") if len(names) > 1 else ("gradient", "differs")
    layer = result.headline.partition(":")[0]
    return dataclasses.replace(
        result,
        headline=f"{layer}: {plural} of {listed(names)} {verb} from {result.oracle} as well; see {earlier.check}",
        explanations=tuple(one for one in earlier.explanations if one.gradient in names),
        repeats=earlier.check,
    )


def _advice(explanations: Sequence[Explanation]) -> Iterator[str]:
    """What to try, once for the gradients that it is the same for."""
    together: dict[str, list[str]] = {}
    for one in explanations:
        if one.advice:
            together.setdefault(one.advice, []).append(one.gradient)
    return (f"{', '.join(names)}: {advice}" for advice, names in together.items())


def _headline(result: CheckResult) -> str:
    """The headline with the explanation that all gradients share, or that of the first, where it fits in."""
    sentences = list(_sentences(result.explanations))
    if not sentences or any(one.actual.size == 0 for one in result.evidence):
        return result.headline
    told = sentences[0] if len(set(sentences)) == 1 else f"`{result.explanations[0].gradient}`: {sentences[0]}"
    longer = f"{result.headline}; {told}"
    return longer if len(longer) <= LONGEST_HEADLINE else result.headline


def _sentences(explanations: Sequence[Explanation]) -> Iterator[str]:
    return (one.sentence for one in explanations if one.name != UNEXPLAINED)
