"""A torch module, a loss function, a torch optimizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.trials.activations import layers
from gradcheck.trials.holders import is_tensor
from gradcheck.trials.kinds.calls import input_names
from gradcheck.types import TrainingSetup


def recognises(model: Any) -> bool:
    """Whether it is a torch module; decided without importing torch."""
    return any(cls.__module__ == "torch.nn.modules.module" and cls.__name__ == "Module" for cls in type(model).__mro__)


def setup(
    model: Any, loss: Any, optimizer: Any, batch: tuple[Any, ...], step: Callable[[], Any] | None
) -> TrainingSetup:
    """Make the set-up; without a loop of the user's it is zero_grad, forward, backward, step."""
    *inputs, target = batch

    def compute() -> Any:
        return loss(model(*inputs), target)

    def gradients() -> Mapping[str, Any]:
        holders = parameters(model)
        for holder in holders.values():
            holder.grad = None
        value = compute()
        if value.requires_grad:
            value.backward()
        return {name: holder.grad for name, holder in holders.items()}

    def own_step() -> Any:
        optimizer.zero_grad()
        value = compute()
        if value.requires_grad:
            value.backward()
        optimizer.step()
        return value

    def loss_of(output: Any) -> Any:
        import torch

        made = model(*inputs)
        return loss(torch.as_tensor(output).to(made), target)

    registered = {id(holder) for holder in model.parameters()}
    held = parameters(model)
    return TrainingSetup(
        name=type(model).__name__,
        parameters=lambda: parameters(model),
        loss=compute,
        gradients=gradients,
        step=step or own_step,
        predict=lambda: model(*inputs),
        loss_of=loss_of,
        inputs=input_names(model, inputs),
        target=target if is_tensor(target) else None,
        optimizer=optimizer,
        call_optimizer="step",
        buffers=lambda: {name: holder.grad for name, holder in parameters(model).items()},
        models=(model,),
        frozen=tuple(name for name, holder in held.items() if not holder.requires_grad),
        unregistered=tuple(name for name, holder in held.items() if id(holder) not in registered),
    )


def parameters(model: Any) -> dict[str, Any]:
    """Name to parameter: the registered ones, and those of modules the model holds in plain lists and dicts."""
    found = dict(model.named_parameters())
    known = {id(holder) for holder in found.values()}
    for path, module in layers(model):
        if recognises(module):
            for name, holder in module.named_parameters(recurse=False):
                if id(holder) not in known:
                    known.add(id(holder))
                    found[f"{path}.{name}" if path else name] = holder
    return found
