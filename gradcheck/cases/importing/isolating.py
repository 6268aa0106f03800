"""Examining several things of one file in a child process, and an answer or a reason for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcheck.cases.importing.rehearsal import rehearse
from gradcheck.errors import BuildError
from gradcheck.source.model import LayerSite
from gradcheck.types import CheckResult


def examined_apart(
    sites: Sequence[LayerSite],
    read: Callable[[LayerSite, Mapping[str, Any]], CheckResult],
    *,
    action: str,
    arguments: Mapping[str, Any],
    seconds: float,
    remedy: Sequence[str],
) -> dict[str, CheckResult | BuildError]:
    """Examine what a file holds, each on its own; nothing of the user's is imported here.

    Args:
        sites: What is examined, all of one file.
        read: (site, what the action answered) -> the result.
        action: See `rehearsal.rehearse`.
        arguments: What JSON can carry.
        seconds: Time limit of the import, and again of each.
        remedy: What to do where there is no answer, with {identity} in it.

    Returns:
        Identity to the result, or to the error that says why there is none.
    """
    verdicts = rehearse(
        sites[0].file,
        sites[0].root,
        [site.qualname for site in sites],
        action=action,
        arguments=arguments,
        seconds=seconds,
    )
    found: dict[str, CheckResult | BuildError] = {}
    for site in sites:
        verdict = verdicts[site.qualname]
        if verdict.ok:
            found[site.identity] = read(site, verdict.answer)
        else:
            own = tuple(line.format(identity=site.identity) for line in remedy)
            found[site.identity] = BuildError(verdict.reason, verdict.remedy or own)
    return found
