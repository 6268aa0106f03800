"""Whether a layer's forward is its counterpart's to rounding, and if not, how it differs."""

from __future__ import annotations

import enum
import itertools
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcheck.numerics import sampling, steps, tolerance
from gradcheck.types import Array, Form, Primals, Reference, Signature

#: Forms tried of one counterpart.
MOST_FORMS: Final = 600
#: And of one that the layer's name does not suggest: the likely layouts, not every stride.
MOST_UNNAMED: Final = 24
#: Entries of primals read while trying: 0.2 s of torch at ten operations per entry.
MOST_ENTRIES: Final = 200_000_000
#: Relative roundings of a forward per entry; as many as of a backward.
ROUNDINGS: Final = tolerance.BACKWARD_ROUNDINGS
#: Farther apart than this share, no perturbation in the last place explains it and none is tried.
NEARBY: Final = 1.0e-3
#: A factor is told when it explains every entry to this share: far above rounding, far below chance.
SAME_FACTOR: Final = 1.0e-9
#: Factors a loss, which is a single number, may have; any number is some factor.
PLAIN_FACTORS: Final = (0.5, 2.0, -1.0)


class Likeness(enum.Enum):
    """How a layer's forward stands to a counterpart."""

    SAME = "the same function"
    DIFFERENT = "a named difference"
    OTHER = "another function"
    UNLIKE = "another structure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What became of comparing a layer with one counterpart; `difference` ends a sentence that starts "forward"."""

    reference: Reference
    likeness: Likeness
    form: Form | None = None
    difference: str = ""


def match(signature: Signature, reference: Reference, precision: float, *, named: bool = True) -> Match:
    """Try the forms of one counterpart.

    Args:
        signature: What the layer shows.
        reference: The counterpart.
        precision: Relative precision of the layer's forward.
        named: Whether the layer's name suggests the counterpart; how another layer differs from it is not looked at,
            and a constant value says nothing of such a one.
    """
    tried = 0
    scaled: list[tuple[float, Form]] = []
    if not named and (reference.needs_name or (signature.y.size > 1 and np.ptp(signature.y) == 0.0)):
        return Match(reference=reference, likeness=Likeness.UNLIKE)
    for form, value in _values(signature, reference, differing=named):
        tried += 1
        if _is_same(signature, form, value, precision) and (named or _moves(signature, form, value)):
            likeness = Likeness.DIFFERENT if form.difference else Likeness.SAME
            return Match(reference=reference, likeness=likeness, form=form, difference=form.difference)
        factor = None if form.difference or not named else _factor(signature, value)
        if factor is not None:
            scaled.append((factor, form))
    if scaled:
        factor, form = scaled[0]
        return Match(reference=reference, likeness=Likeness.DIFFERENT, form=form, difference=_told(factor, signature))
    return Match(reference=reference, likeness=Likeness.OTHER if tried else Likeness.UNLIKE)


def tensors(primals: Primals, *, requires_grad: bool = False) -> dict[str, Any]:
    """Float64 tensors of the primals, copies of them."""
    import torch

    return {
        name: torch.tensor(np.asarray(x, dtype=np.float64), dtype=torch.float64, requires_grad=requires_grad)
        for name, x in primals.items()
    }


def evaluated(form: Form, arguments: Mapping[str, Any], y: Array) -> Any:
    """A form's value as a tensor of the layer's shape; None where the form does not fit or its shape is another."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = form.value(arguments)
        except (RuntimeError, ValueError, IndexError, TypeError):
            # Forms are guesses: torch refuses those whose sizes do not meet.
            return None
    if [n for n in value.shape if n != 1] != [n for n in y.shape if n != 1]:
        return None
    return value.reshape(y.shape)


def _values(signature: Signature, reference: Reference, *, differing: bool) -> Iterator[tuple[Form, Array]]:
    import torch

    arguments = tensors(signature.primals)
    size = signature.y.size + sum(x.size for x in signature.primals.values())
    most = max(1, min(MOST_FORMS if differing else MOST_UNNAMED, MOST_ENTRIES // max(size, 1)))
    with torch.no_grad():
        for form in itertools.islice(_ordered(reference.forms(signature), differing=differing), most):
            value = evaluated(form, arguments, signature.y)
            if value is not None:
                yield form, value.numpy()


def _ordered(forms: Iterable[Form], *, differing: bool) -> Iterator[Form]:
    """Those without a difference first, whatever order a counterpart yields them in."""
    later = []
    for form in forms:
        if form.difference and differing:
            later.append(form)
        elif not form.difference:
            yield form
    yield from later


def _is_same(signature: Signature, form: Form, value: Array, precision: float) -> bool:
    y = signature.y
    if not np.all(np.isfinite(value)):
        return False
    typical = steps.norm(value) / np.sqrt(max(value.size, 1))
    off = np.abs(y - value)
    allowed = ROUNDINGS * precision * (np.abs(value) + typical)
    if np.all(off <= allowed):
        return True
    if np.any(off > NEARBY * (np.abs(value) + typical)):
        return False
    moved = evaluated(form, tensors(perturbed(signature.primals, precision, 0)), y)
    return moved is not None and bool(np.all(off <= allowed + tolerance.ROUNDING_MARGIN * _spread(value, moved)))


def _moves(signature: Signature, form: Form, value: Array) -> bool:
    """Whether a form moves with every input: a dead network is a bias, and so is a norm of single entries."""
    for name in signature.inputs:
        moved = evaluated(form, tensors({**signature.primals, name: -2.0 * signature.primals[name]}), signature.y)
        if moved is None or np.allclose(moved.numpy(), value):
            return False
    return True


def _spread(value: Array, moved: Any) -> Array:
    difference: Array = np.abs(moved.numpy() - value)
    difference += steps.norm(difference) / np.sqrt(max(difference.size, 1))
    return difference


def perturbed(primals: Primals, precision: float, draw: int) -> dict[str, Array]:
    """Primals moved by about one unit in the last place, each entry up or down by chance."""
    moved = {}
    for name, x in primals.items():
        rng = sampling.generator(draw, f"last place {name}")
        moved[name] = x * (1.0 + max(precision, steps.EPSILON) * rng.choice((-1.0, 1.0), size=x.shape))
    return moved


def _factor(signature: Signature, value: Array) -> float | None:
    """The c with y = c value on every entry, None where there is none or it is 1."""
    y = signature.y
    weight = float(np.sum(np.square(value)))
    if not np.isfinite(weight) or weight == 0.0:
        return None
    factor = float(np.sum(y * value)) / weight
    if np.any(np.abs(y - factor * value) > SAME_FACTOR * np.abs(factor * value)) or abs(factor - 1.0) <= SAME_FACTOR:
        return None
    if np.count_nonzero(value) < 2 and not any(abs(factor / c - 1.0) <= SAME_FACTOR for c in _plain(signature)):
        return None
    return factor


def _plain(signature: Signature) -> list[float]:
    sizes = {n for name in signature.inputs for n in signature.shape(name) if n > 1}
    return [*PLAIN_FACTORS, *(1.0 / n for n in sizes), *map(float, sizes), *(0.5 / n for n in sizes)]


def _told(factor: float, signature: Signature) -> str:
    for name in signature.inputs:
        for size in signature.shape(name):
            if size > 2 and abs(factor * size - 1.0) <= SAME_FACTOR:
                return f"is 1/{size} of it, {size} being a size of `{name}`"
    return "is its negative" if abs(factor + 1.0) <= SAME_FACTOR else f"is {factor:.6g} times it"
