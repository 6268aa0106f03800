"""A torch function or module as a function of named arrays: one run, its leaves, its answer, its gradients."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.torch.kinds import Kind, kind_of
from gradcheck.cases.torch.pulling import pulled
from gradcheck.cases.torch.settings import reproducible, reseed
from gradcheck.cases.torch.tensors import array_of, joined, parted, tensor_of, tensors_in
from gradcheck.types import Array, Primals, Subject

#: What arranges a tensor in memory without changing its numbers.
Arrangement = Callable[[Any], Any]


def as_it_is(tensor: Any) -> Any:
    """The tensor itself."""
    return tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One forward, with its graph.

    Attributes:
        leaves: Primal name to the leaf of the graph it became.
        given: Name to the tensor that was handed to forward.
        outputs: The floating-point tensors of the answer, in order.
        returned: The answer as it came.
    """

    leaves: Mapping[str, Any]
    given: Mapping[str, Any]
    outputs: Sequence[Any]
    returned: Any

    @property
    def differentiable(self) -> list[Any]:
        """The outputs that depend on a leaf, as far as autograd knows."""
        return [output for output in self.outputs if output.requires_grad]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """What one backward gave.

    Attributes:
        found: Primal name to gradient.
        missing: Names for which autograd has none.
        upstream_changed: Whether backward wrote into its upstream gradient.
    """

    found: Mapping[str, Array]
    missing: tuple[str, ...]
    upstream_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How a torch function or module is run.

    Attributes:
        evaluator: Holds the module, or the function's class, and its seed; modules are run on copies.
        forward: Name of the module's method; functions are run by `apply`.
        arguments: Forward's arguments by name, in order: arrays become tensors.
        inputs: Names of the arguments that are differentiated by.
        parameters: Names of the module's parameters that are.
        dtype: torch.dtype of every floating-point tensor.
        device: torch.device of every tensor.
    """

    evaluator: Evaluator
    forward: str
    arguments: Mapping[str, Any]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    dtype: Any = None
    device: Any = field(default=None)

    @property
    def kind(self) -> Kind:
        """Whether it is a function or a module."""
        return kind_of(self.evaluator.layer)

    @contextlib.contextmanager
    def running(self, *, aside: int = 0) -> Iterator[None]:
        """The surroundings in which the user's code runs; `aside` moves the seed."""
        layer = self.evaluator.layer
        cls = layer if isinstance(layer, type) else type(layer)
        with self.evaluator.environment(), reproducible(self.evaluator.seed + aside, cls, self.dtype, self.device):
            yield

    def value(self, primals: Primals) -> Array:
        """Primals -> y, float64."""
        with self.running():
            return joined(self.run(primals, wanted=()).outputs)

    def run(self, primals: Primals, *, wanted: Sequence[str] | None = None, arrange: Arrangement = as_it_is) -> Run:
        """One forward; called inside `running`.

        Args:
            primals: Inputs and parameters by name; a parameter that is left out keeps its value.
            wanted: Names whose gradient will be asked for; all by default.
            arrange: Arranges each input in memory.

        Raises:
            Exception: Whatever forward raises.
        """
        asked = set(primals) if wanted is None else set(wanted)
        layer, leaves = self._layer(primals, asked)
        given: dict[str, Any] = {}
        for name, argument in self.arguments.items():
            if not isinstance(argument, np.ndarray):
                given[name] = argument
                continue
            leaf = tensor_of(primals.get(name, argument), self.dtype, self.device)
            if name in self.inputs:
                leaves[name] = leaf.requires_grad_(name in asked)
            # A copy: what writes into its input writes into no leaf.
            given[name] = arrange(leaf.clone())
        returned = self._call(layer, given)
        return Run(leaves=leaves, given=given, outputs=tensors_in(returned), returned=returned)

    def pull(self, run: Run, y_bar: Array, *, arrange: Arrangement = as_it_is, only: int | None = None) -> Gradients:
        """One backward of a run; called inside `running`.

        Args:
            run: The forward.
            y_bar: The upstream gradient, for all outputs.
            arrange: Arranges the upstream gradient in memory.
            only: Place of the one output that has an upstream gradient; for the others it is undefined.

        Raises:
            Exception: Whatever backward raises, and what torch says of the gradients it returned.
        """
        import torch

        upstream = [arrange(part) for part in parted(y_bar, run.outputs)]
        pairs = [(o, u) for o, u in zip(run.outputs, upstream, strict=True) if o.requires_grad]
        pairs = pairs if only is None else pairs[only : only + 1]
        kept = [u.clone() for _, u in pairs]
        names = [name for name, leaf in run.leaves.items() if leaf.requires_grad]
        reseed(self.evaluator.seed + 1, self.device)
        found: Sequence[Any] = [None] * len(names)
        if pairs and names:
            found = pulled([o for o, _ in pairs], [u for _, u in pairs], [run.leaves[name] for name in names])
        changed = any(not torch.equal(before, after) for before, (_, after) in zip(kept, pairs, strict=True))
        gradients = {n: array_of(g) for n, g in zip(names, found, strict=True) if g is not None}
        missing = tuple(n for n in names if n not in gradients)
        return Gradients(found=gradients, missing=missing, upstream_changed=changed)

    def _layer(self, primals: Primals, asked: set[str]) -> tuple[Any, dict[str, Any]]:
        """The function's class, or a copy of the module that holds the parameters given."""
        import torch

        if self.kind == "function":
            return self.evaluator.layer, {}
        module = self.evaluator.copy()
        leaves = {}
        for name, parameter in module.named_parameters():
            if name in primals:
                with torch.no_grad():
                    parameter.copy_(tensor_of(primals[name], self.dtype, self.device))
            if name in self.parameters:
                leaves[name] = parameter.requires_grad_(name in asked)
        return module, leaves

    def _call(self, layer: Any, given: Mapping[str, Any]) -> Any:
        if self.kind == "function":
            return layer.apply(*given.values())
        positional, named = _by_signature(layer, self.forward, given)
        return layer(*positional, **named)


def _by_signature(layer: Any, forward: str, given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments: what forward cannot take by name goes by position."""
    import inspect

    parameters = inspect.signature(getattr(layer, forward)).parameters
    by_name = {
        name for name, p in parameters.items() if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD) and name in given
    }
    positional = [value for name, value in given.items() if name not in by_name]
    if positional:
        # In front of a starred argument everything goes by position.
        keyword_only = {name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
        positional = [value for name, value in given.items() if name not in keyword_only]
        return positional, {name: value for name, value in given.items() if name in keyword_only}
    return [], dict(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchSubject(Subject):
    """A Subject that a torch program makes; the checks of torch code ask the program itself.

    Attributes:
        program: How it is run.
    """

    program: Program
