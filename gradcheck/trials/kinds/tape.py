"""A model on a tape of one's own: tensors with `data` and `grad`, a loss with `backward`."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.trials.activations import layers
from gradcheck.trials.holders import memory
from gradcheck.trials.kinds.calls import call_optimizer, flat, forward, input_names, optimizer_method
from gradcheck.trials.reach import attributes
from gradcheck.types import TrainingSetup


def recognises(model: Any) -> bool:
    """Whether the model's parameters are objects with `data` and `grad`."""
    return bool(tensors(model))


def setup(
    model: Any, loss: Any, optimizer: Any, batch: tuple[Any, ...], step: Callable[[], Any] | None
) -> TrainingSetup:
    """Make the set-up; without a loop of the user's it is zero_grad, forward, backward, step."""
    *inputs, target = batch
    method = "" if optimizer is None else optimizer_method(optimizer)

    def compute() -> Any:
        return loss(forward(model, inputs), target)

    def buffers() -> Mapping[str, Any]:
        return {name: tensor.grad for name, tensor in tensors(model).items()}

    def gradients() -> Mapping[str, Any]:
        clear(model)
        compute().backward()
        return buffers()

    def own_step() -> Any:
        clear(model)
        value = compute()
        value.backward()
        call_optimizer(optimizer, method, model, lambda: _as_the_model_does(model, "parameters", tensors(model)),
                       lambda: _as_the_model_does(model, "gradients", buffers()))  # fmt: skip
        return value

    return TrainingSetup(
        name=type(model).__name__,
        parameters=lambda: tensors(model),
        loss=compute,
        gradients=gradients,
        step=step or own_step,
        predict=lambda: forward(model, inputs),
        loss_of=lambda output: loss(type(forward(model, inputs))(output), target),
        inputs=input_names(model, inputs),
        target=target if hasattr(memory(target), "shape") else None,
        optimizer=optimizer,
        call_optimizer=method,
        buffers=buffers,
        models=(model,),
    )


def tensors(model: Any) -> dict[str, Any]:
    """Name to tensor: everything the model holds that has `data`, `grad` and asks for a gradient."""
    given = getattr(model, "parameters", None)
    raw = given() if callable(given) else given
    listed = flat(raw) if isinstance(raw, Mapping) else flat(list(raw or ())) if _is_sequence(raw) else {}
    if listed and all(_is_tensor(item) for item in listed.values()):
        paths = {id(tensor): name for name, tensor in _walked(model).items()}
        return {paths.get(id(tensor), name): tensor for name, tensor in listed.items()}
    return {name: tensor for name, tensor in _walked(model).items() if getattr(tensor, "requires_grad", True)}


def clear(model: Any) -> None:
    """Forget the gradients: as the model does it, or by hand."""
    if callable(getattr(model, "zero_grad", None)):
        model.zero_grad()
        return
    for tensor in tensors(model).values():
        if isinstance(tensor.grad, numbers.Real):
            tensor.grad = 0.0
        elif tensor.grad is not None:
            tensor.grad = np.zeros_like(memory(tensor)) if isinstance(tensor.grad, np.ndarray) else None


def _walked(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, layer in layers(model):
        for name, value in attributes(layer).items():
            items = flat({name: value}) if isinstance(value, (list, tuple, dict)) else {name: value}
            for key, item in items.items():
                if _is_tensor(item):
                    found.setdefault(f"{path}.{key}" if path else key, item)
    return found


def _is_tensor(item: Any) -> bool:
    return not isinstance(item, np.ndarray) and hasattr(item, "grad") and memory(item) is not None


def _is_sequence(raw: Any) -> bool:
    return raw is not None and hasattr(raw, "__iter__") and not isinstance(raw, (str, np.ndarray))


def _as_the_model_does(model: Any, name: str, found: Mapping[str, Any]) -> Any:
    given = getattr(model, name, None)
    return given() if callable(given) else list(found.values())
