"""A layer bound in the way another of its class was: its gradients are read at the same places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.parameters import held_at
from gradcheck.cases.gradients.points import away_from_initial
from gradcheck.cases.gradients.tying import retied
from gradcheck.cases.running.copies import Lending
from gradcheck.cases.running.items import array_of
from gradcheck.errors import BuildError
from gradcheck.types import Array, Presentation, Role, Subject


def rebound(
    bound: Bound,
    cotangent: Array | None,
    layer: object,
    arguments: Mapping[str, Any],
    presentation: Presentation,
) -> Subject | None:
    """The subject of another layer of the class, or of the same one on other inputs.

    Nothing is searched for: parameters and gradients are where they were. It serves to look at many configurations;
    what is suspicious is bound from the beginning.

    Args:
        bound: The layer whose gradients have been found.
        cotangent: The only upstream gradient, of ones, where backward takes none.
        layer: The other layer.
        arguments: Forward's arguments.
        presentation: How arrays lie in memory.

    Returns:
        None where the layer holds arrays that the first one did not, or not the views that it had.

    Raises:
        BuildError: Forward's answer is not finite.
        Exception: What forward raises.
    """
    # The same layer is not walked again.
    own = layer is bound.evaluator.layer
    evaluator = bound.evaluator if own else dataclasses.replace(bound.evaluator, layer=layer)
    items = {item.name: item for item in held_at(evaluator.anatomy.held)}
    if not own and not items.keys() <= {item.name for item in held_at(bound.evaluator.anatomy.held)}:
        return None
    calling = dataclasses.replace(bound.calling, arguments=arguments, presentation=presentation)
    inputs = {name: np.array(array_of(arguments, name), dtype=np.float64) for name in calling.differentiable}

    def action() -> tuple[Any, Any]:
        copied: Any = evaluator.copy()
        raw, _ = calling.run_forward(copied, inputs)
        return raw, calling.output_of(raw, copied)

    raw, output = evaluator.run(action)
    if not np.all(np.isfinite(output)):
        raise BuildError("forward's answer is not finite")
    # One without a bias has one gradient less.
    found = {name: items[name] for name in bound.parameters if name in items}
    kept = {name: source for name, source in bound.sources.items() if name in inputs or name in found}
    places = evaluator.anatomy.held
    sources = {name: retied(name, source, places) if source.others else source for name, source in kept.items()}
    known = {name: source for name, source in sources.items() if source is not None}
    if len(known) < len(sources):
        return None
    other = dataclasses.replace(
        bound,
        evaluator=evaluator,
        calling=calling,
        parameters=found,
        sources=known,
        point={**inputs, **{name: np.array(item.value, dtype=np.float64) for name, item in found.items()}},
        output_dtype=output.dtype,
        is_scalar=not isinstance(raw, np.ndarray) and np.ndim(output) == 0,
        lending=Lending(),
    )
    point = away_from_initial(other.value, other.point, found.values(), np.shape(output), evaluator.seed)
    other = dataclasses.replace(other, point=point)
    return Subject(
        cotangent=None if cotangent is None else np.ones(np.shape(output)),
        name=bound.identity,
        primals=point,
        roles={name: Role.INPUT if name in inputs else Role.PARAMETER for name in point},
        native={**{name: item.value.dtype for name, item in found.items()}, "output": output.dtype},
        value=other.value,
        value_and_vjp=other.value_and_vjp,
        replay=other.replay,
    )
