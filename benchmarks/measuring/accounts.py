"""The trials as tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from measuring import growth
from measuring.page import table
from measuring.tool import Verdict
from measuring.trials import PLAIN, TRAPS, WRONG, Trial

#: Checks whose mistakes every tool sets out to find.
COMMON_GROUND = ("gradient", "linearity")
#: Right layers whose gradients are not the derivative, by a convention of theirs: to call them wrong is no mistake.
CONVENTIONS = {"MeanConvention": "divides its parameter gradients by the batch size on purpose"}


def summary(trials: Sequence[Trial], names: Sequence[str]) -> str:
    """Tool by tool: mistakes found, false alarms, layers left undecided."""
    header = (
        "tool",
        "wrong gradient, or not linear: found",
        "all mistakes: found",
        "plain layers: false alarms",
        "traps: false alarms",
        "right layers left undecided",
    )
    rows = []
    for name in names:
        mine = [t for t in trials if t.tool == name]
        bugs = [t for t in mine if t.known.folder == WRONG]
        right = [t for t in mine if t.known.folder in (PLAIN, TRAPS) and short(t) not in CONVENTIONS]
        rows.append(
            (
                name,
                share([t for t in bugs if t.known.check in COMMON_GROUND], Verdict.WRONG),
                share(bugs, Verdict.WRONG),
                share([t for t in right if t.known.folder == PLAIN], Verdict.WRONG),
                share([t for t in right if t.known.folder == TRAPS], Verdict.WRONG),
                share(right, Verdict.UNDECIDED),
            )
        )
    return table(header, rows)


def costs(trials: Sequence[Trial], names: Sequence[str], seeds: Collection[int]) -> str:
    """Tool by tool: calls and seconds a layer, over the seeds at which every tool ran."""
    groups = {
        "plain layer": [t for t in trials if t.known.folder == PLAIN and t.seed in seeds],
        "trap": [t for t in trials if t.known.folder == TRAPS and t.seed in seeds],
        "wrong layer": [t for t in trials if t.known.folder == WRONG and t.seed in seeds],
    }
    header = ["tool"]
    columns: list[list[str]] = [list(names)]
    for group, members in groups.items():
        header += [f"{group}: forwards (most)", "backwards", "seconds"]
        of = {name: [t for t in members if t.tool == name] for name in names}
        columns.append([f"{mean(t.forwards for t in of[n]):.0f} ({max(t.forwards for t in of[n])})" for n in names])
        columns.append([f"{mean(t.backwards for t in of[n]):.0f}" for n in names])
        columns.append(ratios([mean(t.seconds for t in of[n]) for n in names]))
    return table(header, list(zip(*columns, strict=True)))


def missed(trials: Sequence[Trial], names: Sequence[str]) -> str:
    """Mistake by mistake, as the ledgers call them: how many each tool missed."""
    bugs = [t for t in trials if t.known.folder == WRONG]
    return _counted(bugs, names, lambda t: t.known.explanation, lambda t: t.verdict is not Verdict.WRONG)


def alarms(trials: Sequence[Trial], names: Sequence[str]) -> str:
    """Right layer by right layer: how often each tool called it wrong."""
    right = [t for t in trials if t.known.folder in (PLAIN, TRAPS) and short(t) not in CONVENTIONS]
    return _counted(right, names, short, lambda t: t.verdict is Verdict.WRONG)


def growing(trials: Sequence[Trial], names: Sequence[str], widths: Sequence[int]) -> str:
    """Tool by tool: cost and sight of a fully connected layer at several widths."""
    header = ["tool"]
    columns: list[list[str]] = [list(names)]
    for width in widths:
        header += [f"{growth.entries(width):,} entries: forwards", "seconds", "false alarms", "lost entry found"]
        here = [t for t in trials if t.known.folder == str(width)]
        right = {n: [t for t in here if t.tool == n and not t.known.check] for n in names}
        wrong = {n: [t for t in here if t.tool == n and t.known.check] for n in names}
        columns.append([f"{mean(t.forwards for t in right[n]):,.0f}" for n in names])
        columns.append(ratios([mean(t.seconds for t in right[n]) for n in names]))
        columns.append([share(right[n], Verdict.WRONG) for n in names])
        columns.append([share(wrong[n], Verdict.WRONG) for n in names])
    return table(header, list(zip(*columns, strict=True)))


def short(trial: Trial) -> str:
    """The layer's class."""
    return trial.layer.rpartition("::")[2]


def share(trials: Sequence[Trial], verdict: Verdict) -> str:
    """`12 of 40`."""
    return f"{sum(t.verdict is verdict for t in trials)} of {len(trials)}"


def mean(numbers: Iterable[float]) -> float:
    """The arithmetic mean."""
    values = list(numbers)
    return sum(values) / len(values)


def ratios(seconds: Sequence[float]) -> list[str]:
    """Each beside the smallest, which is 1."""
    least = min(seconds)
    return [f"{value / least:.1f}" for value in seconds]


def _counted(
    trials: Sequence[Trial], names: Sequence[str], key: Callable[[Trial], str], counts: Callable[[Trial], bool]
) -> str:
    """Rows of keys for which any tool has a count, each cell `count of trials`, empty where the count is 0."""
    rows = []
    for group in sorted({key(t) for t in trials}):
        cells = []
        for name in names:
            mine = [t for t in trials if t.tool == name and key(t) == group]
            number = sum(counts(t) for t in mine)
            cells.append(f"{number} of {len(mine)}" if number else "")
        if any(cells):
            rows.append((group, *cells))
    return table(("", *names), rows)
