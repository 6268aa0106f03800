"""An array that remembers what it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_models.tape.primitives import arithmetic, elementwise, reductions, shapes
from reference_models.tape.primitives.evaluation import Evaluation, Pullback
from reference_models.tape.primitives.matrix_product import matrix_product
from reference_models.tape.primitives.reductions import Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a tensor came from: its operands, and for each of them how a cotangent goes back to it."""

    operands: Sequence[Tensor]
    pullbacks: Sequence[Pullback]


class Tensor:
    """An array with a gradient and an edge to the tensors it was computed from.

    A result has an edge when one of its operands requires a gradient. `backward` adds to `grad` of the leaves, which
    are the tensors made by hand with `requires_grad=True`; it has the shape of `data`, and is None before.

    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    array([2., 4., 6.])

    Args:
        data: An array, or what NumPy makes one of.
        requires_grad: Whether the tensor is a leaf that gradients are wanted for.

    Raises:
        TypeError: A gradient is wanted for what are not floating-point numbers.
    """

    __array_ufunc__ = None  # an array on the left of an operator leaves the operation to the tensor

    def __init__(self, data: Any, *, requires_grad: bool = False) -> None:
        self.data = np.asarray(data)
        if requires_grad and not np.issubdtype(self.data.dtype, np.floating):
            message = f"requires_grad=True on {self.data.dtype}: only floating-point numbers have gradients"
            raise TypeError(message)
        self.requires_grad = requires_grad
        self.grad: np.ndarray | None = None
        self.edge: Edge | None = None

    def backward(self, y_bar: np.ndarray | float | None = None) -> None:
        """Add <y_bar, d self / d leaf> to `grad` of every leaf that self was computed from.

        Args:
            y_bar: The cotangent of self, same shape; 1 when self has one entry and nothing is given.

        Raises:
            ValueError: self has no edge to any leaf, or y_bar is missing or of another shape.
        """
        if not self.requires_grad:
            raise ValueError("backward from a tensor without an edge to any leaf that requires a gradient")
        if y_bar is None:
            if self.data.size != 1:
                message = f"backward from shape {self.shape} needs a cotangent y_bar of that shape"
                raise ValueError(message)
            y_bar = np.ones(self.shape)
        cotangent = np.asarray(y_bar, dtype=self.dtype)
        if cotangent.shape != self.shape:
            message = f"y_bar is {cotangent.shape}, expected {self.shape}"
            raise ValueError(message)
        self._propagate(cotangent)

    def _propagate(self, cotangent: np.ndarray) -> None:
        cotangents = {id(self): cotangent}
        for tensor in reversed(self._operands_first()):
            y_bar = cotangents.pop(id(tensor))
            if tensor.edge is None:
                # A copy: pullbacks may hand the same array to several tensors.
                tensor.grad = y_bar.copy() if tensor.grad is None else tensor.grad + y_bar
                continue
            for operand, pullback in zip(tensor.edge.operands, tensor.edge.pullbacks, strict=True):
                if operand.requires_grad:
                    x_bar = pullback(y_bar)
                    known = cotangents.get(id(operand))
                    cotangents[id(operand)] = x_bar if known is None else known + x_bar

    def _operands_first(self) -> list[Tensor]:
        """Self and all it was computed from, each after its operands; by a stack, so that depth has no limit."""
        order: list[Tensor] = []
        seen: set[int] = set()
        stack = [(self, False)]
        while stack:
            tensor, are_operands_done = stack.pop()
            if are_operands_done:
                order.append(tensor)
            elif id(tensor) not in seen:
                seen.add(id(tensor))
                stack.append((tensor, True))
                operands = () if tensor.edge is None else tensor.edge.operands
                stack.extend((operand, False) for operand in operands if operand.requires_grad)
        return order

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def detach(self) -> Tensor:
        """The same array without the edge: a constant to what follows."""
        return Tensor(self.data)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the entries."""
        return self.data.dtype

    def item(self) -> float:
        """The only entry, as a number."""
        return float(self.data.item())

    def __repr__(self) -> str:
        return f"Tensor({self.data!r}, requires_grad={self.requires_grad})"

    def __len__(self) -> int:
        return len(self.data)

    def __add__(self, other: Tensor | np.ndarray | float) -> Tensor:
        return recorded(arithmetic.add, self, _like(self, other))

    def __radd__(self, other: np.ndarray | float) -> Tensor:
        return recorded(arithmetic.add, _like(self, other), self)

    def __sub__(self, other: Tensor | np.ndarray | float) -> Tensor:
        return recorded(arithmetic.subtract, self, _like(self, other))

    def __rsub__(self, other: np.ndarray | float) -> Tensor:
        return recorded(arithmetic.subtract, _like(self, other), self)

    def __mul__(self, other: Tensor | np.ndarray | float) -> Tensor:
        return recorded(arithmetic.multiply, self, _like(self, other))

    def __rmul__(self, other: np.ndarray | float) -> Tensor:
        return recorded(arithmetic.multiply, _like(self, other), self)

    def __truediv__(self, other: Tensor | np.ndarray | float) -> Tensor:
        return recorded(arithmetic.divide, self, _like(self, other))

    def __rtruediv__(self, other: np.ndarray | float) -> Tensor:
        return recorded(arithmetic.divide, _like(self, other), self)

    def __matmul__(self, other: Tensor | np.ndarray) -> Tensor:
        return recorded(matrix_product, self, _like(self, other))

    def __rmatmul__(self, other: np.ndarray) -> Tensor:
        return recorded(matrix_product, _like(self, other), self)

    def __neg__(self) -> Tensor:
        return recorded(arithmetic.negate, self)

    def __pow__(self, exponent: Tensor | float) -> Tensor:
        if isinstance(exponent, Tensor):
            return NotImplemented  # the slope along the exponent is not written
        return recorded(arithmetic.power, self, exponent=exponent)

    def __getitem__(self, index: Any) -> Tensor:
        return recorded(shapes.pick, self, index=index)

    def exp(self) -> Tensor:
        """e^x, entry by entry."""
        return recorded(elementwise.exp, self)

    def log(self) -> Tensor:
        """The natural logarithm, entry by entry, for x > 0."""
        return recorded(elementwise.log, self)

    def sqrt(self) -> Tensor:
        """The square root, entry by entry, for x > 0."""
        return recorded(elementwise.sqrt, self)

    def tanh(self) -> Tensor:
        """The hyperbolic tangent, entry by entry."""
        return recorded(elementwise.tanh, self)

    def sigmoid(self) -> Tensor:
        """1 / (1 + e^-x), entry by entry."""
        return recorded(elementwise.sigmoid, self)

    def relu(self) -> Tensor:
        """max(x, 0), entry by entry."""
        return recorded(elementwise.relu, self)

    def normal_distribution(self) -> Tensor:
        """The part of a standard normal distribution below x, entry by entry."""
        return recorded(elementwise.normal_distribution, self)

    def abs(self) -> Tensor:
        """|x|, entry by entry."""
        return recorded(elementwise.absolute, self)

    def sum(self, axis: Axis = None, *, keepdims: bool = False) -> Tensor:
        """The sum along the axes, or of all entries."""
        return recorded(reductions.total, self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, *, keepdims: bool = False) -> Tensor:
        """The mean along the axes, or of all entries."""
        result = self.sum(axis, keepdims=keepdims)
        return result * (result.data.size / self.data.size)

    def max(self, axis: Axis = None, *, keepdims: bool = False) -> Tensor:
        """The largest entry along the axes, or of all; several share the gradient in equal parts."""
        return recorded(reductions.largest, self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: int) -> Tensor:
        """The same entries in another shape; -1 stands for what is left."""
        return recorded(shapes.reshape, self, shape=shape)

    def transpose(self, *axes: int) -> Tensor:
        """The axes in another order; reversed when none is given."""
        return recorded(shapes.transpose, self, axes=axes or tuple(reversed(range(self.ndim))))

    def swap(self, first: int, second: int) -> Tensor:
        """Two axes in each other's place."""
        axes = list(range(self.ndim))
        axes[first], axes[second] = axes[second], axes[first]
        return self.transpose(*axes)

    def broadcast_to(self, shape: tuple[int, ...]) -> Tensor:
        """Repeated to a shape by the rules of broadcasting."""
        return recorded(shapes.broadcast, self, shape=shape)


