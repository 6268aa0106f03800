"""torch's autograd, asked for the gradients of a tensor along an upstream gradient."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.types import Array

#: Numbers of inputs and outputs, times upstream gradients, that torch goes back with at once: 8 MB of each.
MOST_AT_ONCE = 1_000_000
#: torch's hooks in a graph, by which they are removed.
Handles = Sequence[Any]


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

    total = weighted(output, y_bar)
    found = torch.autograd.grad(total, list(leaves.values()), retain_graph=again, allow_unused=True)
    return {
        name: np.zeros(tuple(leaf.shape)) if gradient is None else plain(gradient)
        for (name, leaf), gradient in zip(leaves.items(), found, strict=True)
    }


def weighted(output: Any, y_bar: Array) -> Any:
    """<y_bar, output>, a scalar."""
    import torch

    # The sum's gradient by the output is the upstream gradient to the last bit. Handed over as such, torch first
    # imports what checks symbolic shapes, half a second of it.
    upstream = torch.from_numpy(np.array(y_bar, dtype=np.float64)).to(output.dtype)
    return (output * upstream.reshape(output.shape)).sum()


def pulled_each(output: Any, leaf: Any, y_bars: Sequence[Array]) -> Sequence[Array]:
    """<y_bar, d output / d leaf> for each y_bar; torch goes back through the graph with many of them at once.

    Args:
        output: A tensor with a graph, which is kept.
        leaf: A tensor that requires a gradient.
        y_bars: Upstream gradients, of as many entries as the output has.

    Raises:
        RuntimeError: torch cannot go back through one of the operations.
    """
    total = output.sum()

    # Upstream gradients are put in the place of the sum's, for the same reason as above.
    def replaced(y_bar: Any) -> Handles:
        return [output.register_hook(lambda _: y_bar.to(output.dtype).reshape(output.shape))]

    found = together(total, leaf, replaced, [np.array(y_bars)]) if len(y_bars) > 1 else None
    return [pulled(output, {"": leaf}, y_bar, again=True)[""] for y_bar in y_bars] if found is None else found


def together(total: Any, leaf: Any, hooked: Callable[..., Handles], rows: Sequence[Array]) -> Sequence[Array] | None:
    """D total / d leaf under hooks that depend on numbers, for many such numbers at once.

    Args:
        total: A scalar with a graph, which is kept.
        leaf: A tensor that requires a gradient.
        hooked: (one row of each array, as tensors) -> hooks in the graph, which are removed afterwards.
        rows: Arrays of as many rows as gradients are wanted.

    Returns:
        As many gradients; None where an operation goes back with one at a time only, such as one that writes into its
        operand, or where they are too large for more to be worth it.
    """
    import torch

    def back(*chosen: Any) -> Any:
        handles = hooked(*chosen)
        try:
            (found,) = torch.autograd.grad(total, [leaf], retain_graph=True, allow_unused=True)
        finally:
            for handle in handles:
                handle.remove()
        return torch.zeros_like(leaf) if found is None else found

    size = MOST_AT_ONCE // (leaf.numel() + sum(array[0].size for array in rows))
    if size <= 1:
        return None
    stacked = [torch.from_numpy(array.astype(np.float64, copy=False)) for array in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that an operation is slow this way
        try:
            return list(plain(torch.vmap(back, chunk_size=size)(*stacked)))
        except (RuntimeError, NotImplementedError, ValueError):
            return None


def plain(tensor: Any) -> Array:
    """A tensor's numbers."""
    found: Array = tensor.detach().resolve_conj().resolve_neg().numpy().astype(np.float64, copy=False)
    return found
