"""From a torch function or module and its inputs to a Subject: dtype and device it runs in, what is left out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.gradients.points import as_held, away_from_initial
from gradcheck.cases.running.request import Request
from gradcheck.cases.torch.program import Gradients, Program, TorchSubject
from gradcheck.cases.torch.tensors import epsilon_of, joined, numpy_dtype, storage_epsilon
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Primals, Pullback, Role, Vjp

#: What the upstream gradient is called among the arrays a backward may change.
UPSTREAM = "upstream gradient"
#: How far a tensor is moved to see whether forward's answer depends on it.
MOVED = 0.3
#: Tensors of a function that are there to be trained, beside its first one: None is no gradient of theirs.
_TRAINED = re.compile(r"(\w*_)?(x|inputs?|weights?|w|kernel|bias|b|gamma|beta|q|k|v|query|key|value)\d*", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """What the Subject's functions need: the program and the primals they may be asked for."""

    program: Program
    names: tuple[str, ...]

    def value(self, primals: Primals) -> Array:
        """Primals -> y."""
        return self.program.value(primals)

    def value_and_vjp(self, primals: Primals) -> tuple[Array, Vjp]:
        """Primals -> (y, vjp); every vjp has a forward of its own, so that what backward writes is gone after it."""
        with self.program.running():
            run = self.program.run(primals)
            y = joined(run.outputs)

        def vjp(y_bar: Array) -> Pullback:
            with self.program.running():
                again = self.program.run(primals)
                before = {name: tensor.clone() for name, tensor in again.given.items() if name in again.leaves}
                answer = self.program.pull(again, y_bar)
                changed = [name for name, tensor in before.items() if _written(again.given[name], tensor)]
            return Pullback(
                gradients={name: answer.found[name] for name in self.names if name in answer.found},
                absent={name: "backward returned None for it" for name in self.names if name not in answer.found},
                changed=(*changed, *([UPSTREAM] if answer.upstream_changed else ())),
            )

        return y, vjp


def bind(request: Request, parameters: Sequence[str] = ()) -> TorchSubject:
    """Bind a torch function or module to a Subject.

    Args:
        request: What is bound; its evaluator holds the module or the function's class.
        parameters: Names of the module's parameters that are to be trained.

    Raises:
        BuildError: Forward does not answer with finite floating-point tensors.
        Exception: Whatever forward raises in the dtype it is meant for.
    """
    program = _settled(request, parameters)
    start = _start(program)
    held = as_held(start, program.parameters)
    point = away_from_initial(program.value, start, held, program.value(start).shape, program.evaluator.seed)
    answer, raised = _probed(program, point)
    names = tuple(point)
    unchecked: list[str] = []
    if answer is not None:
        names, unchecked = _with_gradient(program, point, answer)
    with program.running():
        y = program.run(point, wanted=())
        dtype = numpy_dtype(y.outputs[0].dtype)
    bound = _Bound(program=program, names=names)
    return TorchSubject(
        name=request.identity,
        primals={name: point[name] for name in names},
        roles={name: Role.INPUT if name in program.inputs else Role.PARAMETER for name in names},
        value=bound.value,
        value_and_vjp=bound.value_and_vjp,
        native={"output": dtype},
        precision=_precision(program, point, answer),
        unchecked=tuple(unchecked),
        notes=tuple(_notes(program, raised)),
        program=dataclasses.replace(program, arguments=_at(program, point)),
    )


def _settled(request: Request, parameters: Sequence[str]) -> Program:
    """The program in the widest dtype, on the nearest device, that its forward runs in."""
    first: Exception | None = None
    for dtype, device in _surroundings(request):
        evaluator = request.evaluator
        try:
            if parameters or not isinstance(evaluator.layer, type):
                evaluator = dataclasses.replace(evaluator, layer=evaluator.copy().to(dtype))
            program = Program(
                evaluator=evaluator, forward=request.forward, arguments=request.arguments,
                inputs=request.differentiable, parameters=tuple(parameters), dtype=dtype, device=device,
            )  # fmt: skip
            y = program.value({})
        except Exception as error:  # noqa: BLE001 - the user's forward may raise anything; told if no dtype works
            first = first or error
            continue
        if not y.size:
            raise BuildError("forward answers with an empty tensor")
        if not np.all(np.isfinite(y)):
            raise BuildError("forward is not finite on this input")
        return program
    if isinstance(first, ValueError) and "need at least one array" in str(first):
        raise BuildError("forward answers with no floating-point tensor")
    raise first or BuildError("there is no device to run it on")


