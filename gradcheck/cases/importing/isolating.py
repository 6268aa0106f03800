"""Examining several things of one file in a child process, and an answer or a reason for each.

What is found there comes back as JSON: `carried` in the child process, `brought` in this one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

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


def carried(result: CheckResult) -> dict[str, Any]:
    """A result as JSON carries it: without the arrays behind it, and what was made of them."""
    found: dict[str, Any] = msgspec.to_builtins(
        dataclasses.replace(result, evidence=(), explanations=()), enc_hook=_plain
    )
    return found


def brought(answer: Mapping[str, Any]) -> CheckResult:
    """The result that was carried."""
    found = msgspec.convert(answer, CheckResult)
    # JSON knows no tuples; a result that is one of a set is hashed.
    values = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    tuples: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return dataclasses.replace(found, **tuples)


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    message = f"{type(value).__name__} is nothing that JSON carries"
    raise NotImplementedError(message)
