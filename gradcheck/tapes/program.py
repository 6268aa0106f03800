"""A module of a tape as a function of named arrays: one run, its leaves, its outputs, its gradients."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.request import Request
from gradcheck.tapes.holding import Parameter, parameters
from gradcheck.tapes.model import Tape
from gradcheck.types import Array, Primals, Pullback, Subject, Vjp

#: Outputs that are differentiated; a module that answers with more is not one layer.
MOST_OUTPUTS = 8

#: How arrays that no gradient is asked for are handed over.
AS_TENSORS, AS_ARRAYS = "tensors", "arrays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One forward.

    Attributes:
        leaves: Primal name to the tensors that stand for it.
        outputs: The tensors of the answer, in order.
    """

    leaves: Mapping[str, Sequence[Any]]
    outputs: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How a module of a tape is run.

    Attributes:
        tape: The tape.
        evaluator: Holds the module; it is run on copies.
        forward: Name of its method.
        arguments: Forward's arguments by name, in order.
        inputs: Names of the arguments that are differentiated by.
        others: How other arrays are handed over.
        parameters: Its parameters by name.
    """

    tape: Tape
    evaluator: Evaluator
    forward: str
    arguments: Mapping[str, Any]
    inputs: tuple[str, ...]
    others: str
    parameters: Mapping[str, Parameter]

    def point(self) -> dict[str, Array]:
        """Inputs and parameters as they are."""
        found = {name: np.array(self.arguments[name], dtype=np.float64) for name in self.inputs}
        return found | {name: np.array(one.value) for name, one in self.parameters.items()}

    def value(self, primals: Primals) -> Array:
        """Primals -> y, all outputs one after another."""
        return self.evaluator.run(lambda: self.joined(self.run(primals, recording=False).outputs))

    def value_and_vjp(self, primals: Primals) -> tuple[Array, Vjp]:
        """Primals -> (y, vjp); every output has a forward and a backward of its own."""
        return self.value(primals), lambda y_bar: self._pull(primals, y_bar)

    def run(self, primals: Primals, *, recording: bool = True) -> Run:
        """One forward on a copy of the module; called inside `evaluator.run`.

        Args:
            primals: Inputs and parameters by name.
            recording: Whether their tensors ask for gradients; where none does, a graph kept globally does not grow.

        Raises:
            TypeError: The answer holds no tensor of the tape.
            Exception: Whatever forward raises.
        """
        instead: dict[int, Any] = {}
        leaves: dict[str, Sequence[Any]] = {}
        for name, parameter in self.parameters.items():
            parts = parameter.parts(primals.get(name, parameter.value))
            make = self.tape.make if recording else self.tape.constant
            leaves[name] = [_like(make(np.array(p)), held) for p, held in zip(parts, parameter.tensors, strict=True)]
            instead |= {id(held): leaf for held, leaf in zip(parameter.tensors, leaves[name], strict=True)}
        module = self.evaluator.copy(instead=instead)
        handed = {}
        for name, argument in self.arguments.items():
            if name in self.inputs:
                x = np.array(primals.get(name, argument), dtype=np.float64)
                leaves[name], handed[name] = self._input(x, self.tape.make if recording else self.tape.constant)
            elif isinstance(argument, np.ndarray) and self.others == AS_TENSORS:
                handed[name] = self.tape.constant(argument)
            else:
                handed[name] = argument
        answer = getattr(module, self.forward)(*handed.values())
        outputs = list(self._tensors(answer))[:MOST_OUTPUTS]
        if not outputs:
            message = f"forward answers with {type(answer).__name__}, no tensor of the tape"
            raise TypeError(message)
        return Run(leaves=leaves, outputs=outputs)

    def joined(self, outputs: Sequence[Any]) -> Array:
        """The numbers of all outputs: those of one in its shape, those of several one after another."""
        arrays = [self.tape.read(output) for output in outputs]
        known = [np.array(array, dtype=np.float64) for array in arrays if array is not None]
        return known[0] if len(known) == 1 else np.concatenate([array.ravel() for array in known])

    def _input(self, value: Array, make: Callable[[Array], Any]) -> tuple[Sequence[Any], Any]:
        if self.tape.is_scalar and value.ndim:
            made = [make(number) for number in value.ravel()]
            return made, made
        leaf = make(value)
        return [leaf], leaf

    def _tensors(self, answer: Any) -> Iterator[Any]:
        if self.tape.holds(answer):
            yield answer
        elif isinstance(answer, list | tuple):
            for item in answer:
                yield from self._tensors(item)

    def _pull(self, primals: Primals, y_bar: Array) -> Pullback:
        found: dict[str, Array] = {}
        absent: dict[str, str] = {}
        parts = self.evaluator.run(lambda: list(self._parts(primals, y_bar)))
        for place, part in enumerate(parts):
            # Reseeded each time, so that every forward draws the same mask.
            leaves_of = self.evaluator.run(functools.partial(self._sent, primals, place, part))
            for name, leaves in leaves_of.items():
                gradient = self._gradient(leaves, primals[name])
                if gradient is None:
                    absent[name] = "no gradient reaches it"
                else:
                    found[name] = found[name] + gradient if name in found else gradient
        return Pullback(gradients=found, absent={name: why for name, why in absent.items() if name not in found})

    def _sent(self, primals: Primals, place: int, y_bar: Array) -> Mapping[str, Sequence[Any]]:
        """The leaves after one forward and one backward from one output."""
        run = self.run(primals)
        self.tape.send(run.outputs[place], y_bar)
        return run.leaves

    def _parts(self, primals: Primals, y_bar: Array) -> Iterator[Array]:
        start = 0
        for output in self.run(primals, recording=False).outputs:
            held = self.tape.read(output)
            shape = () if held is None else held.shape
            size = int(np.prod(shape))
            yield np.array(y_bar.ravel()[start : start + size].reshape(shape))
            start += size

    def _gradient(self, leaves: Sequence[Any], x: Array) -> Array | None:
        found = [self.tape.gradient(leaf) for leaf in leaves]
        if len(found) == 1 and not (self.tape.is_scalar and x.ndim):
            return None if _is_untouched(found[0], x) else found[0]
        if all(gradient is None for gradient in found):
            return None
        return np.array([0.0 if gradient is None else float(gradient) for gradient in found]).reshape(x.shape)


def _like(leaf: Any, held: Any) -> Any:
    if type(leaf) is not type(held):
        # A parameter is often a class of its own, asked for by isinstance and otherwise the same.
        leaf.__class__ = type(held)
    return leaf


def _is_untouched(gradient: Array | None, x: Array) -> bool:
    return gradient is None or (gradient.shape == () != x.shape and not np.any(gradient))


@dataclass(frozen=True, slots=True, kw_only=True)
class TapeSubject(Subject):
    """A Subject that a program of a tape makes; the check of its flow asks the program itself.

    Attributes:
        program: How it is run.
        point: Every primal, those that no gradient reaches included.
    """

    program: Program
    point: Primals


def program_of(tape: Tape, request: Request, others: str) -> Program:
    """The program of a module; parameters are what the module holds now."""
    evaluator = request.evaluator
    held = evaluator.run(lambda: parameters(evaluator.layer, tape))
    return Program(
        tape=tape,
        evaluator=evaluator,
        forward=request.forward,
        arguments=request.arguments,
        inputs=request.differentiable,
        others=others,
        parameters=held,
    )
