"""How far gradcheck gets with other people's repositories, without any configuration: found, built, judged.

    python benchmarks/public_repositories.py [--jobs 2] [--write] CHECKOUT[@COMMIT] ...

Each checkout is a folder; one named `owner+name` is listed as `owner/name`. Its commit is asked of git where it is not
given. Every repository has a process of its own and a time limit; nothing of theirs is kept but the counts.
"""

from __future__ import annotations

import argparse
import json
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

#: What each family of sites is counted as.
KINDS = {
    "instance": "class",
    "torch_function": "torch",
    "torch_module": "torch",
    "pair": "pair",
    "value_and_gradient": "pair",
    "activation": "object",
}
#: Columns of counts, in the order of the table.
COUNTS = ("found", "instantiated", "verdict", "passed", "failed", "undecided", "not built")
#: Seconds one repository may take.
LIMIT = 900
#: A refusal that comes after construction: the class was instantiated, no input was accepted.
NO_INPUT = "accepts none of the inputs"
#: Characters of a commit that tell it apart.
SHORT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came out of one repository.

    Attributes:
        name: As listed.
        commit: Its commit, shortened, or "".
        counts: Kind to counts by column.
        seconds: How long it took.
        ended: "" or why it did not come to its end.
    """

    name: str
    commit: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: float = 0.0
    ended: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the checkouts and print the table; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="+", metavar="CHECKOUT[@COMMIT]")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=1, help="processes at a time (default 1)")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"seconds for one repository (default {LIMIT})")
    parser.add_argument("--kinds", default="class,torch,pair,object", help="kinds that are built (default all)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    kinds = tuple(options.kinds.split(","))
    if options.one:
        for kind, counted in outcomes(Path(options.checkouts[0]), kinds):
            print(json.dumps([kind, counted]), flush=True)
        return
    with ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(lambda one: measured(one, kinds, options.limit), options.checkouts))
    publish("public_repositories", report(found), write=options.write)


def outcomes(root: Path, kinds: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Kind and columns of every concrete site of a repository."""
    sites = [site for site in find_layers([root], root=root).sites if not site.is_abstract]
    runner = Runner(root)
    for path in dict.fromkeys(site.path for site in sites):
        here = [site for site in sites if site.path == path and KINDS.get(site.family) in kinds]
        runner.prepare(here)
        for site in here:
            yield KINDS[site.family], ["found", *_judged(runner, site)]


def _judged(runner: Runner, site: LayerSite) -> list[str]:
    try:
        case = runner.build(site)
    except GradcheckError as error:
        return ["not built", *(["instantiated"] if NO_INPUT in str(error) else [])]
    except (Exception, SystemExit):  # noqa: BLE001 - a stranger's code may raise anything; it is counted, not hidden
        return ["not built"]
    try:
        outcome = runner.check(case, "gradient").outcome.value
    except (Exception, SystemExit):  # noqa: BLE001 - the same
        return ["instantiated", "undecided"]
    return ["instantiated", *(["verdict", outcome] if outcome in {"passed", "failed"} else ["undecided"])]


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
    for line in output.splitlines():
        if line.startswith('["'):
            kind, columns = json.loads(line)
            counts[kind].update(columns)
    print(f"{root.name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    return Measured(
        name=root.name.replace("+", "/", 1),
        commit=(given or _commit(root))[:SHORT],
        counts=counts,
        seconds=time.perf_counter() - begin,
        ended=ended,
    )


def _commit(root: Path) -> str:
    asked = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git itself
    return asked.stdout.strip() if asked.returncode == 0 else ""


def report(found: Sequence[Measured]) -> str:
    """The table, a row for each kind that a repository has, and the sums."""
    rows = []
    sums: dict[str, Counter[str]] = {}
    for one in sorted(found, key=lambda one: one.name.lower()):
        for kind, counts in one.counts.items():
            if counts.get("found"):
                rows.append(_row(f"{one.name} {one.commit}".strip(), kind, counts))
                sums.setdefault(kind, Counter()).update(counts)
    rows += [_row("all", kind, counts) for kind, counts in sums.items()]
    seconds = sum(one.seconds for one in found)
    told = [f"{one.name}: {one.ended}" for one in found if one.ended]
    tail = f"{len(found)} repositories, {seconds:.0f} s in all." + (f" {'; '.join(told)}." if told else "")
    return f"{table(('repository', 'kind', *COUNTS), rows)}\n\n{tail}"


def _row(name: str, kind: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    return (name, kind, *(str(counts.get(column, 0)) for column in COUNTS))


if __name__ == "__main__":
    main()
