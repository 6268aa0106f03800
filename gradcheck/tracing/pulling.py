"""torch's autograd, asked for the gradients of a tensor along an upstream gradient."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.types import Array

#: Numbers of inputs and outputs, times upstream gradients, that torch goes back with at once: 8 MB of each.
MOST_AT_ONCE = 1_000_000


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


def pulled_each(output: Any, leaf: Any, y_bars: Sequence[Array]) -> list[Array]:
    """<y_bar, d output / d leaf> for each y_bar; torch goes back through the graph with many of them at once.

    Args:
        output: A tensor with a graph, which is kept.
        leaf: A tensor that requires a gradient.
        y_bars: Upstream gradients, of as many entries as the output has.

    Raises:
        RuntimeError: torch cannot go back through one of the operations.
    """
    import torch

    size = max(MOST_AT_ONCE // (output.numel() + leaf.numel()), 1)
    if len(y_bars) > 1 and size > 1:
        upstream = torch.from_numpy(np.array(y_bars, dtype=np.float64)).to(output.dtype)
        try:
            return _at_once(output, leaf, upstream.reshape(len(y_bars), *output.shape), size)
        except (RuntimeError, NotImplementedError, ValueError):
            pass  # an operation that goes back with one at a time only, such as one that writes into its operand
    return [pulled(output, {"": leaf}, y_bar, again=True)[""] for y_bar in y_bars]


def _at_once(output: Any, leaf: Any, upstream: Any, size: int) -> list[Array]:
    import torch

    # Upstream gradients are put in the place of the sum's, for the same reason as above.
    total = output.sum()

    def back(y_bar: Any) -> Any:
        handle = output.register_hook(lambda _: y_bar)
        try:
            (found,) = torch.autograd.grad(total, [leaf], retain_graph=True, allow_unused=True)
        finally:
            handle.remove()
        return torch.zeros_like(leaf) if found is None else found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that an operation is slow this way
        return list(plain(torch.vmap(back, chunk_size=size)(upstream)))


def plain(tensor: Any) -> Array:
    """A tensor's numbers."""
    found: Array = tensor.detach().resolve_conj().resolve_neg().numpy().astype(np.float64, copy=False)
    return found
