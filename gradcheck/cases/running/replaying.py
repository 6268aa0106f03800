"""Forward run again with its arrays exchanged for what stands for arrays."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import with_items
from gradcheck.cases.states.anatomy import Anatomy, anatomy_of
from gradcheck.types import Array

Exchange = Callable[[Array, str | None], Any]


def replay(
    evaluator: Evaluator,
    calling: Calling,
    primals: Mapping[str, Array],
    parameters: Mapping[tuple[str, ...], Array],
    exchange: Exchange,
    surrounding: AbstractContextManager[None],
) -> Any:
    """Forward's answer, not converted.

    Args:
        evaluator: Its layer is copied, its environment and seed used.
        calling: How forward is called.
        primals: Name to value.
        parameters: Paths of a parameter to its value, one of `primals`.
        exchange: (array, name of the primal it is or None) -> what stands there instead.
        surrounding: Entered before anything is copied, left after forward.
    """

    def action() -> Any:
        with surrounding:
            names = {id(value): name for name, value in primals.items()}
            layer = _exchanged(
                evaluator.layer, evaluator.anatomy, parameters, lambda array: exchange(array, names.get(id(array)))
            )
            inputs = {name: exchange(primals[name], name) for name in calling.differentiable}
            others = with_items(calling.arguments, dict.fromkeys(inputs))
            given = _exchanged(others, anatomy_of(others), {}, lambda array: exchange(array, None))
            raw, _ = dataclasses.replace(calling, arguments=given).run_forward(layer, inputs)
            return calling.answer_in(raw, layer)

    return evaluator.run(action)


def _exchanged(
    owner: Any,
    anatomy: Anatomy,
    values: Mapping[tuple[str, ...], Array],
    exchange: Callable[[Array], Any],
) -> Any:
    """A deep copy in which what stands for an array is put instead of copying it."""
    by_path = {path: value for paths, value in values.items() for path in paths}
    memo = {key: exchange(value) if key in anatomy.shared else value for key, value in anatomy.memo().items()}
    done: set[int] = set()
    for path, array in anatomy.held.items():
        if type(array) is not np.ndarray or id(array) in done or not array.size or array.dtype.kind != "f":
            continue
        value = by_path.get(path)
        done.add(id(array))
        if id(array) in anatomy.shared and (value is None or value.dtype == array.dtype):
            if value is not None:
                memo[id(array)][...] = exchange(value)
            continue
        # As in a plain run, a wider dtype is an array of its own.
        memo[id(array)] = exchange(array if value is None else value)
    return copy.deepcopy(owner, memo)
