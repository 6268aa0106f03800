"""gradcheck itself, through the same path as the plugin and the command line."""

from __future__ import annotations

from gradcheck.catalogue import check_names
from gradcheck.run import Runner
from gradcheck.types import Case, Outcome
from measuring.page import ROOT
from measuring.tool import Tool, Verdict


def tools() -> tuple[Tool, ...]:
    """Every check in two profiles, and the gradient check alone."""
    return (
        _tool("gradcheck", "default", check_names()),
        _tool("gradcheck, fast", "fast", check_names()),
        _tool("gradcheck, `gradient` alone", "default", ("gradient",)),
    )


def _tool(name: str, profile: str, checks: tuple[str, ...]) -> Tool:
    runner = Runner(ROOT, profile=profile)

    def judge(case: Case) -> Verdict:
        outcomes = {check: runner.check(case, check).outcome for check in checks}
        if Outcome.FAILED in outcomes.values():
            return Verdict.WRONG
        return Verdict.RIGHT if outcomes["gradient"] is Outcome.PASSED else Verdict.UNDECIDED

    return Tool(name=name, judge=judge)
