"""A small automatic differentiation: tensors that remember what they were computed from."""

from __future__ import annotations

from reference_models.tape.tensor import Edge, Tensor, concatenate, where

__all__ = ["Edge", "Tensor", "concatenate", "where"]
