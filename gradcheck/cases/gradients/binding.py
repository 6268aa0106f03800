"""From a constructed layer and inputs to a Subject: find the parameters, find their gradients, fix the point.

The order matters: gradients are looked for at the layer's own values, then parameters that are constant are
re-drawn, one by one, and only those that have a gradient.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.finding import evident, gradient_sources, stateful_updates
from gradcheck.cases.gradients.live import beside, opened
from gradcheck.cases.gradients.parameters import effective
from gradcheck.cases.gradients.points import away_from_initial
from gradcheck.cases.gradients.rebinding import rebound
from gradcheck.cases.gradients.settling import settle
from gradcheck.cases.gradients.sources import Aftermath
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.copies import Lending, is_same
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import array_of
from gradcheck.cases.states.anatomy import LARGE
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Role, Subject


def bind(
    identity: str,
    evaluator: Evaluator,
    calling: Calling,
    *,
    cotangent: Array | None = None,
    forget_calls: bool = False,
) -> Subject:
    """Bind a layer to a Subject.

    Args:
        identity: The layer's identity.
        evaluator: Runs the layer on copies.
        calling: How to call it.
        cotangent: The only upstream gradient, where backward takes none.
        forget_calls: Whether lists that a first, weight-making forward appended to are emptied.

    Raises:
        BuildError: Forward does not answer with finite numbers, or backward leaves no gradient anywhere.
    """
    inputs = {name: np.array(array_of(calling.arguments, name), dtype=np.float64) for name in calling.differentiable}
    original = evaluator
    evaluator, y, dtype, is_scalar = settle(evaluator, calling, inputs, forget_calls=forget_calls)
    bound = Bound(
        identity=identity, evaluator=evaluator, calling=calling, parameters={}, sources={}, point=inputs,
        output_dtype=dtype, is_scalar=is_scalar,
    )  # fmt: skip
    y_bar = (
        cotangent
        if cotangent is not None
        else sampling.gaussian(sampling.generator(evaluator.seed, "binding"), y.shape)
    )
    matters = effective(evaluator, calling, inputs, y, known=evident(bound, y_bar))
    parameters = {item.name: item for item in matters}
    point = {**inputs, **{name: np.array(item.value, dtype=np.float64) for name, item in parameters.items()}}
    bound = dataclasses.replace(bound, parameters=parameters, point=point)
    left = bound.aftermath(bound.point, y_bar)
    sources, notes = gradient_sources(bound, inputs, y_bar, left)
    if not sources:
        raise BuildError(
            "backward returned no array and left none on the layer that gradcheck recognises as a gradient"
        )
    if all(left.read(source, name) is None for name, source in sources.items()):
        raise BuildError("backward leaves every gradient None: the layer may be frozen, or not trained by backward")
    stateful = stateful_updates(bound, sources, y_bar)
    for name in stateful:
        del sources[name]
        notes.append(f"`{name}` is moved by an optimizer inside backward; its gradient cannot be read off the step")
    found = {name: item for name, item in parameters.items() if name in sources}
    point = {name: value for name, value in point.items() if name in inputs or name in found}
    bound = dataclasses.replace(bound, parameters=found, sources=sources, point=point)
    lending = _lending(bound, left)
    point = away_from_initial(bound.value, bound.point, found.values(), y.shape, evaluator.seed)
    # Of what each parameter was before, nothing is asked any more but where it is.
    kept = {name: dataclasses.replace(item, value=point[name]) for name, item in found.items()}
    bound = dataclasses.replace(bound, lending=lending, point=point, parameters=kept)
    updates = bool(stateful) or any(source.kind == "update" for source in sources.values())
    return Subject(
        name=identity,
        primals=bound.point,
        roles={name: Role.INPUT if name in inputs else Role.PARAMETER for name in bound.point},
        native={**{name: item.value.dtype for name, item in found.items()}, "output": dtype},
        precision=_precision(bound),
        value=bound.value,
        value_and_vjp=bound.value_and_vjp,
        replay=bound.replay,
        drive=functools.partial(opened, bound, is_fresh=evaluator is original),
        drive_beside=functools.partial(beside, bound, is_fresh=evaluator is original),
        cotangent=cotangent,
        updates_parameters=updates,
        stateful_update=bool(stateful),
        unknown_rate=updates and not calling.learning_rate,
        unchecked=tuple(notes),
        rebind=None if evaluator is not original else functools.partial(rebound, bound, cotangent),
    )


def _lending(bound: Bound, left: Aftermath) -> Lending:
    """Large parameters that neither forward nor backward changed, and large buffers that backward puts others for."""
    parameters = frozenset(
        item.paths
        for name, item in bound.parameters.items()
        if item.value.size >= LARGE
        and all(is_same(side.get(item.name), bound.point[name]) for side in (left.before, left.after))
    )
    return Lending(tiers=(parameters | {(path,) for path in left.replaced}, parameters)) if parameters else Lending()


def _precision(bound: Bound) -> float:
    """Epsilon of what forward keeps for backward: float32 caches make a float64 gradient as exact as float32."""
    kept = [value.dtype for value in bound.kept_by_forward() if isinstance(value, np.ndarray) and value.size > 1]
    return float(np.finfo(np.float32).eps) if np.dtype(np.float32) in kept else steps.EPSILON
