"""A batch of no samples, where forward takes it: nothing flows back, and every gradient is zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.types import Case, CheckResult, Outcome, Quantity, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What backward of no samples did.

    Attributes:
        compared: How many gradients were compared with zero.
        wrong: Name of each that is a number other than zero, to what it is.
        undefined: Names of those that are not finite: a mean of nothing is 0 / 0, and whoever has no samples is told.
        error: What backward raised.
    """

    compared: int = 0
    wrong: dict[str, str]
    undefined: tuple[str, ...] = ()
    error: Exception | None = None


def seen(subject: Subject, names: Sequence[str]) -> Seen:
    """Call backward with an upstream gradient of no entries.

    An answer that has entries (the mean of no losses) says nothing, nor does one that would have none of any batch:
    they are not compared.

    Args:
        subject: The layer on a batch of no samples.
        names: The gradients that are judged.
    """
    y, vjp = subject.value_and_vjp(subject.primals)
    if y.shape.count(0) != 1 or subject.cotangent is not None:
        return Seen(wrong={})
    try:
        gradients = vjp(np.zeros(y.shape)).gradients
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
        return Seen(wrong={}, error=error)
    known = [name for name in names if name in gradients]
    # Of any shape: what is summed up from no rows, or made of a list of none, is a zero with fewer axes.
    undefined = tuple(name for name in known if not np.all(np.isfinite(gradients[name])))
    wrong = {name: "it is not zero" for name in known if name not in undefined and np.any(gradients[name] != 0.0)}
    return Seen(compared=len(known), wrong=wrong, undefined=undefined)


def failure(case: Case, subject: Subject, found: Seen) -> CheckResult:
    """The failure of a backward that leaves something of no samples.

    Args:
        case: The layer as it is built and called there.
        subject: The same, bound.
        found: What backward did; a gradient is wrong.
    """
    layer = case.layer.rpartition("::")[2].rpartition("<locals>.")[2]
    quantities = tuple(
        Quantity(
            name=name,
            role=subject.roles[name],
            shape=subject.primals[name].shape,
            dtype=str(subject.primals[name].dtype),
            outcome=Outcome.FAILED,
            reason=reason,
        )
        for name, reason in found.wrong.items()
    )
    return CheckResult(
        check="contract",
        layer=case.layer,
        outcome=Outcome.FAILED,
        compared=max(found.compared, 1),
        headline=f"{layer}: gradient of `{next(iter(found.wrong))}` is wrong for a batch of no samples",
        quantities=quantities,
        construction=case.construction,
        inputs=case.inputs,
        seed=case.seed,
        path=case.path,
        line=case.line,
        hint=("of no samples every gradient is zero",),
    )
