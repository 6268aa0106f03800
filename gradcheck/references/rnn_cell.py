"""RNNCell: h' = tanh(x W^T + h U^T + b)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.recurrent import RNN, cell_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Gates in any order, together or apart."""
    return cell_forms(signature, RNN)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Three features, a state of two."""
    import torch

    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin()
    return torch.nn.RNNCell(3, 2, dtype=torch.float64), (
        x[:12].view(4, 3),
        x[20:28].view(4, 2),
    )


REFERENCE = Reference(
    name="rnn_cell",
    title="RNNCell",
    summary="h' = tanh(x W^T + h U^T + b)",
    aliases=("rnncell", "rnnstep", "vanillarnncell", "recurrentcell"),
    forms=forms,
    example=example,
)
