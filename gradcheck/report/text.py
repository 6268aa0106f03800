"""The words of a result: what a person reads in pytest and on the command line."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from gradcheck.report import reasons
from gradcheck.report.lines import columns, count, cut, fit, pair, wrap
from gradcheck.types import Outcome, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gradcheck.types import CheckResult, Mismatch, Quantity

WIDTH = 80
# Lines a failure may take, by verbosity; None is no limit. The last holds for every greater verbosity.
LINES = (12, 60, None)
# The lines of a hint that are shown before a person asks for more.
SHORT_HINT = 2


def failure_lines(
    result: CheckResult, *, verbosity: int, width: int = WIDTH, prefix: str = "", options: Sequence[str] = ()
) -> list[str]:
    """The story of one failure: headline, place, worst entries, how to reproduce it, what to try.

    Args:
        result: What the check found.
        verbosity: 0 for at most 12 lines, 1 for 60, 2 for all of them.
        width: Columns; nothing but a command that is too long to be broken is wider.
        prefix: See `reproduce_command`.
        options: See `reproduce_command`.
    """
    if result.repeats and verbosity <= 0:
        return wrap(result.headline, width, indent="  ")
    limit = LINES[min(max(verbosity, 0), len(LINES) - 1)]
    hint = [line for text in result.hint for line in wrap(f"hint: {text}", width, indent="      ")]
    top = [*wrap(result.headline, width, indent="  "), *_made(result, verbosity, width)]
    top += [*_blamed(result, width), *_extent(result, width), *reasons.lines(result, verbosity=verbosity, width=width)]
    bottom = [f"  {line}" for line in result.example]
    bottom += _command_lines(reproduce_command(result, prefix=prefix, options=options), width)
    bottom += hint if verbosity > 0 else _short(result.hint, width)
    if verbosity > 0:
        bottom += [line for note in _all_notes(result) for line in wrap(f"note: {note}", width, indent="      ")]
    table = [line for row in result.table for line in _row(row, width)]
    entries = [cut(line, width) for line in _entries(result.mismatches)]
    # The check lists the worst entries only; it counted all it found.
    total = max(len(result.mismatches), sum(quantity.wrong for quantity in result.quantities))
    if entries and total > len(result.mismatches):
        entries.append(f"  and {count(total - len(result.mismatches), 'entry')} more")
    if limit is None:
        return [*top, *table, *entries, *bottom]
    room = max(limit - len(top) - len(bottom), 0)
    # The table came from the check for this failure; the entries take what it leaves, and at least their worst.
    for_entries = min(len(entries), max(room - len(table), min(room // 2, 3)))
    lines = [*top, *fit(table, room - for_entries), *_fit_entries(entries, total, for_entries)]
    return [*lines[: limit - len(bottom)], *bottom][:limit]


#: What an oracle is called to a person, by its file's name.
ORACLES = {
    "traced_autograd": "torch's autograd on forward itself",
    "finite_difference": "finite differences",
}


def passed_lines(result: CheckResult, *, width: int = WIDTH) -> list[str]:
    """What a passing check compared: shapes, dtypes, gradients and the smallest error it could have seen."""
    lines = [f"{count(result.compared, 'comparison')} made"]
    if result.quantities:
        described = [_described(q) for q in result.quantities if not _is_idle(q)]
        noun = "operator" if result.quantities[0].role is Role.OPERATOR else "gradient"
        lines = [f"compared {count(len(described), noun)}: {', '.join(described)}"]
        lines += result.table if noun == "operator" else ()
        seen = [f"{q.name} {q.smallest_error:.1e}" for q in result.quantities if q.smallest_error > 0]
        if seen:
            lines.append(f"smallest relative error it could have seen: {', '.join(seen)}")
    if result.oracle:
        lines.append(f"judged by {ORACLES.get(result.oracle, result.oracle)}")
    if made := ", ".join(filter(None, (result.construction, result.inputs))):
        lines.append(f"made with {made}, seed {result.seed}")
    lines += [f"note: {note}" for note in _all_notes(result)]
    return [line for text in lines for line in wrap(text, width, indent="  ")]


def skipped_line(result: CheckResult) -> str:
    """Why a check came to no verdict, in one line."""
    word = "inconclusive" if result.outcome is Outcome.INCONCLUSIVE else "not applicable"
    return f"{word}: {' '.join(result.headline.split())}"


def reproduce_command(result: CheckResult, *, prefix: str = "", options: Sequence[str] = ()) -> str:
    """The command that repeats this check alone.

    Args:
        result: What the check found.
        prefix: Path from where the person stands to the project root, posix, "" where they are the same.
        options: Further options of the run, such as `--profile thorough`.
    """
    identity = f"{prefix.rstrip('/')}/{result.layer}" if prefix.rstrip("/") else result.layer
    words = ["gradcheck", "check", identity, "--check", result.check]
    if name := worst_gradient(result):
        words += ["--wrt", name]
    return shlex.join([*words, "--seed", str(result.seed), *options])


def path_prefix(root: Path, start: Path) -> str:
    """The way from where a person stands to a project root, for `reproduce_command`.

    It is "" where the command line finds the root by itself: the person stands in the root or below it.
    """
    if start.is_relative_to(root):
        return ""
    return root.relative_to(start).as_posix() if root.is_relative_to(start) else root.as_posix()


def worst_gradient(result: CheckResult) -> str:
    """The gradient the worst entry belongs to; "" where the failure is not about one gradient."""
    failed = [quantity.name for quantity in result.quantities if quantity.outcome is Outcome.FAILED]
    for mismatch in result.mismatches:
        name = mismatch.where.partition("[")[0]
        if name in failed:
            return name
    return failed[0] if failed else ""


def _row(row: str, width: int) -> list[str]:
    """A line of a table, cut where it is too long for its columns; a sentence is wrapped instead."""
    row = row if row.startswith(" ") else f"  {row}"
    return [cut(row, width)] if "  " in row.strip() else wrap(row, width, indent="    ")


def _made(result: CheckResult, verbosity: int, width: int) -> list[str]:
    made = [part for part in (result.construction, result.inputs) if part]
    place = f"{result.path}:{result.line}" if result.path else result.layer
    if verbosity <= 0:
        return [cut(f"  {place}  {', '.join(made)}".rstrip(), width)]
    return [cut(f"  {place}", width), *(line for part in made for line in wrap(f"  {part}", width, indent="    "))]


def _short(hints: Sequence[str], width: int) -> list[str]:
    """The first hint as it is, and the next in a line of its own where there is room."""
    first = [line for text in hints[:1] for line in wrap(f"hint: {text}", width, indent="      ")][:SHORT_HINT]
    return [*first, *(cut(f"hint: {text}", width) for text in hints[1:])][:SHORT_HINT]


def _blamed(result: CheckResult, width: int) -> list[str]:
    """The statement that computes the worst gradient, as pytest marks the failing line."""
    blame = result.blame.get(worst_gradient(result))
    return [cut(f"> {line}", width) for line in blame.source[:1]] if blame else []


def _extent(result: CheckResult, width: int) -> list[str]:
    """How much of what was compared is wrong: one line, or none where there is nothing to count."""
    wrong = [_wrong(q) for q in result.quantities if q.outcome is Outcome.FAILED]
    right = [q.name for q in result.quantities if q.outcome is Outcome.PASSED]
    undecided = [q.name for q in result.quantities if q.outcome is Outcome.INCONCLUSIVE]
    groups = [("wrong", "; ".join(wrong)), ("right", ", ".join(right)), ("inconclusive", ", ".join(undecided))]
    said = ". ".join(f"{word}: {names}" for word, names in groups if names)
    return [cut(f"  {said}", width)] if said else []


def _described(quantity: Quantity) -> str:
    if quantity.role is Role.OPERATOR:
        return quantity.name
    return f"{quantity.name} {_shape(quantity.shape)} {quantity.dtype}".rstrip()


def _is_idle(quantity: Quantity) -> bool:
    """Whether it is an operator that took nothing it was given."""
    return quantity.role is Role.OPERATOR and quantity.outcome is Outcome.NOT_APPLICABLE


def _wrong(quantity: Quantity) -> str:
    if quantity.role is Role.OPERATOR:
        return f"{quantity.name} in {quantity.wrong} of {count(quantity.size, 'case')}"
    if not quantity.wrong:
        return f"{quantity.name} {_shape(quantity.shape)}"
    extent = f"{quantity.wrong} of {count(quantity.size, 'entry')}"
    return f"{quantity.name} {_shape(quantity.shape)} {'at least ' if quantity.at_least else ''}{extent}"


def _entries(mismatches: Sequence[Mismatch]) -> list[str]:
    if not mismatches:
        return []
    rows = [("entry", "expected", "actual", "error", "allowed")]
    for m in mismatches:
        error = abs(m.actual - m.expected)
        rows.append((m.where, *pair(float(m.expected), float(m.actual)), f"{error:.1e}", f"{m.allowed:.1e}"))
    return columns(rows)


def _fit_entries(entries: list[str], total: int, room: int) -> list[str]:
    """The header and the worst entries; the last line says how many are not shown."""
    if len(entries) <= room:
        return entries
    if room <= 1:
        return []
    if room == 2:
        return entries[:2]
    shown = room - 2
    return [*entries[: shown + 1], f"  and {count(total - shown, 'entry')} more (-v)"]


def _command_lines(command: str, width: int) -> list[str]:
    """The command behind its label; where it is too long, in a shell's continuation lines, never cut."""
    labelled = f"reproduce: {command}"
    if len(labelled) <= width:
        return [labelled]
    if len(command) + 2 <= width:
        return ["reproduce:", f"  {command}"]
    head, separator, tail = command.partition(" --check ")
    return ["reproduce:", f"  {head} \\", f"    {separator.strip()} {tail}"]


def _shape(shape: Sequence[int]) -> str:
    return str(tuple(int(size) for size in shape))


def _all_notes(result: CheckResult) -> list[str]:
    return [*result.notes, *(warning for warning in result.warnings if warning not in result.notes)]
