"""What a run says of its layers: the header, sections of reports, the summary, across xdist's processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_gradcheck.items import PREFIX, GradcheckItem

if TYPE_CHECKING:
    from collections.abc import Generator

    from gradcheck.report.summary import Entry
    from pytest_gradcheck.layers import Layers

SECTION = "gradcheck"
# Under this name an xdist worker hands its share to the controller.
SHARE = "gradcheck"
# How a run ends that came to its end.
ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


class SessionHooks:
    """The hooks of reporting, registered where a run asks for gradients to be checked.

    Args:
        config: The run's configuration.
        layers: What was found in this process.
    """

    def __init__(self, config: pytest.Config, layers: Layers) -> None:
        self._config = config
        self._layers = layers
        self._entries: dict[tuple[str, str], Entry] = {}

    def pytest_report_header(self) -> list[str]:
        """What a person needs to repeat the run, and what it is missing."""
        from gradcheck.report.header import missing_oracle

        option = self._config.getoption
        strict = ", strict" if option("gradcheck_strict") else ""
        run = f"gradcheck: seed {option('gradcheck_seed')}, profile {option('gradcheck_profile')}{strict}"
        missing = missing_oracle()
        return [run, f"gradcheck: {missing}"] if missing else [run]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Point a skip at the layer, and say what was compared in a section of its own."""
        report = yield
        if isinstance(item, GradcheckItem) and report.when == "call":
            if report.skipped and isinstance(report.longrepr, tuple):
                path, line, _ = item.reportinfo()
                report.longrepr = (os.fspath(path), line + 1, report.longrepr[2])
            if item.details:
                report.sections.append((SECTION, "\n".join(item.details)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what the items left in their reports, whichever process they ran in."""
        if report.when == "call" and (entry := _entry(dict(report.user_properties))):
            self._entries[entry.layer, entry.check] = entry

    def pytest_sessionfinish(self) -> None:
        """Make the end of the run cheap; in a worker of xdist hand the controller what no report carries."""
        _forget_idle_phases(self._config)
        share = getattr(self._config, "workeroutput", None)
        if share is not None:
            share[SHARE] = {"found": list(self._layers.found), "problems": list(self._layers.problems)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """In the controller of xdist: take it. A worker that crashed leaves nothing."""
        share = getattr(node, "workeroutput", {}).get(SHARE, {"found": [], "problems": []})
        self._layers.found |= dict.fromkeys(share["found"])
        self._layers.problems |= dict.fromkeys(share["problems"])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """The account of the run."""
        from gradcheck.report.summary import summary_lines

        config = self._config
        # That there are no layers is said to whoever asked for them, unless the search was cut short.
        asked = config.getoption("gradcheck") and exitstatus in ENDED
        if not (self._entries or self._layers.found or asked):
            return
        terminalreporter.section(SECTION, sep="-")
        lines = summary_lines(
            list(self._entries.values()),
            problems=list(self._layers.problems),
            verbosity=config.get_verbosity(),
            found=len(self._layers.found),
        )
        for line in lines:
            terminalreporter.write_line(line)


def _forget_idle_phases(config: pytest.Config) -> None:
    """Drop what pytest keeps of the set-up and the teardown of items that have neither.

    For each failure pytest looks through all of them for something printed in its teardown: 800 failures among 5,000
    items took 13 s.
    """
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    phases = reporter.stats.get("", []) if reporter is not None else []
    phases[:] = [phase for phase in phases if phase.sections or SECTION not in phase.keywords]


def _entry(properties: dict[str, Any]) -> Entry | None:
    def said(name: str) -> str:
        return str(properties.get(f"{PREFIX}{name}", ""))

    layer = said("layer")
    if not layer:
        return None
    from gradcheck.report.summary import Entry

    return Entry(
        layer=layer,
        check=said("check"),
        outcome=said("outcome"),
        reason=said("reason"),
        remedy=tuple(said("remedy").splitlines()),
        notes=tuple(said("notes").splitlines()),
        compared=tuple(said("compared").splitlines()),
    )
