"""Files that a run leaves where it is asked to: JSON, a page, a saved run, put together across xdist's processes."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_gradcheck.items import GradcheckItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.report.schema import Document, Result
    from pytest_gradcheck.layers import Layers

#: Under this name the controller of xdist hands its workers the folder of the parts.
PARTS = "gradcheck_parts"
#: Missing checks that the terminal lists; the files list all.
LISTED = 10


class ReportHooks:
    """The hooks of files, registered where a run asks for them; each process writes a part, the first one the whole.

    Args:
        config: The run's configuration.
        layers: What was found in this process.

    Raises:
        pytest.UsageError: A file cannot be written.
    """

    def __init__(self, config: pytest.Config, layers: Layers) -> None:
        from gradcheck.errors import UsageError
        from gradcheck.report import parts, writing

        self._config = config
        self._layers = layers
        self._begun = time.perf_counter()
        self._reasons: dict[str, str] = {}
        self._said: list[str] = []
        handed: dict[str, Any] = getattr(config, "workerinput", {})
        self._writes_the_whole = not handed
        try:
            writing.refuse_folders([self._file("json"), self._file("html")])
            writing.refuse_paths(config.getoption("gradcheck_save_run"), config.invocation_params.dir)
        except UsageError as error:
            raise pytest.UsageError(f"gradcheck: {error}") from error
        self._folder = Path(handed[PARTS] if handed else tempfile.mkdtemp(prefix="gradcheck-"))
        self._part = parts.Part(self._folder, handed.get("workerid", "main"))

    def keep(self, result: Result, check: str) -> None:
        """Write a result, and the check whose item it belongs to, to the part of this process."""
        self._part.add(result, check)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """In the controller of xdist: tell a worker where its part goes."""
        node.workerinput[PARTS] = str(self._folder)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write down what is to be run, so that what is missing at the end can be told."""
        from gradcheck.report.parts import Chosen

        items = [item for item in session.items if isinstance(item, GradcheckItem)]
        if items:
            self._part.choose(Chosen(layer=item.site.identity, check=item.name, item=item.nodeid) for item in items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember why an item came to no result: skipped or broken before it ran, or with its worker."""
        if report.when != "call" and not report.passed:
            self._reasons[report.nodeid] = _first_line(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In the first process: put the parts together and write what was asked for."""
        from gradcheck.errors import GradcheckError
        from gradcheck.report import writing

        if not self._writes_the_whole:
            return
        name = self._config.getoption("gradcheck_save_run")
        try:
            if not self._config.getoption("collectonly"):
                document = self._document()
                folder = writing.new_run(name, self._config.rootpath) if name is not None else None
                self._said = [
                    *_listed(document.missing),
                    *writing.write(document, json_file=self._file("json"), html_file=self._file("html"), folder=folder),
                ]
        except GradcheckError as error:
            self._said = [f"gradcheck: {error}"]
            if session.exitstatus == pytest.ExitCode.OK:
                # What was asked for is not there: such a run is not green.
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where everything is."""
        for line in self._said:
            terminalreporter.write_line(line)

    def _document(self) -> Document:
        from gradcheck.report import gathering, parts
        from gradcheck.report.schema import Settings

        option = self._config.getoption
        settings = Settings(
            seed=option("gradcheck_seed"), profile=option("gradcheck_profile"), strict=option("gradcheck_strict")
        )
        merged = parts.merge(self._folder)
        return gathering.document(
            merged.results,
            self._config.rootpath,
            settings,
            seconds=time.perf_counter() - self._begun,
            missing=parts.told(merged.missing, self._reasons),
            problems=list(self._layers.problems),
        )

    def _file(self, kind: str) -> Path | None:
        given = self._config.getoption(f"gradcheck_{kind}")
        return self._config.invocation_params.dir / given if given else None


def _listed(missing: Sequence[str]) -> list[str]:
    lines = [f"missing: {one}" for one in missing[:LISTED]]
    return [*lines, f"missing: {len(missing) - LISTED} more"] if len(missing) > LISTED else lines


def _first_line(report: pytest.TestReport) -> str:
    reason: Any = report.longrepr
    if isinstance(reason, tuple):
        reason = reason[2]
    elif crash := getattr(reason, "reprcrash", None):
        reason = crash.message
    return next((line.strip() for line in str(reason).splitlines() if line.strip()), report.outcome)