def _surroundings(request: Request) -> Iterator[tuple[Any, Any]]:
    """Dtypes and devices to try, the most exact first."""
    import torch

    layer = request.evaluator.layer
    if not isinstance(layer, type):
        held = next(iter((*layer.parameters(), *layer.buffers())), None)  # type: ignore[attr-defined] # an nn.Module
        device = torch.device("cpu") if held is None else held.device
        for dtype in (torch.float64, torch.float32, torch.bfloat16):
            yield dtype, device
        return
    devices = [torch.device("cpu")]
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    for device in devices if accelerator is None else [*devices, accelerator]:
        for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
            yield dtype, device


def _start(program: Program) -> dict[str, Array]:
    """Inputs and parameters as they are."""
    point = {name: np.array(program.arguments[name], dtype=np.float64) for name in program.inputs}
    if program.parameters:
        held: Any = program.evaluator.layer
        for name, parameter in held.named_parameters():
            if name in program.parameters:
                point[name] = parameter.detach().double().cpu().numpy().copy()
    return point


def _probed(program: Program, point: Primals) -> tuple[Gradients | None, Exception | None]:
    """One backward; its exception where it raises."""
    with program.running():
        run = program.run(point)
        size = joined(run.outputs).shape
        y_bar = sampling.gaussian(sampling.generator(program.evaluator.seed, "binding"), size)
        try:
            return program.pull(run, y_bar), None
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
            return None, error


def _with_gradient(
    program: Program, point: Mapping[str, Array], answer: Gradients
) -> tuple[tuple[str, ...], list[str]]:
    """The primals to be judged, and sentences on those that are not.

    A module's missing gradients are the flow check's. Of a function, None is an answer for what cannot be trained
    and for what has no effect; for its first input or a weight it is a gradient forgotten.
    """
    kept, unchecked = [], []
    for place, name in enumerate(point):
        if name in answer.found:
            kept.append(name)
        elif program.kind == "function" and matters(program, point, name):
            if place == 0 or _TRAINED.fullmatch(name):
                kept.append(name)
            else:
                unchecked.append(f"backward returns None for `{name}`, which changes the output")
    return tuple(kept), unchecked


def matters(program: Program, point: Mapping[str, Array], name: str) -> bool:
    """Whether forward's answer depends on an input or a parameter."""
    rng = sampling.generator(program.evaluator.seed, f"effect {name}")
    moved = point[name] + MOVED * steps.magnitude(point[name]) * sampling.gaussian(rng, point[name].shape)
    before = program.value(point)
    try:
        after = program.value({**point, name: moved})
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; that it does shows the tensor matters
        return True
    return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)


def _precision(program: Program, point: Primals, answer: Gradients | None) -> float:
    """Epsilon of the narrowest dtype on backward's way: of what forward keeps, and of the gradients themselves."""
    import torch

    with program.running():
        run = program.run(point)
        kept = [tensor.dtype for output in run.outputs for tensor in _saved(output) if tensor.is_floating_point()]
    narrow = [epsilon_of(dtype) for dtype in (program.dtype, *kept) if dtype != torch.float64]
    found = () if answer is None else answer.found.values()
    return max([steps.EPSILON, *narrow, *(storage_epsilon(gradient) for gradient in found)])


def _saved(output: Any) -> list[Any]:
    """The tensors that the last node of an output keeps for backward."""
    import torch

    node = output.grad_fn
    kept = [*getattr(node, "saved_tensors", ()), *getattr(node, "__dict__", {}).values()]
    return [tensor for tensor in kept if isinstance(tensor, torch.Tensor)]


def _notes(program: Program, raised: Exception | None) -> Iterator[str]:
    import torch

    if program.dtype != torch.float64:
        yield f"forward does not take float64; it was judged in {str(program.dtype).removeprefix('torch.')}"
    if program.device.type != "cpu":
        yield f"it was run on {program.device}"
    if program.kind == "function" and raised is None:
        yield from _kept_on_context(program)


def _kept_on_context(program: Program) -> Iterator[str]:
    """Inputs and outputs stored as attributes of ctx, which keeps their graph alive and skips torch's safeguards."""
    import torch

    with program.running():
        run = program.run({name: program.arguments[name] for name in program.inputs})
        nodes = {id(output.grad_fn): output.grad_fn for output in run.differentiable}
        own = {tensor.data_ptr() for tensor in (*run.given.values(), *run.outputs) if isinstance(tensor, torch.Tensor)}
        for node in nodes.values():
            for name, held in getattr(node, "__dict__", {}).items():
                if isinstance(held, torch.Tensor) and held.data_ptr() in own:
                    yield f"forward keeps an input or output as ctx.{name}; save_for_backward is made for those"


def _at(program: Program, point: Primals) -> dict[str, Any]:
    return {name: point.get(name, argument) for name, argument in program.arguments.items()}


def _written(tensor: Any, before: Any) -> bool:
    import torch

    return not torch.equal(tensor, before)
