"""How often `gradcheck scan` is right: its findings in public code beside labels of every extraction there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.extractions import extractions
from measuring.labels import Labelled, Score, Verdict, read, score
from measuring.page import publish, table

from gradcheck.scan.engine import scan
from gradcheck.scan.model import Settings, State
from gradcheck.scan.registry import rules

LABELS = Path(__file__).resolve().parent / "scan_labels"
#: Rules about values that leave a graph or a gradient that is written over, by how their codes begin.
EXTRACTIONS = ("GRC00", "GRC01", "GRC10", "GRC502")
#: Rules about comments and broken files, which say nothing of gradients.
ABOUT_FILES = "GRC9"
WHEN = ("before", "after")


def main(arguments: Sequence[str] | None = None) -> None:
    """Scan, compare and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="*", type=Path, help="folders with the repositories, each as `owner+name`")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    parser.add_argument("--wrong", action="store_true", help="print each finding that is wrong and each cut not found")
    options = parser.parse_args(arguments)
    if not options.checkouts:
        print("the labelled repositories are not part of this one: name the folders that hold their checkouts")
        return
    rows: list[list[str]] = []
    sums = {when: Score() for when in WHEN}
    for file in sorted(LABELS.glob("*.toml")):
        labelled = read(file)
        root = _checkout(labelled.repository, options.checkouts)
        if root is None:
            print(f"{labelled.repository} is in none of the folders: left out", file=sys.stderr)
            continue
        _tell_gaps(labelled, root)
        findings = found_in(root)
        counts = score(labelled, findings, about_extractions=_about_extractions())
        sums[labelled.state].add(counts)
        rows.append(_row(labelled, counts))
        if options.wrong:
            _tell_wrong(labelled, findings)
    if not rows:
        parser.error(f"none of the repositories is in {', '.join(map(str, options.checkouts))}")
    publish("scan_labels", "\n\n".join([_repositories(rows), *_by_rule(sums)]), write=options.write)


def found_in(root: Path) -> list[tuple[str, int, str]]:
    """File, line and code of each finding in the Python files of a checkout, rules in preview too."""
    codes = frozenset(
        code for code, rule in rules().items() if rule.state is not State.RETIRED and not code.startswith(ABOUT_FILES)
    )
    found = scan([root], settings=Settings(root=root, codes=codes)).findings
    return [(one.path, one.span.line, one.code) for one in found if one.path.endswith(".py")]


def _about_extractions() -> frozenset[str]:
    return frozenset(code for code in rules() if code.startswith(EXTRACTIONS))


def _checkout(repository: str, folders: Iterable[Path]) -> Path | None:
    name = repository.replace("/", "+")
    return next((folder / name for folder in folders if (folder / name).is_dir()), None)


def _tell_gaps(labelled: Labelled, root: Path) -> None:
    """Say where labels and checkout do not fit: another commit, or an extraction without a label."""
    listed = {(file, line) for file, lines in extractions(root).items() if labelled.is_within(file) for line in lines}
    said = {(site.file, line) for site in labelled.sites for line in site.lines}
    for what, gap in (("without a label", listed - said), ("labelled, but no extraction here", said - listed)):
        for file, line in sorted(gap):
            print(f"{labelled.repository} {labelled.commit}: {file}:{line} {what}", file=sys.stderr)


def _tell_wrong(labelled: Labelled, findings: Sequence[tuple[str, int, str]]) -> None:
    for site in labelled.sites:
        if site.verdict is Verdict.CUT and not any(site.covers(*one) for one in findings):
            print(f"missed  {labelled.repository}: {site.file}:{site.at or site.lines[0]} {'/'.join(site.rules)}")
    for one in findings:
        alone = score(labelled, [one], about_extractions=_about_extractions())
        word = "false" if alone.false else "unread" if alone.unread else ""
        if word:
            print(f"{word:7} {labelled.repository}: {one[0]}:{one[1]} {one[2]}")


def _row(labelled: Labelled, counts: Score) -> list[str]:
    lines = len({(site.file, line) for site in labelled.sites for line in site.lines})
    preview = {code for code, rule in rules().items() if rule.state is State.PREVIEW}
    false = {code: count for code, count in counts.false.items() if code.startswith(EXTRACTIONS)}
    early = sum(count for code, count in false.items() if code in preview)
    return [
        f"{labelled.repository}@{labelled.commit}{_part(labelled.scope)}",
        labelled.state,
        *map(str, (lines, counts.found.total() + counts.missed.total(), counts.found.total())),
        str(sum(false.values()) - early),
        str(early),
    ]


def _part(scope: str) -> str:
    return f", `{scope.strip('^/')}`" if scope else ""


def _repositories(rows: Sequence[Sequence[str]]) -> str:
    header = ("repository", "labelled", "extractions", "cuts", "found", "false alarms", "of rules in preview")
    ordered = sorted(rows, key=lambda row: (WHEN.index(row[1]), row[0]))
    return table(header, ordered)


def _by_rule(sums: dict[str, Score]) -> list[str]:
    header = ("rule", "state", "labelled", "right", "false alarms", "precision", "cuts found", "missed", "recall")
    extracting: list[list[str]] = []
    others: list[list[str]] = []
    for when in WHEN:
        counts = sums[when]
        every = set().union(counts.true, counts.false, counts.found, counts.missed, counts.unread)
        for code in sorted(every):
            row = [
                code,
                rules()[code].state.value,
                when,
                *map(str, (counts.true[code], counts.false[code])),
                _share(counts.true[code], counts.false[code]),
            ]
            if code.startswith(EXTRACTIONS):
                found, missed = counts.found[code], counts.missed[code]
                extracting.append([*row, str(found), str(missed), _share(found, missed)])
            else:
                others.append([code, row[1], *row[3:], str(counts.unread[code])])
        extracting.append(_sum(counts, when))
    other = table(("rule", "state", "right", "false alarms", "precision", "not judged"), others)
    return [table(header, extracting), other]


def _sum(counts: Score, when: str) -> list[str]:
    """Of the rules that run by default."""
    stable = [code for code in _about_extractions() if rules()[code].state is State.STABLE]
    true, false, found, missed = (
        sum(counter[code] for code in stable) for counter in (counts.true, counts.false, counts.found, counts.missed)
    )
    shares = _share(true, false), _share(found, missed)
    return ["all by default", "stable", when, str(true), str(false), shares[0], str(found), str(missed), shares[1]]


def _share(part: int, rest: int) -> str:
    return f"{part / (part + rest):.2f}" if part + rest else ""


if __name__ == "__main__":
    main()
