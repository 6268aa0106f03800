"""`gradcheck check`: the gradients of the layers in files and folders, without pytest."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cases.declaring.validation import nearest
from gradcheck.catalogue import WHOLE, check_names
from gradcheck.commands import accounting, targets
from gradcheck.commands.accounting import Account
from gradcheck.commands.checking import Step, examine
from gradcheck.commands.progress import output
from gradcheck.commands.telling import Teller
from gradcheck.errors import GradcheckError, UsageError
from gradcheck.report import verdict
from gradcheck.report.header import missing_oracle
from gradcheck.report.summary import Counts, Entry, summary_lines, tally
from gradcheck.run import Runner
from gradcheck.source.project import project_root
from gradcheck.types import Profile

if TYPE_CHECKING:
    import argparse

ALL_WELL, WRONG, NOT_RUN = 0, 1, 2
# What a shell reports for a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument("targets", nargs="+", metavar="PATH[::Class]", help="a file, a folder, or one class of a file")
    parser.add_argument("--check", metavar="NAME", help="this check alone")
    parser.add_argument(
        "--wrt", metavar="NAME", help="the gradient of this input or parameter alone, or this operator of a tape"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of every draw (default: 0)")
    parser.add_argument(
        "--profile",
        choices=[profile.value for profile in Profile],
        default=Profile.DEFAULT.value,
        help="how much a run may cost (default: %(default)s)",
    )
    parser.add_argument("--strict", action="store_true", help="fail what is inconclusive, not built or only noted")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more; twice for everything")
    parser.add_argument("-q", "--quiet", action="store_true", help="say only what is wrong, and the summary")
    accounting.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Check what the options name.

    Returns:
        0 when something was compared and nothing is wrong, 1 when something is wrong, 2 when it could not run or
        nothing was compared, 130 when it was interrupted.
    """
    start = Path.cwd()
    entries: list[Entry] = []
    primals: set[str] = set()
    interrupted = False
    account = Account(options, start, _repeated(options))
    try:
        account.refuse()
        checks = _checks(options.check)
        found = targets.find([targets.parse(text, start=start) for text in options.targets], start=start)
        roots = dict.fromkeys(site.root for site in found.sites)
        runners = {root: Runner(root, seed=options.seed, profile=options.profile) for root in roots}
        waiting = {site.identity: None for site in found.sites}
        with output(sys.stdout, total=len(found.sites), quiet=options.quiet, silent=account.replaces_text) as out:
            teller = Teller(
                out=out, start=start, repeated=_repeated(options), verbosity=options.verbose, quiet=options.quiet
            )
            if found.sites and not options.quiet and (missing := missing_oracle()):
                out.line(missing)
            try:
                for site in found.sites:
                    teller.begin(site)
                    for step in examine(site, runners[site.root], checks, together=found.sites):
                        asked = _as_asked(step, options)
                        primals.update(asked.case.subject.primals if asked.case else ())
                        entries.append(asked.entry)
                        account.take(asked, site)
                        teller.tell(asked, site)
                    waiting.pop(site.identity, None)
            except KeyboardInterrupt:
                interrupted = True
            for line in summary_lines(
                entries,
                problems=found.problems,
                verbosity=options.verbose,
                width=out.width,
                told=not options.quiet,
            ):
                out.line(line)
        root = found.sites[0].root if found.sites else project_root(start)
        for line in account.close(root, found.problems, [f"{one}: the run was interrupted" for one in waiting]):
            sys.stdout.write(f"{line}\n")
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    if interrupted:
        sys.stderr.write("gradcheck: interrupted; what stands above was done until then\n")
        return INTERRUPTED
    unknown = bool(options.wrt and primals and options.wrt not in primals)
    if unknown:
        close = nearest(options.wrt, primals)
        sys.stderr.write(f"gradcheck: --wrt: no layer here has an input or parameter {options.wrt!r}{close}\n")
    return _exit_code(tally(entries), strict=options.strict, could_not=unknown or bool(found.refused))


def _checks(asked: str | None) -> tuple[str, ...]:
    known = tuple(dict.fromkeys((*check_names(), *WHOLE.values())))
    if asked is None:
        return known
    if asked not in known:
        message = f"there is no check {asked!r}{nearest(asked, known)}"
        raise UsageError(message)
    return (asked,)


def _repeated(options: argparse.Namespace) -> tuple[str, ...]:
    """The options without which a command would come to another verdict."""
    profile = ("--profile", options.profile) if options.profile != Profile.DEFAULT.value else ()
    return (*profile, "--strict") if options.strict else profile


def _as_asked(step: Step, options: argparse.Namespace) -> Step:
    if step.result is None:
        return step
    result = verdict.narrowed(step.result, options.wrt) if options.wrt else step.result
    result = verdict.strictly(result) if options.strict else result
    return replace(step, entry=verdict.entry(result), result=result)


def _exit_code(counts: Counts, *, strict: bool, could_not: bool) -> int:
    if counts.wrong or (strict and counts.not_built):
        return WRONG
    return NOT_RUN if could_not or counts.broken or not counts.checked else ALL_WELL
