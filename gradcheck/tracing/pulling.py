"""torch's autograd, asked for the gradients of a tensor along an upstream gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.types import Array


def pulled(output: Any, leaves: Mapping[str, Any], y_bar: Array, *, again: bool = False) -> dict[str, Array]:
    """<y_bar, d output / d leaf> for each leaf, zeros where the output does not depend on it.

    Args:
        output: A tensor with a graph.
        leaves: Name to a tensor that requires a gradient.
        y_bar: The upstream gradient, of as many entries as the output has.
        again: Whether the graph is kept for another call.

    Raises:
        RuntimeError: torch cannot go back through one of the operations.
    """
    import torch

    upstream = torch.from_numpy(np.array(y_bar, dtype=np.float64)).to(output.dtype)
    # The sum's gradient by the output is the upstream gradient to the last bit. Handed over as such, torch first
    # imports what checks symbolic shapes, half a second of it.
    scalar = (output * upstream.reshape(output.shape)).sum()
    found = torch.autograd.grad(scalar, list(leaves.values()), retain_graph=again, allow_unused=True)
    return {
        name: np.zeros(tuple(leaf.shape)) if gradient is None else plain(gradient)
        for (name, leaf), gradient in zip(leaves.items(), found, strict=True)
    }


def plain(tensor: Any) -> Array:
    """A tensor's numbers."""
    found: Array = tensor.detach().resolve_conj().resolve_neg().numpy().astype(np.float64, copy=False)
    return found
