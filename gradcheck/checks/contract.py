"""The layer runs, and every gradient has exactly its variable's shape, is finite and not narrower than it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import draw_cotangents
from gradcheck.types import Array, Check, CheckResult, Context, Evidence, Outcome, Pullback, Quantity, Subject


def examine(context: Context) -> CheckResult:
    """Run forward and backward once and look at what came out, values aside."""
    subject, name = context.case.subject, short_name(context)
    y, vjp = subject.value_and_vjp(subject.primals)
    if not np.all(np.isfinite(y)):
        return result(context, "contract", Outcome.INCONCLUSIVE, "forward is not finite on this input")
    y_bar = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    try:
        pullback = vjp(y_bar)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
        told = " ".join(str(error).split())
        headline = f"{name}: backward raises {type(error).__name__} on an input that forward accepts"
        table = _table(subject, y, y_bar, None, {})
        return result(context, "contract", Outcome.FAILED, headline, compared=1, table=table, hint=(told,))
    names = [*pullback.gradients, *pullback.absent]
    faults = {n: fault for n in names if (fault := _fault(n, pullback, subject))}
    # Whether an array we made up should be (5,) or (1, 5) is not the layer's question.
    guessed = [
        n for n in context.case.invented if n in faults and _differs_in_ones(pullback.gradients.get(n), subject, n)
    ]
    warnings = [f"the gradient of `{n}` {faults.pop(n)}, a shape that was guessed" for n in guessed]
    quantities = [_quantity(n, subject, faults) for n in names]
    warnings += [*_wider(pullback, subject, names), *subject.unchecked]
    if not faults:
        headline = f"{name}: {len(names)} gradient{'s' * (len(names) != 1)} of the right shape and dtype, finite"
        return result(
            context, "contract", Outcome.PASSED, headline, compared=len(names), quantities=quantities, warnings=warnings
        )
    first = next(iter(faults))
    return result(
        context,
        "contract",
        Outcome.FAILED,
        f"{name}: gradient of `{first}` {faults[first]}",
        compared=len(names),
        quantities=quantities,
        table=_table(subject, y, y_bar, pullback, faults),
        warnings=warnings,
        hint=_hints(faults, pullback, subject),
        evidence=[_evidence(n, pullback, subject, y, y_bar) for n in faults],
    )


def _evidence(name: str, pullback: Pullback, subject: Subject, y: Array, y_bar: Array) -> Evidence:
    """What came out, beside an expected gradient that this check does not ask for."""
    shape = subject.primals[name].shape
    unknown = np.full(shape, np.nan)
    return Evidence(
        name=name,
        role=subject.roles[name],
        shape=shape,
        expected=unknown,
        actual=pullback.gradients.get(name, np.zeros(0)),
        allowed=unknown,
        oracle="",
        y_bar=y_bar,
        y=y,
        primals=subject.primals,
    )


def _differs_in_ones(gradient: Array | None, subject: Subject, name: str) -> bool:
    if gradient is None:
        return False
    return [n for n in gradient.shape if n != 1] == [n for n in subject.primals[name].shape if n != 1]


def _fault(name: str, pullback: Pullback, subject: Subject) -> str:
    if name in pullback.absent:
        return f"is missing: {pullback.absent[name]}"
    gradient, x = pullback.gradients[name], subject.primals[name]
    if gradient.shape != x.shape:
        return f"has shape {gradient.shape}, `{name}` has {x.shape}"
    if gradient.dtype.kind not in "fiub":
        return f"has dtype {gradient.dtype}, not floating point"
    bad = int(np.count_nonzero(~np.isfinite(gradient)))
    if bad:
        return f"is not finite in {bad} of {gradient.size} entries, though forward is"
    variable = _common_dtype(subject) if subject.cotangent is None else None
    if variable is not None and gradient.dtype.kind == "f" and gradient.dtype.itemsize < variable.itemsize:
        return f"is {gradient.dtype}, narrower than `{name}`, which is {variable}"
    if variable is not None and gradient.dtype.kind in "iub" and np.any(gradient != 0):
        return f"is {gradient.dtype}: its digits after the point are gone"
    return ""


def _common_dtype(subject: Subject) -> np.dtype[np.floating] | None:
    """The dtype that inputs, parameters and output share; dtypes are compared only where there is one.

    Inputs are handed over as float64.
    """
    dtypes = {np.dtype(np.float64), *subject.native.values()}
    return next(iter(dtypes)) if len(dtypes) == 1 else None


def _wider(pullback: Pullback, subject: Subject, names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        gradient, variable = pullback.gradients.get(name), subject.native.get(name)
        # Float32 parameters are widened for the check; a wide gradient is the layer's only where its answer is narrow.
        stays = variable != np.float32 or subject.native.get("output") == np.float32
        if gradient is not None and variable is not None and stays and gradient.dtype.itemsize > variable.itemsize:
            found.append(f"the gradient of `{name}` is {gradient.dtype}, wider than `{name}` ({variable})")
    return found


def _quantity(name: str, subject: Subject, faults: Mapping[str, str]) -> Quantity:
    x = subject.primals[name]
    return Quantity(
        name=name,
        role=subject.roles[name],
        shape=x.shape,
        dtype=str(subject.native.get(name, x.dtype)),
        outcome=Outcome.FAILED if name in faults else Outcome.PASSED,
        size=x.size,
        reason=faults.get(name, ""),
    )


def _table(
    subject: Subject, y: Array, y_bar: Array, pullback: Pullback | None, faults: Mapping[str, str]
) -> tuple[str, ...]:
    rows = [(name, str(x.shape), _gradient_shape(name, pullback)) for name, x in subject.primals.items()]
    rows = [("", "variable", "gradient"), *rows, ("output", str(y.shape), f"{y_bar.shape} (upstream)")]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = []
    for name, variable, gradient in rows:
        mark = "  <-" if name in faults else ""
        lines.append(f"{name:<{widths[0]}}  {variable:<{widths[1]}}  {gradient}{mark}")
    return tuple(line.rstrip() for line in lines)


def _gradient_shape(name: str, pullback: Pullback | None) -> str:
    if pullback is None:
        return "backward raised"
    gradient = pullback.gradients.get(name)
    return "none" if gradient is None else f"{gradient.shape} {gradient.dtype}"


def _hints(faults: Mapping[str, str], pullback: Pullback, subject: Subject) -> list[str]:
    hints = []
    for name in faults:
        gradient, x = pullback.gradients.get(name), subject.primals[name]
        if gradient is None or gradient.shape == x.shape:
            continue
        if gradient.size == x.size and gradient.shape == x.shape[::-1]:
            hints.append(f"{name}: the gradient may be transposed")
        elif gradient.ndim > x.ndim and gradient.shape[gradient.ndim - x.ndim :] == x.shape:
            axes = ", ".join(str(axis) for axis in range(gradient.ndim - x.ndim))
            hints.append(f"{name}: a sum over axis {axes} may be missing, or keepdims=True one too many")
    return hints


CHECK = Check(
    name="contract",
    summary="it runs; every gradient has its variable's shape, is finite and not narrower",
    examine=examine,
)
