"""NLLLoss: mean of -p[t], p being logarithms of probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.losses import class_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of logarithms of probabilities, as torch; of probabilities or logits as a difference."""
    yield from class_forms(signature, _picked)
    told = "takes probabilities where torch takes their logarithms"
    yield from class_forms(signature, lambda p, t: _picked(p.log(), t), difference=told)
    told = "takes logits where torch takes logarithms of probabilities"
    yield from class_forms(signature, _of_logits, difference=told)


def _of_logits(x: Any, t: Any) -> Any:
    return _picked(x.log_softmax(min(1, x.dim() - 1)), t)


def _picked(p: Any, t: Any) -> Any:
    from torch.nn.functional import nll_loss

    if not t.is_floating_point():
        return nll_loss(p, t, reduction="none")
    return -(p * t).sum(dim=min(1, p.dim() - 1))


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.NLLLoss(), (x.log_softmax(-1), torch.tensor([0, 2, 1, 1]))


REFERENCE = Reference(
    name="nll_loss",
    title="NLLLoss",
    summary="mean of -p[t], p being logarithms of probabilities",
    aliases=("nll", "nllloss", "negativeloglikelihood", "negativeloglikelihoodloss"),
    forms=forms,
    example=example,
)
