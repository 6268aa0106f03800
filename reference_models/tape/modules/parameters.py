"""The parameters of a module, found by walking it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reference_models.tape.tensor import Tensor


def tensors(module: object, path: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor that requires a gradient in a module, with its path, such as `layers[0].W`.

    >>> from reference_models.tape.modules.linear import Linear
    >>> [name for name, _ in tensors(Linear(2, 3))]
    ['W', 'b']
    """
    for name, value in vars(module).items():
        held = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in held:
            place = name if index is None else f"{name}[{index}]"
            here = f"{path}.{place}" if path else place
            if isinstance(item, Tensor):
                if item.requires_grad:
                    yield here, item
            elif hasattr(item, "__dict__"):
                yield from tensors(item, here)


def parameters(module: object) -> dict[str, np.ndarray]:
    """Name to array; the arrays themselves, so that an optimizer can update them in place."""
    return {name: tensor.data for name, tensor in tensors(module)}


def gradients(module: object) -> dict[str, np.ndarray]:
    """The same names to the gradients since `zero_grad`; zeros where none has arrived."""
    return {
        name: np.zeros_like(tensor.data) if tensor.grad is None else tensor.grad for name, tensor in tensors(module)
    }


def zero_grad(module: object) -> None:
    """Forget the gradients of every parameter."""
    for _, tensor in tensors(module):
        tensor.zero_grad()
