"""What `scan` reads in the source of a layer that failed: a finding at the statement that is to blame."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.source.reading import decode, read_bytes
from gradcheck.types import CheckResult, Outcome

if TYPE_CHECKING:
    from gradcheck.scan.model import Finding
    from gradcheck.source.model import LayerSite

#: Rules on how a layer is registered or trained, and on notebooks: no gradient of the layer itself shows them.
ELSEWHERE = ("GRC3", "GRC4", "GRC9")
#: Findings shown with one failure.
MOST = 2


def corroborated(result: CheckResult, site: LayerSite) -> CheckResult:
    """The failure with what `scan` finds in the same class: at the blamed statements, else in the same method.

    Args:
        result: What a check found; anything but a wrong gradient stays as it is.
        site: The layer.
    """
    if result.outcome is not Outcome.FAILED or not result.evidence:
        return result
    told = [f"scan: {one.code} line {one.span.line}: {one.message}" for one in _findings(result, site)]
    return dataclasses.replace(result, hint=(*result.hint, *dict.fromkeys(told[:MOST])))


def _findings(result: CheckResult, site: LayerSite) -> Iterator[Finding]:
    file = site.root / (result.path or site.path)
    try:
        text = decode(read_bytes(str(file)), file.name).text
    except OSError:
        return  # the file is gone; the failure stands without it
    inside = [
        one
        for one in _scanned(text, result.path or site.path)
        if f"{one.qualname}.".startswith(f"{site.qualname}.") and not one.code.startswith(ELSEWHERE)
    ]
    blamed = {line for blame in result.blame.values() for line in range(blame.line, blame.end_line + 1)}
    backward = range(site.backward.line, site.backward.end_line + 1)
    yield from (one for one in inside if one.span.line in blamed)
    yield from (one for one in inside if one.span.line not in blamed and one.span.line in backward)


@functools.lru_cache(maxsize=1)
def _scanned(text: str, path: str) -> list[Finding]:
    # The layers of one file are checked one after another.
    from gradcheck.scan.engine import scan_text

    return scan_text(text, path=path)
