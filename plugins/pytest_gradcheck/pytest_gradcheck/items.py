"""The items: the build of a layer, then one item per check of it."""

from __future__ import annotations

import os
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from gradcheck.report.schema import Result
    from gradcheck.report.summary import Entry
    from gradcheck.source.model import LayerSite
    from gradcheck.types import Case, CheckResult
    from pytest_gradcheck.bench import Bench

BUILD = "build"
# What the properties of a report begin with; they also stand in the JUnit file.
PREFIX = "gradcheck_"


class ItemFailedError(AssertionError):
    """An item failed; the message is what pytest prints.

    Args:
        lines: The whole story, its headline first.
        headline: The story in one line.
        path: File to point at, absolute.
        line: 1-based line to point at.
    """

    def __init__(self, lines: list[str], *, headline: str, path: Path, line: int) -> None:
        super().__init__("\n".join(lines))
        self.headline = headline
        self.path = path
        self.line = line


class GradcheckItem(pytest.Function):
    """The build of one layer, or one check of it.

    Attributes:
        site: The layer.
        details: Lines for the report's own section, known once the item ran.
    """

    def __init__(self, *, site: LayerSite, bench: Bench, **arguments: Any) -> None:
        # A function without parameters, so that pytest brings fixtures, marks and time limits to it as to any other.
        def examine() -> None:
            with warnings.catch_warnings():
                # Layers run on inputs of ours: what NumPy says of those is no news to their author, and a project
                # that turns warnings into errors must get the verdicts every other project gets.
                warnings.simplefilter("ignore")
                self._examine_or_say_what_broke()

        self.site = site
        self.details: list[str] = []
        self._bench = bench
        self._begun = 0.0
        super().__init__(callobj=examine, **arguments)
        self.add_marker("gradcheck")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the layer's backward stands; pytest counts lines from 0."""
        backward = self.site.backward
        return self.site.root / backward.path, backward.line - 1, f"{self.site.qualname}.{self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The whole story as the body; one line, at the user's own code, for summary, JUnit and annotations."""
        del style
        failure = excinfo.value
        if not isinstance(failure, ItemFailedError):
            # Whatever broke: the frames from the user's own file on, or else from this one, without pytest's.
            whole = excinfo.traceback
            theirs = whole.cut(path=str(self.path))
            excinfo.traceback = theirs if theirs != whole else whole.cut(path=__file__)
            return excinfo.getrepr(style="short")
        representation = excinfo.getrepr(style="value")
        if (crash := representation.reprcrash) is not None:
            crash.path = os.path.relpath(failure.path, self.config.invocation_params.dir)
            crash.lineno = failure.line
            crash.message = failure.headline
        return representation

    def _examine_or_say_what_broke(self) -> None:
        from gradcheck.report import verdict

        self._begun = time.perf_counter()
        try:
            self._examine()
        except ItemFailedError:
            raise
        except Exception as error:
            # A mistake of gradcheck's own; pytest shows it, the account counts it.
            self._record(verdict.broke(self.site.identity, self.name, error))
            raise

    def _examine(self) -> None:
        from gradcheck.catalogue import WHOLE
        from gradcheck.corroborating import corroborated
        from gradcheck.errors import BuildError, ConfigurationError, LoadError
        from gradcheck.report import verdict
        from gradcheck.types import CheckResult

        whole = self.site.family in WHOLE
        step = WHOLE.get(self.site.family, BUILD)
        try:
            runner = self._bench.runner(self.site.root)
            reason = runner.declared_skip(self.site.identity, None if self.name == BUILD else self.name)
            found: Case | CheckResult | None = None
            if not reason:
                found = (runner.check_whole if whole else self._bench.case)(self.site)
        except (BuildError, LoadError) as error:
            self._not_built(verdict.not_built(self.site.identity, error, step), strict=self._bench.strict)
        except ConfigurationError as error:
            self._not_built(verdict.not_built(self.site.identity, error, step), strict=True)
        if found is None:
            self._record(verdict.left_out(self.site.identity, self.name, reason))
            pytest.skip(f"left out: {reason}")
        if isinstance(found, CheckResult):
            self._conclude(found)
        elif self.name == BUILD:
            self._record(verdict.built(found), found)
            self.details = [f"built {found.construction}", f"inputs {found.inputs}, seed {self._bench.seed}"]
        else:
            # The case's own seed is drawn from the run's; a person repeats the run's.
            result = replace(runner.check(found, self.name), seed=self._bench.seed)
            self._conclude(corroborated(result, self.site))

    def _conclude(self, result: CheckResult) -> None:
        from gradcheck.report import verdict
        from gradcheck.report.text import failure_lines, path_prefix, skipped_line
        from gradcheck.types import Outcome

        result = verdict.strictly(result) if self._bench.strict else result
        self._record(verdict.entry(result), result)
        self._measure(result)
        if result.outcome is Outcome.PASSED:
            self.details = list(verdict.entry(result).compared)
        elif result.outcome is Outcome.FAILED:
            start = self.config.invocation_params.dir
            lines = failure_lines(
                result,
                verbosity=self.config.get_verbosity(),
                prefix=path_prefix(self.site.root, start),
                options=self._bench.repeated,
            )
            self._fail(lines, headline=result.headline, path=result.path, line=result.line)
        else:
            pytest.skip(skipped_line(result))

    def _not_built(self, entry: Entry, *, strict: bool) -> NoReturn:
        """Skip with the reason, or fail under strict; one item per layer carries the failure."""
        self._record(entry)
        said = f"not built: {entry.reason}"
        if strict and (self.name == BUILD or not self._bench.expects(self.site, BUILD)):
            self._fail([said, *(f"  {line}" for line in entry.remedy)], headline=said)
        pytest.skip(said)

    def _fail(self, lines: list[str], *, headline: str, path: str = "", line: int = 0) -> NoReturn:
        from gradcheck.report.lines import cut
        from gradcheck.report.verdict import HEADLINE_WIDTH

        backward = self.site.backward
        raise ItemFailedError(
            lines,
            headline=cut(headline, HEADLINE_WIDTH),
            path=self.site.root / (path or backward.path),
            line=int(line or backward.line),
        )

    def _record(self, entry: Entry, found: Case | CheckResult | None = None) -> None:
        """Leave the entry in the report, in builtin types: it may cross from one process to another."""
        if self._bench.keep is not None:
            self._bench.keep(self._written(entry, found), self.name)
        self._property("layer", entry.layer)
        self._property("check", entry.check)
        self._property("outcome", entry.outcome)
        self._property("reason", entry.reason)
        for name, lines in (("remedy", entry.remedy), ("notes", entry.notes), ("compared", entry.compared)):
            self._property(name, "\n".join(lines))

    def _written(self, entry: Entry, found: Case | CheckResult | None) -> Result:
        from gradcheck.report import gathering
        from gradcheck.report.text import path_prefix
        from gradcheck.types import CheckResult

        seconds = time.perf_counter() - self._begun
        if not isinstance(found, CheckResult):
            return gathering.of_entry(entry, found, seconds=seconds, seed=self._bench.seed)
        prefix = path_prefix(self.site.root, self.config.invocation_params.dir)
        return gathering.of_result(found, self.site.root, seconds=seconds, prefix=prefix, options=self._bench.repeated)

    def _measure(self, result: CheckResult) -> None:
        self._property("seed", int(result.seed))
        if wrong := sum(int(quantity.wrong) for quantity in result.quantities):
            self._property("wrong", wrong)
        if result.mismatches:
            worst = result.mismatches[0]
            self._property("worst", str(worst.where))
            self._property("expected", float(worst.expected))
            self._property("actual", float(worst.actual))
            self._property("allowed", float(worst.allowed))
        if seen := max((float(quantity.smallest_error) for quantity in result.quantities), default=0.0):
            self._property("smallest_error", seen)

    def _property(self, name: str, value: str | float) -> None:
        if value != "":
            self.user_properties.append((f"{PREFIX}{name}", value))
