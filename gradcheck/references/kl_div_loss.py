"""KLDivLoss: sum of t (log(t) - p), p being the logarithm of a probability."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import dense_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of logarithms, as torch; of probabilities or logits as a difference."""
    from torch.nn.functional import kl_div

    yield from dense_forms(signature, partial(kl_div, reduction="none"))
    told = "takes probabilities where torch takes their logarithms"
    yield from dense_forms(signature, lambda p, t: kl_div(p.log(), t, reduction="none"), difference=told)
    told = "takes logits where torch takes logarithms of probabilities"
    yield from dense_forms(signature, lambda p, t: kl_div(p.log_softmax(-1), t, reduction="none"), difference=told)
    exchanged = "exchanges prediction and target"
    yield from dense_forms(signature, lambda p, t: kl_div(t.log(), p, reduction="none"), difference=exchanged)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.KLDivLoss(reduction="batchmean"), (x.log_softmax(-1), x.cos().softmax(-1))


REFERENCE = Reference(
    name="kl_div_loss",
    title="KLDivLoss",
    summary="sum of t (log(t) - p), p being the logarithm of a probability",
    aliases=(
        "kldiv",
        "kldivloss",
        "kldivergence",
        "kl",
        "klloss",
        "kullbackleibler",
        "kullbackleiblerdivergence",
        "kldivergenceloss",
        "relativeentropy",
    ),
    forms=forms,
    example=example,
)
