"""How small a mistake can become and still be found: the same mistake, shrunk by decades.

The layer's code stays as it is. Its gradient is blended with the right one where the checks meet it, in the subject:
g + t (g' - g), g the right gradient, g' the layer's own, t the share of the mistake that is left.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from gradcheck import extensions
from gradcheck.oracles import finite_difference, traced_autograd
from gradcheck.run import references
from gradcheck.types import Array, Case, Check, Context, Oracle, Outcome, Primals, Profile, Pullback, Subject, Vjp

#: What can find a wrong gradient: the two oracles of the check `gradient`, and torch's own layer.
FINDERS = ("traced_autograd", "finite_difference", "reference")
#: Decades that are looked at: below 1e-14 a mistake is less than the rounding of the gradient it is in.
DECADES = 14


def concerns(entry: Mapping[str, object]) -> bool:
    """Whether a ledger's entry is a mistake in the values of a gradient, which alone can be shrunk."""
    also = entry.get("also", [])
    return entry["check"] == "gradient" or (isinstance(also, list) and "gradient" in also)


def faded(case: Case, share: float) -> Case:
    """The case with that share of its mistake left in every gradient it gives.

    Args:
        case: The layer with its mistake.
        share: t; 1 leaves the layer as it is.
    """
    subject = case.subject

    def value_and_vjp(primals: Primals) -> tuple[Array, Vjp]:
        y, vjp = subject.value_and_vjp(primals)

        def blended(y_bar: Array) -> Pullback:
            pullback = vjp(y_bar)
            right = truth(subject, primals, y_bar, y, list(pullback.gradients))
            gradients = {n: _between(g, right[n], share) for n, g in pullback.gradients.items()}
            return dataclasses.replace(pullback, gradients=gradients)

        return y, blended

    return dataclasses.replace(case, subject=dataclasses.replace(subject, value_and_vjp=value_and_vjp))


def truth(subject: Subject, primals: Primals, y_bar: Array, y: Array, names: list[str]) -> dict[str, Array]:
    """The right gradients: by the trace, or where it is refused by finite differences of every entry."""
    there = dataclasses.replace(subject, primals=primals)
    answer = traced_autograd.exact(there, primals, (y_bar,), y)
    if not answer.refusal:
        return {name: answer.gradients[0][name] for name in names}
    return {
        name: np.asarray(finite_difference.entries(there, name, None, y_bar, y).value).reshape(primals[name].shape)
        for name in names
    }


def _between(wrong: Array, right: Array, share: float) -> Array:
    if share == 1.0 or wrong.size != right.size:
        return wrong
    own = np.asarray(wrong, dtype=np.float64).reshape(right.shape)
    # What no difference can tell, on a kink, stays as the layer has it.
    return np.asarray(np.where(np.isnan(right), own, right + share * (own - right)).reshape(wrong.shape))


def found(case: Case, finder: str) -> bool:
    """Whether one finder alone, with finite differences for its certificate, fails the case."""
    oracles = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
    if finder == "finite_difference":
        oracles = {name: oracle for name, oracle in oracles.items() if oracle.exact is None}
    name = "reference" if finder == "reference" else "gradient"
    check: Check = extensions.load("gradcheck.checks", name, "CHECK", Check)
    result = check.examine(Context(case=case, profile=Profile.DEFAULT, oracles=oracles, references=references))
    return result.outcome is Outcome.FAILED and finder in ("reference", result.oracle)


def shrinkable(case: Case, finder: str) -> bool:
    """Whether the right gradient is known better than the finder knows it: by a trace, or to finite differences."""
    if finder == "finite_difference":
        return True
    subject = case.subject
    y = subject.value(subject.primals)
    y_bar = np.ones(y.shape) if subject.cotangent is None else subject.cotangent
    return not traced_autograd.exact(subject, subject.primals, (y_bar,), y).refusal


def smallest(case: Case, finder: str) -> float:
    """The smallest decade of the mistake that a finder still fails.

    Found by halving the range of decades: what is seen of a mistake shrinks with it.

    Args:
        case: The layer with its mistake, which the finder fails as it is and can see shrunk (`found`, `shrinkable`).
        finder: One of FINDERS.
    """
    seen, unseen = 0, DECADES + 1
    while unseen - seen > 1:
        middle = (seen + unseen) // 2
        if found(faded(case, 10.0**-middle), finder):
            seen = middle
        else:
            unseen = middle
    return float(f"1e-{seen}")
