"""GRUCell: gates r, z, n; h' = (1 - z) n + z h."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcheck.matching.recurrent import GRU, cell_forms
from gradcheck.types import Form, Reference, Signature


def forms(signature: Signature) -> Iterator[Form]:
    """Gates in any order, together or apart."""
    return cell_forms(signature, GRU)


def example() -> tuple[Any, tuple[Any, ...]]:
    """Three features, a state of two."""
    import torch

    x = torch.linspace(0.0, 50.0, 60, dtype=torch.float64).sin()
    return torch.nn.GRUCell(3, 2, dtype=torch.float64), (
        x[:12].view(4, 3),
        x[20:28].view(4, 2),
    )


REFERENCE = Reference(
    name="gru_cell",
    title="GRUCell",
    summary="gates r, z, n; h' = (1 - z) n + z h",
    aliases=("grucell", "grustep", "gruunit"),
    forms=forms,
    example=example,
)
