"""Gradients by torch through given upstream gradients."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any


def pulled(
    outputs: Sequence[Any], upstream: Sequence[Any], inputs: Sequence[Any], *, create_graph: bool = False
) -> Sequence[Any]:
    """sum_i <upstream_i, d output_i / d input> for each input, None where no output depends on it.

    What `torch.autograd.grad(outputs, inputs, upstream)` gives, and each backward is handed the very tensor: its
    memory layout is a case of its own, and what backward writes into it is seen. Handed upstream gradients, torch
    first imports what checks symbolic shapes, and with it sympy: two seconds of it.

    Args:
        outputs: Tensors with a graph, at least one.
        upstream: A tensor of its shape for each.
        inputs: Leaves of the graph.
        create_graph: Whether the gradients have a graph of their own.

    Raises:
        Exception: Whatever a backward raises, and what torch says of the gradients it returned.
    """
    import torch

    handing = _handing()
    total = sum(handing.apply(output, part) for output, part in zip(outputs, upstream, strict=True))
    found: Sequence[Any] = torch.autograd.grad(total, inputs, create_graph=create_graph, allow_unused=True)
    return found


@functools.cache
def _handing() -> Any:
    import torch

    class Handing(torch.autograd.Function):  # type: ignore[misc] # torch is Any here
        """A zero whose gradient by an output is what it was handed."""

        @staticmethod
        def forward(ctx: Any, output: Any, upstream: Any) -> Any:
            ctx.upstream = upstream
            return output.new_zeros(())

        @staticmethod
        def backward(ctx: Any, _: Any) -> Any:
            return ctx.upstream, None

    return Handing
