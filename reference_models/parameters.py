"""Everything a model holds, found by walking it: parameters, their gradients, modes.

One convention carries all of it: an attribute `W` of a layer is a parameter when the layer has `dW` beside it, and that
is its gradient. Layers are held on attributes and in lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np


def layers(model: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The model and every layer in it, each with its path, such as `layers[0].attention`; the model's own is "".

    >>> from reference_models.numpy_layers import FeedForward
    >>> [path for path, _ in layers(FeedForward(2, 3))]
    ['', 'first', 'activation', 'second']
    """
    yield path, model
    for name, value in vars(model).items():
        held = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in held:
            if hasattr(item, "__dict__"):
                place = name if index is None else f"{name}[{index}]"
                yield from layers(item, f"{path}.{place}" if path else place)


def parameters(model: object) -> dict[str, np.ndarray]:
    """Name to array, such as `layers[0].W`; the arrays themselves, so that an optimizer can update them in place.

    >>> from reference_models.numpy_layers import FeedForward
    >>> {name: array.shape for name, array in parameters(FeedForward(2, 3)).items()}
    {'first.W': (2, 3), 'first.b': (3,), 'second.W': (3, 2), 'second.b': (2,)}
    """
    return {_join(path, name): getattr(layer, name) for path, layer, name in _places(model)}


def gradients(model: object) -> dict[str, np.ndarray]:
    """The same names to the gradients of the latest backward."""
    return {_join(path, name): getattr(layer, f"d{name}") for path, layer, name in _places(model)}


def cast(model: object, dtype: np.typing.DTypeLike) -> None:
    """Give every parameter and gradient another floating-point type; they become other arrays.

    >>> from reference_models.numpy_layers import Linear
    >>> layer = Linear(2, 3)
    >>> cast(layer, np.float32)
    >>> layer.W.dtype, layer.db.dtype
    (dtype('float32'), dtype('float32'))
    """
    for _, layer, name in _places(model):
        for attribute in (name, f"d{name}"):
            setattr(layer, attribute, getattr(layer, attribute).astype(dtype, copy=False))


def leave_sum(layer: object, steps: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Leave the sum of the gradients of several backwards behind, zeros where there was none.

    >>> from reference_models.numpy_layers import Linear
    >>> layer = Linear(1, 2, bias=False)
    >>> leave_sum(layer, [{"W": np.array([[1.0, 2.0]])}, {"W": np.array([[10.0, 20.0]])}])
    >>> layer.dW
    array([[11., 22.]])
    """
    for path, owner, name in _places(layer):
        total = np.zeros_like(getattr(owner, name))
        if steps:
            total = np.sum([step[_join(path, name)] for step in steps], axis=0)
        setattr(owner, f"d{name}", total)


def set_training(model: object, *, training: bool) -> None:
    """Switch every layer that behaves differently in training, such as Dropout: those that have `training`.

    >>> from reference_models.numpy_layers import Dropout
    >>> layer = Dropout(0.5)
    >>> set_training(layer, training=False)
    >>> layer.training
    False
    """
    for _, layer in layers(model):
        if hasattr(layer, "training"):
            layer.training = training


def _places(model: object) -> Iterator[tuple[str, object, str]]:
    for path, layer in layers(model):
        held = vars(layer)
        for name, value in held.items():
            if f"d{name}" in held and value is not None:
                yield path, layer, name


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
