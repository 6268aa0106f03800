"""The activations by name."""

from __future__ import annotations

from collections.abc import Callable

from reference_models.numpy_layers.gelu import GELU, TanhGELU
from reference_models.numpy_layers.leaky_relu import LeakyReLU
from reference_models.numpy_layers.relu import ReLU
from reference_models.numpy_layers.sigmoid import Sigmoid
from reference_models.numpy_layers.tanh import Tanh

Activation = ReLU | LeakyReLU | GELU | TanhGELU | Sigmoid | Tanh

ACTIVATIONS: dict[str, Callable[[], Activation]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "gelu": GELU,
    "tanh_gelu": TanhGELU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
}


def make_activation(name: str) -> Activation:
    """Make the activation of a name.

    >>> type(make_activation("tanh")).__name__
    'Tanh'

    Raises:
        ValueError: There is none of that name.
    """
    if name not in ACTIVATIONS:
        message = f"no activation named {name!r}, expected one of {', '.join(ACTIVATIONS)}"
        raise ValueError(message)
    return ACTIVATIONS[name]()
