"""The verdict on each gradient: probe all of them, look closer where a probe disagrees."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.judging import gathering, locating, probing
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.locating import Located
from gradcheck.judging.probing import Point, Probe
from gradcheck.types import Array, Oracle, Outcome, Profile, Quantity, Subject, Tangents


def judge(point: Point, names: Sequence[str], oracle: Oracle, seed: int, profile: Profile) -> Judgement:
    """Judge the named gradients along directions.

    Args:
        point: The point of the check.
        names: Primal names.
        oracle: Where expected values come from.
        seed: Seed of the directions.
        profile: How much it may cost.
    """
    directions = _directions(point.subject, names, seed, profile)
    seen, rows = probing.take(point, directions, oracle)
    if profile is Profile.FAST and any(probe.disagrees for probe in rows[0]):
        directions = _directions(point.subject, names, seed, Profile.DEFAULT)
        seen, rows = probing.take(point, directions, oracle)
    reference = max((abs(p.expected) for row in rows for p in row if not p.masked), default=0.0)
    joint = rows[-1]
    quantities, located = [], []
    spent = 0
    individual = len(directions) > 1
    for position, name in enumerate(names):
        # The joint direction moves this primal too, by a smaller step where kinks were met before.
        alone = individual and not all(probe.masked for probe in rows[position])
        row = rows[position] if alone else joint
        suspicious = any(p.disagrees for p in row)
        only_joint = any(p.disagrees for p in joint) and not any(p.disagrees for r in rows[:-1] for p in r)
        entire = profile is Profile.THOROUGH and seen.subject.primals[name].size <= locating.ENTIRE
        closer: Located | None = None
        direction = directions[position if alone else -1][name]
        cost = locating.cost(seen.subject.primals[name].size)
        affordable = entire or spent + cost <= locating.MOST_FORWARDS_IN_ALL
        if (suspicious or only_joint or entire) and affordable:
            # A joint probe's residual is that of all primals together and no start for one of them.
            own = row if alone or len(names) == 1 else ()
            closer = _closer(seen, name, own, direction, oracle)
            spent += cost
        elif suspicious:
            closer = locating.unlocated(seen, name, _first_disagreeing(row), direction, oracle)
        quantities.append(_quantity(seen, name, row, reference, closer, suspicious=suspicious or only_joint))
        if closer is not None and quantities[-1].outcome is Outcome.FAILED:
            located.append(closer)
    compared = sum(1 for row in rows for probe in row if not probe.masked)
    return Judgement(
        oracle=oracle.name,
        quantities=tuple(quantities),
        located=tuple(located),
        compared=compared,
        evidence=gathering.gather(seen, located, oracle.name),
    )


def _directions(subject: Subject, names: Sequence[str], seed: int, profile: Profile) -> list[Tangents]:
    joint = probing.tangents(subject, names, seed, "joint")
    if profile is Profile.FAST:
        return [joint]
    return [*(probing.tangents(subject, [name], seed, "alone") for name in names), joint]


def _closer(point: Point, name: str, row: Sequence[Probe], direction: Array, oracle: Oracle) -> Located:
    k = _first_disagreeing(row)
    probe = row[k] if k < len(row) and row[k].disagrees else None
    return locating.examine(point, name, k, probe, direction, oracle)


def _first_disagreeing(row: Sequence[Probe]) -> int:
    return next((k for k, probe in enumerate(row) if probe.disagrees), 0)


def _quantity(
    point: Point, name: str, row: Sequence[Probe], reference: float, closer: Located | None, *, suspicious: bool
) -> Quantity:
    x = point.subject.primals[name]
    outcome, reason = Outcome.PASSED, ""
    if closer is not None and (suspicious or closer.wrong):
        outcome, reason = _arbitrated(point, closer)
    elif not any(probe.decides(reference) for probe in row):
        outcome, reason = Outcome.INCONCLUSIVE, _why_undecided(row)
    visible = [p.allowed / max(abs(p.expected), abs(p.actual), reference) for p in row if p.decides(reference)]
    return Quantity(
        name=name,
        role=point.subject.roles[name],
        shape=x.shape,
        dtype=str(point.subject.native.get(name, x.dtype)),
        outcome=outcome,
        wrong=closer.wrong if closer and outcome is Outcome.FAILED else 0,
        size=x.size,
        at_least=closer is not None and not closer.complete,
        smallest_error=min(visible, default=0.0),
        factor=closer.factor if closer and outcome is Outcome.FAILED else None,
        reason=reason,
    )


def _arbitrated(point: Point, closer: Located) -> tuple[Outcome, str]:
    """FAILED where the second opinion agrees and backward repeats itself; INCONCLUSIVE and why otherwise."""
    if not closer.confirmed:
        if closer.wrong == 0:
            return Outcome.INCONCLUSIVE, "a probe disagrees, but no entry does and neither does a second opinion"
        return Outcome.INCONCLUSIVE, "a probe disagrees and a second opinion along the disagreement does not"
    if not probing.repeats(point):
        return Outcome.INCONCLUSIVE, "backward gives another answer to the same call; see determinism"
    return Outcome.FAILED, ""


def _why_undecided(row: Sequence[Probe]) -> str:
    if all(probe.masked for probe in row):
        return "every probe sits on a kink; inputs away from it (ties, zeros) would decide"
    if all(probe.expected == 0.0 and probe.actual == 0.0 for probe in row):
        return "every gradient is zero here, so nothing can be compared; other inputs would decide"
    return "rounding of forward hides the gradient; inputs nearer to 1 or float64 inside would decide"
