"""What makes a finding the same after lines moved: file, rule, function, the line's own words, place among equals."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.scan.model import Finding

#: Hexadecimal digits of a fingerprint: 128 bits.
DIGITS = 32


def identity(finding: Finding) -> tuple[str, str, str, str]:
    """File, code, function or class, and the line of code with single spaces."""
    return (finding.path, finding.code, finding.qualname, " ".join(finding.source.split()))


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """One fingerprint per finding, in order; equal findings of one function are told apart by their order."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found = []
    for finding in findings:
        same = identity(finding)
        found.append(
            hashlib.sha256("\0".join((*same, str(seen[same]))).encode("utf-8", "replace")).hexdigest()[:DIGITS]
        )
        seen[same] += 1
    return found
