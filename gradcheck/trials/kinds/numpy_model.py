"""A NumPy model with a backward of its own: arrays, and gradients beside them or in a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.names import candidates
from gradcheck.cases.states import state
from gradcheck.errors import UsageError
from gradcheck.trials.holders import memory
from gradcheck.trials.kinds.calls import call_optimizer, flat, forward, input_names, optimizer_method, required
from gradcheck.trials.snapshot import Snapshot
from gradcheck.types import TrainingSetup

_BACKWARDS = ("backward", "backprop", "backward_pass", "bprop", "back_propagate", "backpropagate")
_PARAMETERS = ("parameters", "params", "get_parameters", "get_params", "weights")
_GRADIENTS = ("gradients", "grads", "get_gradients", "get_grads")


def setup(
    model: Any, loss: Any, optimizer: Any, batch: tuple[Any, ...], step: Callable[[], Any] | None
) -> TrainingSetup:
    """Make the set-up; without a loop of the user's it is forward, the loss, backward, the optimizer's step.

    Raises:
        UsageError: There is no backward, or parameters or gradients are not where we look.
    """
    *inputs, target = batch
    method = "" if optimizer is None else optimizer_method(optimizer)
    value, slope = loss_pair(loss)
    backward = next((name for name in _BACKWARDS if callable(getattr(model, name, None))), "")
    if not backward:
        message = f"{type(model).__name__} has no backward; hand over a TrainingSetup, which needs functions alone"
        raise UsageError(message)

    def compute() -> Any:
        return value(forward(model, inputs), target)

    def run_backward() -> Any:
        if callable(getattr(model, "zero_grad", None)):
            model.zero_grad()
        output = forward(model, inputs)
        result = value(output, target)
        getattr(model, backward)(slope(output, target))
        return result

    raw_parameters, named = _parameters(model, compute, batch)
    raw_gradients, buffers = _gradients(model, named)

    def gradients() -> Mapping[str, Any]:
        run_backward()
        return buffers()

    def own_step() -> Any:
        result = run_backward()
        call_optimizer(optimizer, method, model, raw_parameters, raw_gradients)
        return result

    return TrainingSetup(
        name=type(model).__name__,
        parameters=named,
        loss=compute,
        gradients=gradients,
        step=step or own_step,
        predict=lambda: forward(model, inputs),
        loss_of=lambda output: value(output, target),
        inputs=input_names(model, inputs),
        target=target if hasattr(memory(target), "shape") else None,
        optimizer=optimizer,
        call_optimizer=method,
        buffers=buffers,
        models=(model,),
    )


def loss_pair(loss: Any) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """(output, target) -> the loss, and -> its gradient by the output.

    Understood: an object with forward and backward, a pair of functions, a function that returns both.
    """
    if isinstance(loss, tuple) and len(loss) == 2:
        return loss
    name = next((name for name in _BACKWARDS if callable(getattr(loss, name, None))), "")
    if name:
        value = loss.forward if hasattr(loss, "forward") else loss

        def slope(output: Any, target: Any) -> Any:
            backward = getattr(loss, name)
            return backward(*(output, target)[: len(required(backward))])

        return value, slope
    if callable(loss):
        return lambda output, target: _first(loss(output, target)), lambda output, target: _second(loss(output, target))
    message = (
        "loss must be an object with forward and backward, a pair of functions (value, gradient), "
        f"or a function that returns both; got {type(loss).__name__}"
    )
    raise UsageError(message)


def _first(answer: Any) -> Any:
    return answer[0] if isinstance(answer, tuple) else answer


def _second(answer: Any) -> Any:
    if isinstance(answer, tuple) and len(answer) == 2:
        return answer[1]
    message = "the loss returned one value; return (value, gradient), or hand over loss=(value, gradient)"
    raise UsageError(message)


def _parameters(
    model: Any, compute: Callable[[], Any], batch: tuple[Any, ...]
) -> tuple[Callable[[], Any], Callable[[], dict[str, Any]]]:
    """What the model calls its parameters, as it hands them out, and as one mapping."""
    name = next((name for name in _PARAMETERS if _holds_arrays(_given(model, name))), "")
    if name:

        def named() -> dict[str, Any]:
            found = _flat(_given(model, name))
            paths = {id(value): slot.path for slot, value in reversed(list(state.floating(model)))}
            return found if isinstance(_given(model, name), Mapping) else _renamed(found, paths)

        return lambda: _given(model, name), named
    snapshot = Snapshot([model, compute])
    before = {slot.path: value for slot, value in state.floating(model)}
    places = [slot.path for slot, _ in state.slots(model)]
    compute()
    after = {slot.path: value for slot, value in state.floating(model)}
    snapshot.restore()
    # What forward replaces, and what is the batch itself, is a cache and no parameter, whatever lies beside it.
    kept = [
        path for path, value in before.items()
        if after.get(path) is value and candidates(path, places) and not any(value is given for given in batch)
    ]  # fmt: skip
    if not kept:
        message = (
            f"{type(model).__name__} has no parameters() and no arrays with gradients beside them, such as W and dW; "
            "hand over a TrainingSetup"
        )
        raise UsageError(message)

    def walked() -> dict[str, Any]:
        held = {slot.path: value for slot, value in state.floating(model)}
        return {path: held[path] for path in kept if path in held}

    return lambda: list(walked().values()), walked


def _gradients(
    model: Any, named: Callable[[], Mapping[str, Any]]
) -> tuple[Callable[[], Any], Callable[[], dict[str, Any]]]:
    """What the model calls its gradients, as it hands them out, and as a mapping with the parameters' names."""
    name = next((name for name in _GRADIENTS if _given(model, name) is not None), "")
    if name:

        def buffers() -> dict[str, Any]:
            found = _given(model, name)
            names = list(named())
            if isinstance(found, Mapping):
                flat_found = flat(found)
                return {key: _by_name(key, flat_found) for key in names}
            return dict(zip(names, flat(list(found)).values(), strict=False))

        return lambda: _given(model, name), buffers

    def beside() -> dict[str, Any]:
        held = {slot.path: value for slot, value in state.slots(model) if isinstance(value, np.ndarray)}
        found = {}
        for key in named():
            places = candidates(key, held)
            found[key] = held[places[0]] if places else None
        return found

    return lambda: list(beside().values()), beside


def _by_name(name: str, found: Mapping[str, Any]) -> Any:
    if name in found:
        return found[name]
    places = candidates(f"params[{name!r}]", [f"grads[{key!r}]" for key in found])
    return found[places[0][len("grads['") : -2]] if places else None


def _given(model: Any, name: str) -> Any:
    value = getattr(model, name, None)
    if callable(value):
        return None if required(value) else value()
    return value


def _holds_arrays(raw: Any) -> bool:
    if raw is None or isinstance(raw, (np.ndarray, str)) or not hasattr(raw, "__iter__"):
        return False
    return bool(found := _flat(raw)) and all(memory(value) is not None for value in found.values())


def _flat(raw: Any) -> dict[str, Any]:
    if isinstance(raw, Mapping):
        return flat(raw)
    items = list(raw)
    # (parameter, gradient) pairs: the parameter comes first.
    pairs = items and all(isinstance(item, tuple) and len(item) == 2 for item in items)
    return flat([item[0] for item in items] if pairs else items)


def _renamed(found: Mapping[str, Any], paths: Mapping[int, str]) -> dict[str, Any]:
    return {paths.get(id(value), name): value for name, value in found.items()}
