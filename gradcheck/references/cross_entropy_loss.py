"""CrossEntropyLoss: mean of -log(softmax(x))[t]."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from gradcheck.matching.losses import class_forms, dense_forms
from gradcheck.matching.settings import number
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Of logits, as torch; of probabilities as a difference, with the small constants people write."""
    from torch.nn.functional import cross_entropy

    smoothing = number(signature, "labelsmoothing", "smoothing", "smooth") or 0.0
    yield from class_forms(signature, partial(cross_entropy, reduction="none", label_smoothing=smoothing))
    told = "takes probabilities where torch takes logits"
    yield from class_forms(signature, _of_probabilities, difference=told)
    for c in signature.constants:
        own = f"{told}, and adds {c:g} within the logarithm"
        yield from class_forms(signature, partial(_of_probabilities, constant=c), difference=own)
        own = f"adds {c:g} to the probabilities within the logarithm"
        yield from class_forms(signature, partial(_shifted, constant=c), difference=own)
    binary = "is that of two classes, BCELoss"
    yield from dense_forms(signature, _binary, difference=binary)


def _of_probabilities(p: Any, t: Any, *, constant: float = 0.0) -> Any:
    from torch.nn.functional import nll_loss

    logarithm = (p + constant).log()
    if not t.is_floating_point():
        return nll_loss(logarithm, t, reduction="none")
    return -(logarithm * t).sum(dim=min(1, p.dim() - 1))


def _shifted(x: Any, t: Any, *, constant: float) -> Any:
    return _of_probabilities(x.softmax(min(1, x.dim() - 1)), t, constant=constant)


def _binary(p: Any, t: Any) -> Any:
    return -t * p.log() - (1.0 - t) * (1.0 - p).log()


def example() -> tuple[Any, tuple[Any, ...]]:
    """Four samples of three."""
    import torch

    x = torch.linspace(-2.0, 30.0, 12, dtype=torch.float64).sin().view(4, 3)
    return torch.nn.CrossEntropyLoss(label_smoothing=0.1), (x, torch.tensor([0, 2, 1, 1]))


REFERENCE = Reference(
    name="cross_entropy_loss",
    title="CrossEntropyLoss",
    summary="mean of -log(softmax(x))[t]",
    aliases=(
        "crossentropy",
        "crossentropyloss",
        "softmaxcrossentropy",
        "softmaxcrossentropyloss",
        "softmaxwithloss",
        "categoricalcrossentropy",
        "categoricalcrossentropyloss",
        "softmaxloss",
        "softmaxcrossentropywithlogits",
        "crossentropywithlogits",
        "ce",
        "celoss",
        "softmaxce",
        "sparsecategoricalcrossentropy",
        "softmaxwithcrossentropy",
        "cceloss",
        "cce",
        "crossentropycost",
        "losscategoricalcrossentropy",
        "activationsoftmaxlosscategoricalcrossentropy",
        "softmaxcategoricalcrossentropy",
        "softmaxwithce",
    ),
    forms=forms,
    example=example,
)
