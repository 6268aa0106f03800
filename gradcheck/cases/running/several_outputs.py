"""Layers whose forward answers with several arrays and whose backward takes an upstream gradient of each.

Which upstream gradient belongs to which output is told by names where `return h_next, c_next` and
`backward(dh_next, dc_next)` share them; else they are taken in order, and another order only where it alone agrees
with forward.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.numerics.stencils import evaluate
from gradcheck.types import Role, Subject

#: Relative agreement that tells one order of the outputs from another, under which gradients have nothing in common.
AGREEMENT = 1.0e-3
#: What stands around the name of an output in the name of its gradient, and around that of a state.
_AROUND = re.compile(r"^(d|grad|dl_?d|delta|g)_?|_?(bar|grad|gradient|next|new|t|out|prev|cur|current)$", re.IGNORECASE)


def callings(request: Request, calling: Calling) -> Iterator[Calling]:
    """The ways in which forward's answer may be taken, the likeliest first.

    Args:
        request: The layer.
        calling: How it is called, if forward answers with one array.

    Raises:
        BuildError: Backward takes more upstream gradients than forward has outputs.
    """
    upstreams = [argument for argument in calling.plan if argument.source == "upstream"]
    raw = _answer(request, calling)
    outputs = _outputs(raw)
    if len(upstreams) < 2:
        if not upstreams or len(outputs) < 2:
            yield calling
            return
        together = dataclasses.replace(calling, outputs=outputs)
        # A list is one answer of many; of a tuple the first is the answer, and the rest may be for the curious.
        yield from (together, calling) if isinstance(raw, list) else (calling, together)
        return
    if len(outputs) < len(upstreams):
        wanted = ", ".join(argument.name for argument in upstreams)
        raise BuildError(
            f"backward takes {len(upstreams)} upstream gradients ({wanted}), but forward answers with {_said(raw)}"
        )
    names = _returned_names(getattr(request.evaluator.layer, request.forward))
    by_name = _by_name([argument.name for argument in upstreams], names)
    if by_name is not None:
        yield dataclasses.replace(calling, outputs=by_name)
        return
    for order in itertools.permutations(outputs[: len(upstreams)]):
        yield dataclasses.replace(calling, outputs=order)


def items(request: Request, wanted: Sequence[str]) -> tuple[dict[str, int], bool]:
    """The items of forward's answer beside its output that arguments of backward are, and whether names say so.

    Where they do not, places do; none where there are more of the one than of the other.

    Args:
        request: The layer.
        wanted: Backward's arguments of which nothing else is known.
    """
    calling = Calling(
        forward=request.forward,
        backward=request.backward,
        arguments=request.arguments,
        differentiable=request.differentiable,
    )
    raw = _answer(request, calling)
    if not wanted or not isinstance(raw, tuple):
        return {}, False
    names = _returned_names(getattr(request.evaluator.layer, request.forward))
    if all(names.count(name) == 1 for name in wanted):
        return {name: names.index(name) for name in wanted}, True
    return (dict(zip(wanted, range(1, len(raw)), strict=True)) if len(wanted) == len(raw) - 1 else {}), False


def agrees(subject: Subject) -> bool:
    """Whether <y_bar, J x_dot> = <vjp(y_bar), x_dot> along one direction, closely enough to tell orders apart."""
    rng = sampling.generator(0, "order of outputs")
    inputs = {name: x for name, x in subject.primals.items() if subject.roles[name] is Role.INPUT}
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = sampling.gaussian(rng, y.shape)
    gradients = vjp(y_bar).gradients
    tangents = {
        name: sampling.direction(rng, x, steps.magnitude(x))
        for name, x in inputs.items()
        if name in gradients and gradients[name].shape == x.shape
    }
    stencil = evaluate(
        lambda t: subject.value({**subject.primals, **{n: inputs[n] + t * x_dot for n, x_dot in tangents.items()}}),
        steps.stencil_step(subject.noise),
        y,
    )
    expected = float(np.sum(y_bar * stencil.derivative()))
    actual = sum(float(np.sum(gradients[name] * x_dot)) for name, x_dot in tangents.items())
    return bool(tangents) and abs(actual - expected) <= AGREEMENT * abs(expected)


def _answer(request: Request, calling: Calling) -> Any:
    def forward() -> Any:
        return calling.run_forward(request.evaluator.copy(), {})[0]

    return request.evaluator.run(forward)


def _outputs(raw: Any) -> tuple[int, ...]:
    """Where in forward's answer floating-point arrays stand."""
    if not isinstance(raw, (tuple, list)):
        return ()
    return tuple(
        index
        for index, item in enumerate(raw)
        if isinstance(item, np.ndarray) and item.size and np.issubdtype(item.dtype, np.floating)
    )


def _said(raw: Any) -> str:
    if isinstance(raw, (tuple, list)):
        return f"a {type(raw).__name__} that holds {len(_outputs(raw))} floating-point arrays"
    return "one array" if isinstance(raw, np.ndarray) else type(raw).__name__


def _by_name(upstreams: list[str], outputs: list[str]) -> tuple[int, ...] | None:
    """Index of the output each upstream gradient is named after; None unless each is named after one of its own."""
    cores = [_core(name) for name in outputs]
    found = [cores.index(_core(name)) if cores.count(_core(name)) == 1 else -1 for name in upstreams]
    return tuple(found) if -1 not in found and len(set(found)) == len(found) else None


def _core(name: str) -> str:
    """What a name says of an output: `h` for `dh_next`, `h_t`, `grad_h` and `h_next_bar`."""
    before = None
    while name != before:
        before, name = name, _AROUND.sub("", name) or name
    return name.lower().strip("_")


def _returned_names(method: Any) -> list[str]:
    """The names in forward's last `return a, b`; "" for what has no name, nothing where it cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    except (OSError, TypeError, SyntaxError):
        return []
    returns = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    if not returns or not isinstance(returns[-1], (ast.Tuple, ast.List)):
        return []
    return [_name(item) for item in returns[-1].elts]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
