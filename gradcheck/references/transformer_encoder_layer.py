"""TransformerEncoderLayer: attention and a network of two layers, each with a residual sum and a norm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.transformer import transformer_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Norms after the sums or before the parts, ReLU or GELU."""
    return transformer_forms(signature, 1)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Two heads over a sequence of five; nothing is dropped."""
    import torch

    module = torch.nn.TransformerEncoderLayer(
        6, 2, 8, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin().view(2, 5, 6)
    return module, (x,)


REFERENCE = Reference(
    name="transformer_encoder_layer",
    title="TransformerEncoderLayer",
    summary="attention and a network of two layers, each with a residual sum and a norm",
    aliases=(
        "transformerencoderlayer",
        "encoderlayer",
        "encoderblock",
        "transformerencoder",
        "transformerblock",
        "transformerlayer",
    ),
    forms=forms,
    example=example,
)
