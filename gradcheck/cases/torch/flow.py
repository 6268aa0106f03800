"""Which inputs and parameters of a module a gradient reaches, over several draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.points import moved
from gradcheck.cases.torch.binding import matters
from gradcheck.cases.torch.program import Program, TorchSubject
from gradcheck.cases.torch.tensors import joined
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Oracle, Role

#: Points at which a gradient may show itself: a unit that is dead at one of them may live at another.
DRAWS = 3
#: Directions and upstream gradients along which a slope is looked for where autograd gives none.
SLOPES = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a gradient reaches.

    Attributes:
        reached: Names of the primals it reaches at one point at least.
        unreached: Names of those it reaches at none: None, or exactly zero.
        point: Every primal by name, where `unreached` is asked further.
    """

    reached: tuple[str, ...]
    unreached: tuple[str, ...]
    point: Mapping[str, Array]


def flow_of(subject: TorchSubject) -> Flow:
    """Run forward and backward at several points.

    Raises:
        Exception: Whatever backward raises at the first point.
    """
    program = subject.program
    first = point_of(subject)
    reached: dict[str, None] = {}
    for draw in range(DRAWS):
        point = first if draw == 0 else moved(first, program.evaluator.seed, draw)
        try:
            gradients = _gradients(program, point, draw)
        except Exception:  # the user's code may raise anything; at the first point that is the finding
            if draw == 0:
                raise
            continue
        reached |= {name: None for name, gradient in gradients.items() if np.any(gradient)}
        if len(reached) == len(first):
            break
    unreached = tuple(name for name in first if name not in reached)
    return Flow(reached=tuple(reached), unreached=unreached, point=first)


def point_of(subject: TorchSubject) -> dict[str, Array]:
    """Every input and every trained parameter, those without a gradient included."""
    program = subject.program
    point = {name: np.array(program.arguments[name], dtype=np.float64) for name in program.inputs}
    module: Any = program.evaluator.layer
    for name, parameter in module.named_parameters():
        if name in program.parameters:
            point[name] = parameter.detach().double().cpu().numpy().copy()
    return {name: subject.primals.get(name, value) for name, value in point.items()}


def is_used(subject: TorchSubject, flow: Flow, name: str) -> bool:
    """Whether forward's answer depends on a primal."""
    return matters(subject.program, flow.point, name)


def has_slope(subject: TorchSubject, flow: Flow, name: str, oracle: Oracle) -> bool:
    """Whether finite differences see a slope by a primal for which autograd gives none."""
    program, x = subject.program, flow.point[name]
    alone = dataclasses.replace(
        subject,
        primals={name: x},
        roles={name: Role.PARAMETER},
        value=lambda primals: program.value({**flow.point, **primals}),
    )
    y = program.value(flow.point)
    seed = program.evaluator.seed
    tangents = [
        {name: sampling.direction(sampling.generator(seed, f"slope {i}"), x, steps.magnitude(x))} for i in range(SLOPES)
    ]
    cotangents = [sampling.gaussian(sampling.generator(seed, f"slope upstream {i}"), y.shape) for i in range(SLOPES)]
    answer = oracle.directional(alone, tangents, cotangents, y)
    return any(
        estimate.masked < 1.0 and abs(estimate.value) > estimate.error_bound
        for row in answer.estimates
        for estimate in row
    )


def frozen(subject: TorchSubject) -> list[str]:
    """Names of the parameters that are not to be trained: `requires_grad` is False, which is intent."""
    module: Any = subject.program.evaluator.layer
    return [name for name, _ in module.named_parameters() if name not in subject.program.parameters]


def _gradients(program: Program, point: Mapping[str, Array], draw: int) -> Mapping[str, Array]:
    with program.running():
        run = program.run(point)
        size = joined(run.outputs).shape
        rng = sampling.generator(program.evaluator.seed, f"flow {draw}")
        return program.pull(run, sampling.gaussian(rng, size)).found
