"""`gradcheck explain`: why a layer fails, step by step."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.commands import targets
from gradcheck.commands.progress import layers_silenced, output
from gradcheck.corroborating import corroborated
from gradcheck.errors import GradcheckError
from gradcheck.explaining import EXPLAINED, reasoning
from gradcheck.report.reasoning import reasoning_lines
from gradcheck.report.text import path_prefix, reproduce_command
from gradcheck.run import Runner
from gradcheck.source.optimizers import OPTIMIZER
from gradcheck.types import Outcome, Profile

if TYPE_CHECKING:
    import argparse

    from gradcheck.commands.progress import Output
    from gradcheck.source.model import LayerSite

EXPLAINED_IT, NOTHING_WRONG, NOT_RUN = 1, 0, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument("target", metavar="PATH::Class", help="one class of a file")
    parser.add_argument(
        "--check", metavar="NAME", choices=sorted(EXPLAINED), help="this check alone: contract, gradient or reference"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of every draw (default: 0)")
    parser.add_argument(
        "--profile",
        choices=[profile.value for profile in Profile],
        default=Profile.DEFAULT.value,
        help="how much a run may cost (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Check a layer and tell the reasoning of each failure.

    Returns:
        1 when something is wrong and told, 0 when nothing is, 2 when it could not run.
    """
    start = Path.cwd()
    try:
        found = targets.find([targets.parse(options.target, start=start)], start=start)
        sites = [site for site in found.sites if site.family != OPTIMIZER]
        for problem in found.problems:
            sys.stderr.write(f"gradcheck: {problem}\n")
        if not sites:
            return NOT_RUN
        with output(sys.stdout, total=len(sites), quiet=False) as out:
            wrong = [_told(site, options, out, start) for site in sites]
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    return EXPLAINED_IT if any(wrong) else NOTHING_WRONG


def _told(site: LayerSite, options: argparse.Namespace, out: Output, start: Path) -> bool:
    """Whether a layer fails; each failure is told."""
    runner = Runner(site.root, seed=options.seed, profile=options.profile)
    with layers_silenced():
        case = runner.build(site)
    out.line(site.identity)
    wrong = False
    # Torch's own layer after the oracle: what it finds as well is told once.
    for name in (options.check,) if options.check else ("contract", "gradient", "reference"):
        with layers_silenced():
            result = corroborated(runner.check(case, name), site)
            failed = result.outcome is Outcome.FAILED and not result.repeats
            tried = list(reasoning(result, runner.context(case, name))) if failed and result.evidence else []
        if not failed:
            told = result.headline if result.outcome is not Outcome.FAILED else f"the same as {result.repeats}"
            out.line(f"{name}: {result.outcome.value}: {told}")
            wrong = wrong or result.outcome is Outcome.FAILED
            continue
        wrong = True
        out.line(f"{name}: failed")
        for line in reasoning_lines(replace(result, seed=options.seed), tried, width=out.width):
            out.line(line)
        for hint in result.hint:
            out.line(f"hint: {hint}")
        out.line(reproduce_command(result, prefix=path_prefix(site.root, start)))
    return wrong
