"""Seeded draws: Gaussian, with short decimals, so that a failure can be read and checked by hand."""

from __future__ import annotations

import zlib

import numpy as np

from gradcheck.types import Array

#: Decimals kept of every draw.
DECIMALS = 3


def seed_of(identity: str, global_seed: int) -> int:
    """The seed of a layer: from the global seed and its identity, never from check, worker or order."""
    return zlib.crc32(identity.encode()) ^ (global_seed & 0xFFFFFFFF)


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A stream of its own for each purpose, so that adding one draw does not move the others."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def gaussian(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers rounded to `DECIMALS`, none of them zero."""
    drawn = np.round(rng.standard_normal(shape), DECIMALS)
    # A zero would hide the entry it multiplies.
    drawn = np.where(drawn == 0.0, 10.0**-DECIMALS, drawn)
    return np.asarray(drawn, dtype=np.float64)


def direction(rng: np.random.Generator, x: Array, scale: float) -> Array:
    """A tangent at x: Gaussian times the magnitude of x, so that steps are relative to the array they move."""
    return gaussian(rng, x.shape) * scale
