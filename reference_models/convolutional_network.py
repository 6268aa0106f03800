"""A small convolutional network."""

from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers import BatchNorm, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from reference_models.seeds import child_seeds

Layer = Conv2d | BatchNorm | ReLU | MaxPool2d | Flatten | Linear


class ConvolutionalNetwork:
    """Twice a convolution, a normalisation, a ReLU and a pooling by two; then one linear layer.

    Shapes: x (N, C, S, S), y (N, K) logits.

    y = flatten(f_2(f_1(x))) W + b with f = pool(relu(norm(convolution))); backward walks the layers from last to first.

    >>> model = ConvolutionalNetwork()
    >>> model.forward(np.random.default_rng(0).standard_normal((3, 1, 8, 8))).shape
    (3, 10)
    >>> model.backward(np.ones((3, 10))).shape
    (3, 1, 8, 8)
    >>> model.gradients()["layers[9].b"]
    array([3., 3., 3., 3., 3., 3., 3., 3., 3., 3.])

    Args:
        in_channels: C.
        image_size: S, a multiple of 4.
        n_classes: K.
        channels: Of the first convolution; the second has twice as many.
        seed: Of the initial weights.

    Raises:
        ValueError: The images cannot be halved twice.
    """

    def __init__(
        self, *, in_channels: int = 1, image_size: int = 8, n_classes: int = 10, channels: int = 8, seed: int = 0
    ) -> None:
        if image_size % 4:
            message = f"image_size={image_size} cannot be halved twice, expected a multiple of 4"
            raise ValueError(message)
        seeds = child_seeds(seed, 3)
        self.layers: list[Layer] = [
            Conv2d(in_channels, channels, 3, padding=1, seed=seeds[0]),
            BatchNorm(channels),
            ReLU(),
            MaxPool2d(2),
            Conv2d(channels, 2 * channels, 3, padding=1, seed=seeds[1]),
            BatchNorm(2 * channels),
            ReLU(),
            MaxPool2d(2),
            Flatten(),
            Linear(2 * channels * (image_size // 4) ** 2, n_classes, seed=seeds[2]),
        ]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map x (N, C, S, S) to y (N, K)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, y_bar: np.ndarray) -> np.ndarray:
        """Map y_bar (N, K) to x_bar (N, C, S, S)."""
        for layer in reversed(self.layers):
            y_bar = layer.backward(y_bar)
        return y_bar

    def parameters(self) -> dict[str, np.ndarray]:
        """Name to array, such as `layers[0].W`."""
        return parameters.parameters(self)

    def gradients(self) -> dict[str, np.ndarray]:
        """The same names to the gradients of the latest backward."""
        return parameters.gradients(self)