def recorded(primitive: Callable[..., Evaluation], *operands: Tensor, **options: Any) -> Tensor:
    """Apply a primitive to the operands' arrays; the result keeps an edge to them when one requires a gradient."""
    value, pullbacks = primitive(*(operand.data for operand in operands), **options)
    result = Tensor(value)
    if any(operand.requires_grad for operand in operands):
        result.requires_grad = True
        result.edge = Edge(operands=operands, pullbacks=pullbacks)
    return result


def concatenate(parts: Sequence[Tensor], axis: int = 0) -> Tensor:
    """The parts one after another along an axis."""
    return recorded(shapes.concatenate, *parts, axis=axis)


def where(condition: np.ndarray, a: Tensor, b: Tensor | np.ndarray | float) -> Tensor:
    """Take a where the condition holds, else b, by the rules of broadcasting."""
    return recorded(shapes.choose, a, _like(a, b), condition=condition)


def _like(tensor: Tensor, other: Tensor | np.ndarray | float) -> Tensor:
    """The other operand as a tensor; a number takes the type of a float tensor, so that float32 stays float32."""
    if isinstance(other, Tensor):
        return other
    is_number = not isinstance(other, np.ndarray) and np.issubdtype(tensor.dtype, np.floating)
    return Tensor(np.asarray(other, dtype=tensor.dtype) if is_number else other)
