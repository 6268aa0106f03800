"""LSTMCell: gates i, f, g, o of x W^T + h U^T + b; c' = f c + i g; h' = o tanh(c')."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.recurrent import LSTM, cell_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Gates in any order, together or apart."""
    return cell_forms(signature, LSTM)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Three features, a state of two."""
    import torch

    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin()
    return torch.nn.LSTMCell(3, 2, dtype=torch.float64), (x[:12].view(4, 3),)


REFERENCE = Reference(
    name="lstm_cell",
    title="LSTMCell",
    summary="gates i, f, g, o of x W^T + h U^T + b; c' = f c + i g; h' = o tanh(c')",
    aliases=("lstmcell", "lstmstep", "lstmunit"),
    forms=forms,
    example=example,
)
