"""Forms of layers that normalise over some axes: y = gain (x - mean) / sqrt(variance + eps) + shift."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gradcheck.matching.settings import epsilons
from gradcheck.types import Form, Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a normalisation divides by and subtracts.

    Attributes:
        axes: Axes over which it takes the mean and variance.
        eps: Added to the variance.
        unbiased: Whether the variance is divided by N - 1.
        outside: Whether eps is added to the root instead.
        centred: Whether the mean is subtracted.
    """

    axes: tuple[int, ...]
    eps: float
    unbiased: bool = False
    outside: bool = False
    centred: bool = True

    def normalised(self, x: Any) -> Any:
        """(x - mean) / sqrt(variance + eps), a tensor of the shape of x."""
        mean = x.mean(dim=self.axes, keepdim=True) if self.centred else 0.0
        square = (x - mean) ** 2
        variance = square.mean(dim=self.axes, keepdim=True)
        if self.unbiased:
            count = square.numel() // variance.numel()
            variance = variance * count / (count - 1)
        return (x - mean) / (variance.sqrt() + self.eps if self.outside else (variance + self.eps).sqrt())


def differing(
    signature: Signature,
    x: str,
    axes: Sequence[tuple[tuple[int, ...], str]],
    finish: Callable[[Any, Any], Any],
    *,
    centred: bool = True,
) -> Iterator[Form]:
    """The ways in which people's normalisations differ from torch's.

    Args:
        signature: What the layer shows.
        x: The input's name.
        axes: Axes normalised over, and the difference that they are, "" for torch's own.
        finish: (normalised tensor, all tensors) -> value, with gain and shift.
        centred: Whether the mean is subtracted in torch.
    """
    for (over, elsewhere), (eps, other_eps) in itertools.product(axes, epsilons(signature)):
        for unbiased, outside, mean in itertools.product((False, True), (False, True), (centred, not centred)):
            told = [elsewhere] * bool(elsewhere) + [other_eps] * bool(other_eps)
            told += ["divides the variance by N - 1"] * unbiased
            told += [f"adds eps {eps:g} to the root instead of within it"] * (outside and eps > 0.0)
            told += ["does not subtract the mean" if centred else "subtracts the mean"] * (mean is not centred)
            if not told or len(told) > 2:
                continue
            how = Statistics(axes=over, eps=eps, unbiased=unbiased, outside=outside, centred=mean)
            yield Form(value=partial(_differing, x=x, how=how, finish=finish), difference=" and ".join(told))


def _differing(t: Mapping[str, Any], *, x: str, how: Statistics, finish: Callable[[Any, Any], Any]) -> Any:
    return finish(how.normalised(t[x]), t)


def scaled(y: Any, t: Mapping[str, Any], *, found: Mapping[str, str], axis: int = -1) -> Any:
    """Gain times y plus shift, those of one entry per channel along `axis`, any others as they broadcast.

    Args:
        y: The normalised tensor.
        t: All tensors.
        found: Names of the parameters that are "weight" and "bias".
        axis: Axis of the channels.
    """
    size = [1] * y.dim()
    size[axis] = y.shape[axis]
    gain, shift = (t[found[name]] if name in found else None for name in ("weight", "bias"))
    if gain is not None:
        y = y * (gain.reshape(size) if gain.numel() == y.shape[axis] else gain)
    if shift is not None:
        y = y + (shift.reshape(size) if shift.numel() == y.shape[axis] else shift)
    return y
