"""What the page shows of a run, layer by layer, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradcheck.report import summary
from gradcheck.report.html.pictures import Pictures, pictures
from gradcheck.report.lines import count, number
from gradcheck.report.schema import Document, Excerpt, Gradient, Number, Result
from gradcheck.report.summary import BUILD
from gradcheck.report.text import ORACLES

#: Outcomes of a layer, the gravest first; a layer has the gravest of its checks.
GRAVITY = (
    summary.FAILED,
    summary.BROKEN,
    summary.NOT_BUILT,
    summary.INCONCLUSIVE,
    summary.PASSED,
    summary.LEFT_OUT,
    summary.NOT_APPLICABLE,
    summary.WITHOUT_VERDICT,
)
#: What each outcome is marked with beside its colour.
MARKS = dict(zip(GRAVITY, ("✗", "!", "○", "?", "✓", "-", "-", "-"), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientView:
    """A wrong gradient; `key` names it in the page."""

    key: str
    gradient: Gradient
    pictures: Pictures | None
    summary: str
    scale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check that found something wrong; `open` where it is read first."""

    result: Result
    gradients: Sequence[GradientView]
    source: Excerpt | None
    told: str
    hints: Sequence[str]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """A layer; `error` is its largest error in multiples of what was allowed."""

    key: str
    identity: str
    name: str
    path: str
    outcome: str
    mark: str
    wrong: str
    error: float
    seconds: float
    place: str
    made: str
    headline: str
    checks: Sequence[CheckView]
    results: Sequence[Result]
    notes: Sequence[str]
    remedy: Sequence[str]


def layers(document: Document) -> list[LayerView]:
    """Every layer of the run, the gravest outcome first, then by largest error, then by name."""
    grouped: dict[str, list[Result]] = {}
    for result in document.results:
        grouped.setdefault(result.layer, []).append(result)
    views = [_layer(f"l{position}", results) for position, results in enumerate(grouped.values())]
    return sorted(views, key=lambda view: (GRAVITY.index(view.outcome), -view.error, view.identity))


def verdict(document: Document) -> str:
    """The run in one sentence."""
    counts = document.counts
    if not counts.found:
        return "No layer was found"
    if not counts.checked:
        return "Nothing was compared"
    noun = next(iter(counts.kinds)) if len(counts.kinds) == 1 else "subject"
    if not counts.wrong:
        return f"{count(counts.checked, noun)} checked, nothing wrong"
    return f"{counts.wrong} of {count(counts.checked, noun)} {'is' if counts.wrong == 1 else 'are'} wrong"


def tally(views: Iterable[LayerView]) -> list[tuple[str, int]]:
    """How many layers came to each outcome, the gravest first."""
    counted = dict.fromkeys(GRAVITY, 0)
    for view in views:
        counted[view.outcome] += 1
    return [(outcome, found) for outcome, found in counted.items() if found]


def exact(value: Number) -> str:
    """A number with every digit that tells it from its neighbours."""
    return f"{value + 0.0:.17g}" if isinstance(value, float) else str(value).replace("Infinity", "inf")


def short(value: Number) -> str:
    """A number with two digits, for errors."""
    return f"{value:.1e}" if isinstance(value, float) else str(value).replace("Infinity", "inf")


def oracle(name: str) -> str:
    """What an oracle is called to a person."""
    return ORACLES.get(name, name.replace("_", " "))


def _layer(key: str, results: Sequence[Result]) -> LayerView:
    outcome = min((one.outcome for one in results), key=GRAVITY.index)
    gravest = next(one for one in results if one.outcome == outcome)
    failed = [one for one in results if one.outcome in {summary.FAILED, summary.BROKEN}]
    built = next((one for one in results if one.construction), gravest)
    # The first to fail, and the first whose arrays are there.
    drawn = [one for one in failed if any(gradient.cells for gradient in one.gradients)]
    opened = {one.check for one in (*failed[:1], *drawn[:1])}
    checks = [_check(f"{key}-{position}", one, opened=one.check in opened) for position, one in enumerate(failed)]
    wrong = dict.fromkeys(view.gradient.name for check in checks for view in check.gradients)
    identity = gravest.layer
    path, _, name = identity.partition("::")
    notes = dict.fromkeys(note for one in results for note in (*one.notes, *one.warnings))
    return LayerView(
        key=key,
        identity=identity,
        name=name or identity,
        path=path,
        outcome=outcome,
        mark=MARKS[outcome],
        wrong=", ".join(wrong),
        error=max((_error(view) for check in checks for view in check.gradients), default=0.0),
        seconds=sum(_float(one.seconds) for one in results),
        place=f"{gravest.path}:{gravest.line}" if gravest.path else "",
        made=", ".join(filter(None, (built.construction, built.inputs))),
        headline=gravest.headline,
        checks=checks,
        results=[one for one in results if one.check != BUILD],
        notes=list(notes),
        remedy=gravest.remedy,
    )


def _check(key: str, result: Result, *, opened: bool) -> CheckView:
    wrong = [one for one in result.gradients if one.outcome == summary.FAILED]
    right = [one.name for one in result.gradients if one.outcome == summary.PASSED]
    undecided = [one.name for one in result.gradients if one.outcome == summary.INCONCLUSIVE]
    # What an explanation advises is said where it stands.
    advised = {f"{one.name}: {one.explanation.advice}" for one in wrong if one.explanation}
    told = [f"right: {', '.join(right)}" if right else "", f"undecided: {', '.join(undecided)}" if undecided else ""]
    return CheckView(
        result=result,
        gradients=[_gradient(f"{key}-{position}", one) for position, one in enumerate(wrong)],
        source=result.source if all(one.source is None for one in wrong) else None,
        told=" · ".join(filter(None, told)),
        hints=[line for line in result.hint if line not in advised],
        open=opened,
    )


def _gradient(key: str, gradient: Gradient) -> GradientView:
    drawn = pictures(gradient.cells) if gradient.cells else None
    of = f"{'at least ' if gradient.at_least else ''}{gradient.wrong} of {count(gradient.size, 'entry')} wrong"
    shape = str(tuple(gradient.shape)) if gradient.shape else "a number"
    scale = ""
    if drawn is not None:
        ends = f"values from {number(-drawn.largest)} to {number(drawn.largest)}"
        scale = f"{ends}; errors up to {drawn.worst:.1e} times what is allowed"
    return GradientView(
        key=key,
        gradient=gradient,
        pictures=drawn,
        summary=", ".join(filter(None, (shape, gradient.dtype, of if gradient.wrong else ""))),
        scale=scale,
    )


def _error(view: GradientView) -> float:
    return view.pictures.worst if view.pictures else 0.0


def _float(value: Number) -> float:
    return value if isinstance(value, float) else 0.0
