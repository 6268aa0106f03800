"""TransformerDecoderLayer: attention to itself and to a memory, and a network of two layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.transformer import transformer_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Norms after the sums or before the parts, ReLU or GELU."""
    return transformer_forms(signature, 2)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Two heads over a sequence of five; nothing is dropped."""
    import torch

    module = torch.nn.TransformerDecoderLayer(
        6, 2, 8, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin().view(2, 5, 6)
    return module, (x, x.cos())


REFERENCE = Reference(
    name="transformer_decoder_layer",
    title="TransformerDecoderLayer",
    summary="attention to itself and to a memory, and a network of two layers",
    aliases=("transformerdecoderlayer", "decoderlayer", "decoderblock", "transformerdecoder"),
    forms=forms,
    example=example,
)
