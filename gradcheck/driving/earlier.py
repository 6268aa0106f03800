"""What other checks found of a case before it is driven further."""

from __future__ import annotations

from collections.abc import Iterable

from gradcheck.types import Context, Outcome


def nothing_to_compare_with(context: Context, checks: Iterable[str]) -> str:
    """The check after whose failure there is no right answer of a layer called once, "" where there is none."""
    for check in checks:
        before = context.found(check)
        if before is not None and before.outcome in (Outcome.FAILED, Outcome.NOT_APPLICABLE):
            return check
    return ""


def agreeing(context: Context, names: Iterable[str]) -> list[str]:
    """Those gradients that agree with an oracle at the point of the case.

    Others are meant otherwise (weight decay inside backward, a mean over the batch) or could not be judged; what an
    oracle says of them elsewhere is no news.
    """
    before = context.found("gradient")
    if before is None:
        return list(names)
    passed = {quantity.name for quantity in before.quantities if quantity.outcome is Outcome.PASSED}
    return [name for name in names if name in passed]
