"""What a person reads of one step while the command runs."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.report import summary
from gradcheck.report.lines import cut
from gradcheck.report.text import failure_lines, passed_lines, path_prefix
from gradcheck.types import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.commands.checking import Step
    from gradcheck.commands.progress import Output
    from gradcheck.source.model import LayerSite
    from gradcheck.types import CheckResult

STYLES = {
    summary.PASSED: "green",
    summary.FAILED: "red",
    summary.BROKEN: "red",
    summary.INCONCLUSIVE: "yellow",
    summary.NOT_BUILT: "yellow",
}
INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Writes steps.

    Attributes:
        out: Where to write.
        start: The folder the person stands in; commands are written for it.
        repeated: Options a command must repeat to come to the same verdict.
        verbosity: 0, 1 or more.
        quiet: Write only what is wrong.
    """

    out: Output
    start: Path
    repeated: tuple[str, ...] = ()
    verbosity: int = 0
    quiet: bool = False

    def begin(self, site: LayerSite) -> None:
        """Name the layer whose steps follow."""
        self.out.working(site.identity)
        if not self.quiet:
            self.out.line(site.identity)

    def tell(self, step: Step, site: LayerSite) -> None:
        """Write one step of a layer."""
        word = step.entry.outcome
        wrong = word in {summary.FAILED, summary.BROKEN}
        if self.quiet and not wrong:
            return
        if self.quiet:
            self.out.line(site.identity)
        if step.case is not None:
            self.out.line(cut(f"  {step.case.construction}, {step.case.inputs}", self.out.width))
            return
        # The reason of a failure is the headline of the lines below it.
        reason = f": {step.entry.reason}" if step.entry.reason and word != summary.FAILED else ""
        self.out.line(cut(f"  {step.entry.check:<12} {word}{reason}", self.out.width), style=STYLES.get(word, ""))
        for line in self._more(step, site):
            self.out.line(INDENT + line)

    def _more(self, step: Step, site: LayerSite) -> list[str]:
        if step.result is not None:
            return self._of_result(step.result, site)
        if step.error is not None and self.verbosity > 0:
            return "".join(traceback.format_exception(step.error)).splitlines()
        return []

    def _of_result(self, result: CheckResult, site: LayerSite) -> list[str]:
        width = self.out.width - len(INDENT)
        if result.outcome is Outcome.FAILED:
            prefix = path_prefix(site.root, self.start)
            return failure_lines(result, verbosity=self.verbosity, width=width, prefix=prefix, options=self.repeated)
        return passed_lines(result, width=width) if result.outcome is Outcome.PASSED and self.verbosity > 0 else []
