"""Layers that make their weights on the first forward, and what that first forward leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.parameters import answer, effective, held
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.states.state import lists
from gradcheck.errors import BuildError
from gradcheck.types import Array


def settle(
    evaluator: Evaluator, calling: Calling, inputs: Mapping[str, Array], *, forget_calls: bool
) -> tuple[Evaluator, Array, np.dtype[Any], bool]:
    """Run forward once; where that creates arrays that matter, start from the layer it left.

    Args:
        evaluator: Runs the layer on copies.
        calling: How to call it.
        inputs: The primals that are inputs.
        forget_calls: Whether lists that this first forward appended to are emptied of it.

    Returns:
        The evaluator to go on with, forward's answer, its dtype, and whether it is a bare number.

    Raises:
        BuildError: Forward's answer is not finite, or not a floating-point array.
        Exception: What forward raises.
    """

    def action() -> tuple[Any, Any]:
        layer: Any = evaluator.copy()
        raw, _ = calling.run_forward(layer, inputs)
        return layer, raw

    layer, raw = evaluator.run(action)
    output = calling.output_of(raw, layer)
    y = np.array(output, dtype=np.float64)
    if not np.all(np.isfinite(y)):
        raise BuildError("forward's answer is not finite")
    is_scalar = not isinstance(raw, np.ndarray) and np.ndim(output) == 0
    existed = {item.name for item in held(evaluator.layer)}
    if not any(item.name not in existed for item in held(layer)):
        return evaluator, y, output.dtype, is_scalar
    settled = dataclasses.replace(evaluator, layer=layer)
    try:
        again = answer(settled, calling, inputs, {})
    except Exception:  # noqa: BLE001 - a layer that takes one forward only was complete before it
        return evaluator, y, output.dtype, is_scalar
    matters = effective(settled, calling, inputs, again, known=existed)
    made = [item for item in matters if item.name not in existed]
    if not made:
        return evaluator, y, output.dtype, is_scalar
    if forget_calls:
        _forget_calls(settled, calling, inputs)
    return settled, again, output.dtype, is_scalar


def _forget_calls(settled: Evaluator, calling: Calling, inputs: Mapping[str, Array]) -> None:
    """Take out of a layer's lists what its first forward appended: a second entry is a second call to backward.

    A list that grows by as much with every call is such a cache.
    """

    def action() -> Any:
        layer: Any = settled.copy()
        calling.run_forward(layer, inputs)
        return layer

    later = {path: len(kept) for path, kept in lists(settled.run(action))}
    for path, kept in lists(settled.layer):
        grown = later.get(path, 0) - len(kept)
        if 0 < grown <= len(kept):
            del kept[-grown:]
