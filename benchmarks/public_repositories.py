"""How far gradcheck gets with other people's repositories, without any configuration: found, built, judged.

    python benchmarks/public_repositories.py [--jobs 2] [--write] [--reasons FILE] CHECKOUT[@COMMIT] ...

Each checkout is a folder; one named `owner+name` is listed as `owner/name`. Its commit is asked of git where it is not
given. Every repository has a process of its own and a time limit; nothing of theirs is kept but the counts. --reasons
writes a line for every site that is not passed: why, or what is wrong.
"""

from __future__ import annotations

import argparse
import atexit
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from measuring.page import publish, table

from gradcheck.errors import GradcheckError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.source.model import LayerSite
from gradcheck.types import CheckResult, Outcome

#: What each family of sites is counted as.
KINDS = {
    "instance": "class",
    "torch_function": "torch",
    "torch_module": "torch",
    "pair": "pair",
    "value_and_gradient": "pair",
    "activation": "object",
    "tape": "tape",
    "tape_module": "module of a tape",
}
#: Kinds that are built where none are asked for: modules of torch have no backward of their own.
USUAL = ("class", "pair", "object", "tape", "module of a tape")
#: Kinds that are judged as a whole, in a process of their own.
WHOLE = frozenset({"tape", "module of a tape"})
#: Columns of counts, in the order of the table; a verdict is one of the three after it.
COUNTS = ("found", "instantiated", "verdict", "passed", "failed", "inconclusive", "not built")
VERDICTS = frozenset({"passed", "failed", "inconclusive"})
#: Seconds one repository may take.
LIMIT = 900
#: A refusal that comes after construction: the class was instantiated, no input was accepted.
NO_INPUT = "accepts none of the inputs"
#: Characters of a commit that tell it apart.
SHORT = 10
#: How many repositories are named as the slowest.
SLOWEST = 3
KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came out of one repository.

    Attributes:
        name: As listed.
        commit: Its commit, shortened, or "".
        counts: Kind to counts by column.
        seconds: How long it took.
        peak: MiB that the largest of its processes held.
        reasons: A line for each site that is not passed.
        ended: "" or why it did not come to its end.
    """

    name: str
    commit: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: float = 0.0
    peak: int = 0
    reasons: Sequence[str] = ()
    ended: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the checkouts and print the table; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="+", metavar="CHECKOUT[@COMMIT]")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=1, help="processes at a time (default 1)")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"seconds for one repository (default {LIMIT})")
    parser.add_argument("--kinds", default=",".join(USUAL), help=f"of {', '.join(dict.fromkeys(KINDS.values()))}")
    parser.add_argument("--reasons", type=Path, metavar="FILE", help="write why the others are not passed")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    kinds = tuple(options.kinds.split(","))
    if options.one:
        atexit.register(_tell_peak)  # runs last: when the rehearsal, registered later, has ended
        for kind, counted, told in outcomes(Path(options.checkouts[0]), kinds):
            print(json.dumps([kind, counted, told]), flush=True)
        return
    begin = time.perf_counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        # The largest first, so that none of them is left alone at the end.
        ordered = sorted(options.checkouts, key=_size, reverse=True)
        found = list(pool.map(lambda one: measured(one, kinds, options.limit), ordered))
    if options.reasons:
        lines = [f"{one.name} {line}" for one in found for line in one.reasons]
        options.reasons.write_text("\n".join([*lines, ""]), encoding="utf-8")
    took = f"{time.perf_counter() - begin:.0f} s with {options.jobs} at a time"
    publish("public_repositories", report(found, took), write=options.write)


def outcomes(root: Path, kinds: Sequence[str]) -> Iterator[tuple[str, list[str], str]]:
    """Kind and columns of every concrete site of a repository, and what is to be said of it."""
    sites = [site for site in find_layers([root], root=root).sites if not site.is_abstract]
    runner = Runner(root)
    for path in dict.fromkeys(site.path for site in sites):
        here = [site for site in sites if site.path == path and KINDS.get(site.family) in kinds]
        runner.prepare([site for site in here if KINDS[site.family] not in WHOLE])
        for site in here:
            columns, told = _judged(runner, site)
            yield KINDS[site.family], ["found", *columns], f"{site.identity}: {columns[-1]}: {told}"


def _judged(runner: Runner, site: LayerSite) -> tuple[list[str], str]:
    try:
        result = _result(runner, site)
    except GradcheckError as error:
        return [*(["instantiated"] if NO_INPUT in str(error) else []), "not built"], str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code may raise anything; it is counted
        return ["not built"], repr(error)
    outcome = result.outcome.value
    if outcome not in VERDICTS:
        return ["instantiated"], result.headline
    return ["instantiated", "verdict", outcome], result.headline


def _result(runner: Runner, site: LayerSite) -> CheckResult:
    """What the gradient check says; where backward raises, the contract, which tells so."""
    if KINDS[site.family] in WHOLE:
        return runner.check_whole(site)
    case = runner.build(site)
    result = runner.check(case, "gradient")
    return runner.check(case, "contract") if result.outcome is Outcome.NOT_APPLICABLE else result


def _tell_peak() -> None:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print(json.dumps({"peak": max(resource.getrusage(who).ru_maxrss for who in whose) // KIB_PER_MIB}), flush=True)


def _size(checkout: str) -> int:
    root = Path(checkout.rpartition("@")[0] if "@" in checkout else checkout)
    return sum(file.stat().st_size for file in root.rglob("*.py"))


def measured(checkout: str, kinds: Sequence[str], limit: int) -> Measured:
    """The counts of one repository, in a process of its own."""
    written, _, given = checkout.rpartition("@") if "@" in checkout else (checkout, "", "")
    root = Path(written).resolve()
    begin = time.perf_counter()
    words = [sys.executable, __file__, "--one", "--kinds", ",".join(kinds), str(root)]
    ended = ""
    try:
        run = subprocess.run(words, capture_output=True, text=True, timeout=limit, check=False)  # noqa: S603 - our own
        output = run.stdout
        if run.returncode:
            ended = f"ended with {run.returncode}"
            print(f"{root.name}: {run.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    except subprocess.TimeoutExpired as error:
        output = (error.stdout or b"").decode() if isinstance(error.stdout, bytes) else error.stdout or ""
        ended = f"stopped after {limit} s"
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    reasons: list[str] = []
    peak = 0
    for line in output.splitlines():
        if line.startswith('["'):
            kind, columns, told = json.loads(line)
            counts[kind].update(columns)
            reasons += [f"{kind} {told}"] if columns[-1] != "passed" else []
        elif line.startswith('{"peak"'):
            peak = json.loads(line)["peak"]
    print(f"{root.name}: {time.perf_counter() - begin:.0f} s, {peak} MiB", file=sys.stderr, flush=True)
    return Measured(
        name=root.name.replace("+", "/", 1),
        commit=(given or _commit(root))[:SHORT],
        counts=counts,
        seconds=time.perf_counter() - begin,
        peak=peak,
        reasons=reasons,
        ended=ended,
    )


def _commit(root: Path) -> str:
    asked = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git itself
    return asked.stdout.strip() if asked.returncode == 0 else ""


def report(found: Sequence[Measured], took: str) -> str:
    """The table, a row for each kind that a repository has, the sums, their shares, and what it cost."""
    rows = []
    sums: dict[str, Counter[str]] = {}
    for one in sorted(found, key=lambda one: one.name.lower()):
        for kind, counts in one.counts.items():
            if counts.get("found"):
                rows.append(_row(f"{one.name} {one.commit}".strip(), kind, counts))
                sums.setdefault(kind, Counter()).update(counts)
    rows += [_row("all", kind, counts) for kind, counts in sums.items()]
    shares = [
        (kind, *(f"{100 * counts[column] / counts['found']:.0f} %" for column in ("instantiated", "verdict")))
        for kind, counts in sums.items()
    ]
    slowest = sorted(found, key=lambda one: one.seconds, reverse=True)[:SLOWEST]
    named = ", ".join(f"{one.name} {one.seconds:.0f} s" for one in slowest)
    peak = max((one.peak for one in found), default=0)
    told = "".join(f" {one.name}: {one.ended}." for one in found if one.ended)
    tail = f"{len(found)} repositories, {took}; the slowest {named}. The largest process held {peak} MiB.{told}"
    first = table(("repository", "kind", *COUNTS), rows)
    return f"{first}\n\n{table(('kind', 'instantiated', 'verdict'), shares)}\n\n{tail}"


def _row(name: str, kind: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    return (name, kind, *(str(counts.get(column, 0)) for column in COUNTS))


if __name__ == "__main__":
    main()
