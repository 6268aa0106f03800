"""Scaled dot-product attention."""

from __future__ import annotations

import math

import numpy as np


class ScaledDotProductAttention:
    """Y = P V with P = softmax(Q K^T / sqrt D) along the keys.

    Shapes: Q (..., L, D), K (..., S, D), V (..., S, E), P (..., L, S), Y (..., L, E); the leading axes are the same.

    dV = P^T dY,  dP = dY V^T,  dZ = P (dP - sum of dP P along the keys),  dQ = dZ K / sqrt D,  dK = dZ^T Q / sqrt D.

    A position that may attend to none answers with 0, and lets no gradient through.

    >>> layer = ScaledDotProductAttention()
    >>> query, key, value = np.zeros((1, 4)), np.zeros((2, 4)), np.array([[1.0], [3.0]])
    >>> layer.forward(query, key, value)
    array([[2.]])
    >>> query_bar, key_bar, value_bar = layer.backward(np.array([[10.0]]))
    >>> value_bar
    array([[5.],
           [5.]])
    >>> layer.forward(query, key, value, np.array([[False, True]]))
    array([[3.]])
    """

    def forward(
        self, query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None = None
    ) -> np.ndarray:
        """Map Q (..., L, D), K (..., S, D) and V (..., S, E) to Y (..., L, E).

        Args:
            query: Q.
            key: K.
            value: V.
            mask: Booleans that broadcast to (..., L, S), True where attention is allowed.
        """
        self.query, self.key, self.value = query, key, value
        # A Python float does not widen float32.
        self.scale = 1 / math.sqrt(query.shape[-1])
        scores = (query @ np.swapaxes(key, -1, -2)) * self.scale
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        largest = scores.max(axis=-1, keepdims=True)
        # Where all is masked the largest is -inf, and -inf less -inf is no number.
        exponential = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
        total = exponential.sum(axis=-1, keepdims=True)
        self.weights = exponential / np.where(total > 0, total, 1)
        y: np.ndarray = self.weights @ value
        return y

    def backward(self, y_bar: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Map dY (..., L, E) to dQ (..., L, D), dK (..., S, D) and dV (..., S, E)."""
        value_bar: np.ndarray = np.swapaxes(self.weights, -1, -2) @ y_bar
        weights_bar = y_bar @ np.swapaxes(self.value, -1, -2)
        mean = (weights_bar * self.weights).sum(axis=-1, keepdims=True)
        scores_bar = self.weights * (weights_bar - mean) * self.scale
        query_bar: np.ndarray = scores_bar @ self.key
        key_bar: np.ndarray = np.swapaxes(scores_bar, -1, -2) @ self.query
        return query_bar, key_bar, value_bar
