"""The connection around a sub-layer: added to its input, and normalised before or after."""

from __future__ import annotations

from reference_models.tape.modules.layer_norm import LayerNorm
from reference_models.tape.tensor import Tensor


class Residual:
    """y = norm(x + f(x)), or y = x + f(norm(x)) with norm_first; f is the caller's.

    Shapes: x, y and f's input and output (..., D).

    >>> residual = Residual(2, norm_first=True)
    >>> x = Tensor([3.0, 5.0])
    >>> residual.leave(x, 10 * residual.enter(x)).data.round(3)
    array([-7., 15.])

    Args:
        features: D.
        norm_first: Whether the normalisation comes before f.
    """

    def __init__(self, features: int, *, norm_first: bool = False) -> None:
        self.norm_first = norm_first
        self.norm = LayerNorm(features)

    def enter(self, x: Tensor) -> Tensor:
        """Map x to the input of f."""
        return self.norm.forward(x) if self.norm_first else x

    def leave(self, x: Tensor, output: Tensor) -> Tensor:
        """Map x and the output of f to y."""
        total = x + output
        return total if self.norm_first else self.norm.forward(total)
