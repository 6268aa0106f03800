"""The activations by name."""

from __future__ import annotations

from collections.abc import Callable

from reference_models.numpy_layers.elu import ELU, SELU
from reference_models.numpy_layers.gelu import GELU, TanhGELU
from reference_models.numpy_layers.leaky_relu import LeakyReLU
from reference_models.numpy_layers.relu import ReLU
from reference_models.numpy_layers.sigmoid import Sigmoid
from reference_models.numpy_layers.silu import SiLU
from reference_models.numpy_layers.softplus import Softplus
from reference_models.numpy_layers.tanh import Tanh

Activation = ReLU | LeakyReLU | ELU | SELU | GELU | TanhGELU | SiLU | Softplus | Sigmoid | Tanh

ACTIVATIONS: dict[str, Callable[[], Activation]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "selu": SELU,
    "gelu": GELU,
    "tanh_gelu": TanhGELU,
    "silu": SiLU,
    "softplus": Softplus,
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
