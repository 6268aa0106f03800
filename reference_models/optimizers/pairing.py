"""Which gradient belongs to which parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np


def paired(
    parameters: Mapping[str, np.ndarray], gradients: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, parameter and gradient, for each parameter.

    >>> W = np.zeros(2)
    >>> [name for name, _, _ in paired({"W": W}, {"W": np.ones(2)})]
    ['W']

    Raises:
        KeyError: The names differ.
        ValueError: A gradient's shape is not its parameter's; (1,) would broadcast unnoticed.
    """
    if parameters.keys() != gradients.keys():
        without = sorted(parameters.keys() ^ gradients.keys())
        message = f"parameters and gradients do not go together: {', '.join(without)} is in one of them only"
        raise KeyError(message)
    for name, parameter in parameters.items():
        if gradients[name].shape != parameter.shape:
            message = f"the gradient of {name} is {gradients[name].shape}, expected {parameter.shape}"
            raise ValueError(message)
        yield name, parameter, gradients[name]
