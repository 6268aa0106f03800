"""The gradient of a torch function as a Subject of its own: what is checked when it is differentiated once more."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.torch.program import Program, Run, TorchSubject
from gradcheck.cases.torch.pulling import pulled
from gradcheck.cases.torch.tensors import array_of, joined, parted, tensor_of
from gradcheck.numerics import noise, sampling, steps
from gradcheck.types import Array, Primals, Pullback, Role, Vjp

#: What the upstream gradient is called among the primals.
UPSTREAM = "upstream gradient"
#: The node of torch's graph that raises when it is reached. No leaf lies behind it, so that it seldom is.
RAISING = "Error"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gradient:
    """(x, y_bar) -> every gradient of <y_bar, f(x)>, one after another.

    Attributes:
        program: f.
        names: The primals x whose gradients are taken.
        shape: Of y.
    """

    program: Program
    names: tuple[str, ...]
    shape: tuple[int, ...]

    def value(self, primals: Primals) -> Array:
        """Primals -> gradients."""
        with self.program.running():
            gradients, _, _ = self._first(primals)
            return joined(gradients)

    def value_and_vjp(self, primals: Primals) -> tuple[Array, Vjp]:
        """Primals -> (gradients, vjp); what autograd says is cut off counts as zero, as it does to a user."""
        value = self.value(primals)

        def vjp(cotangent: Array) -> Pullback:
            with self.program.running():
                gradients, run, upstream = self._first(primals)
                return Pullback(gradients=self._second(gradients, run, upstream, cotangent, primals))

        return value, vjp

    def is_marked(self, primals: Primals) -> bool:
        """Whether the gradients' graph begins at the node that once_differentiable puts there to raise."""
        with self.program.running():
            waiting = [g.grad_fn for g in self._first(primals)[0] if g.grad_fn is not None]
            seen: set[Any] = set()
            while waiting:
                node = waiting.pop()
                if type(node).__name__ == RAISING:
                    return True
                if node not in seen:
                    seen.add(node)
                    waiting += [before for before, _ in node.next_functions if before is not None]
        return False

    def _first(self, primals: Primals) -> tuple[list[Any], Run, Any]:
        inner = {name: primals[name] for name in self.names}
        run = self.program.run(inner)
        # One leaf for all outputs, in the widest way: its parts reach them through the graph.
        upstream = tensor_of(primals[UPSTREAM], self.program.dtype, self.program.device).requires_grad_()
        parts = _parts(upstream, run.outputs)
        pairs = [(o, u) for o, u in zip(run.outputs, parts, strict=True) if o.requires_grad]
        leaves = [run.leaves[name] for name in self.names]
        found = pulled([o for o, _ in pairs], [u for _, u in pairs], leaves, create_graph=True)
        return [_or_zeros(g, run.leaves[n]) for g, n in zip(found, self.names, strict=True)], run, upstream

    def _second(
        self, gradients: Sequence[Any], run: Run, upstream: Any, cotangent: Array, primals: Primals
    ) -> Mapping[str, Array]:
        pairs = [(g, c) for g, c in zip(gradients, parted(cotangent, gradients), strict=True) if g.requires_grad]
        leaves = {**{name: run.leaves[name] for name in self.names}, UPSTREAM: upstream}
        found: Sequence[Any] = [None] * len(leaves)
        if pairs:
            found = pulled([g for g, _ in pairs], [c for _, c in pairs], list(leaves.values()))
        return {
            name: np.zeros(primals[name].shape) if gradient is None else array_of(gradient)
            for name, gradient in zip(leaves, found, strict=True)
        }


def gradient_of(subject: TorchSubject, names: Sequence[str], y: Array) -> TorchSubject | None:
    """The Subject of a subject's gradient, None where backward is marked with once_differentiable.

    Args:
        subject: A torch function.
        names: The primals that have a gradient.
        y: Its value.

    Raises:
        RuntimeError: What torch says of a backward that cannot be differentiated.
    """
    gradient = _Gradient(program=subject.program, names=tuple(names), shape=y.shape)
    upstream = sampling.gaussian(sampling.generator(subject.program.evaluator.seed, "second upstream"), y.shape)
    point = {**{name: subject.primals[name] for name in names}, UPSTREAM: upstream}
    if gradient.is_marked(point):
        return None
    value, vjp = gradient.value_and_vjp(point)
    vjp(np.ones(value.shape))
    rng = sampling.generator(0, "noise")
    tangents = {n: sampling.direction(rng, x, steps.magnitude(x)) for n, x in point.items()}
    measured = noise.measure(lambda t: gradient.value({n: x + t * tangents[n] for n, x in point.items()}), value)
    return dataclasses.replace(
        subject,
        primals=point,
        roles=dict.fromkeys(point, Role.INPUT),
        value=gradient.value,
        value_and_vjp=gradient.value_and_vjp,
        cotangent=None,
        noise=measured,
        unchecked=(),
        notes=(),
    )


def _parts(upstream: Any, outputs: Sequence[Any]) -> list[Any]:
    flat, parts, start = upstream.reshape(-1), [], 0
    for output in outputs:
        parts.append(flat[start : start + output.numel()].reshape(output.shape).to(output.dtype))
        start += output.numel()
    return parts


def _or_zeros(gradient: Any, leaf: Any) -> Any:
    import torch

    return torch.zeros_like(leaf) if gradient is None else gradient
