"""Which positions may attend to which: boolean masks, True where attention is allowed, combined by `&`."""

from __future__ import annotations

import numpy as np


def causal_mask(length: int) -> np.ndarray:
    """Each position sees itself and what came before; shape (length, length), queries by keys.

    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tri(length, dtype=bool)


def padding_mask(is_token: np.ndarray) -> np.ndarray:
    """Nobody sees the padding; is_token (N, S), True where there is a token, to a mask (N, 1, S).

    >>> padding_mask(np.array([[True, True, False]])) & causal_mask(3)
    array([[[ True, False, False],
            [ True,  True, False],
            [ True,  True, False]]])
    """
    mask: np.ndarray = is_token[..., np.newaxis, :]
    return mask
