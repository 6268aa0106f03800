"""Seeded draws: Gaussian, with short decimals, so that a failure can be read and checked by hand."""

from __future__ import annotations

import functools
import zlib

import numpy as np

from gradcheck.types import Array

#: Decimals kept of every draw.
DECIMALS = 3

#: Half the range of a coarse draw: all numbers of 16 bits, which float32's 24 hold with room to spare.
COARSE = 1 << 15


def seed_of(identity: str, global_seed: int) -> int:
    """The seed of a layer: from the global seed and its identity, never from check, worker or order."""
    return zlib.crc32(identity.encode()) ^ (global_seed & 0xFFFFFFFF)


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A stream of its own for each purpose, so that adding one draw does not move the others."""
    return np.random.default_rng(_mixed(seed, purpose))


# Mixing a seed takes longer than the generator made of it; the same few purposes come back at every configuration.
@functools.lru_cache(maxsize=1024)
def _mixed(seed: int, purpose: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, zlib.crc32(purpose.encode())])


def gaussian(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers rounded to `DECIMALS`, none of them zero."""
    drawn = np.round(rng.standard_normal(shape), DECIMALS)
    # A zero would hide the entry it multiplies.
    drawn = np.where(drawn == 0.0, 10.0**-DECIMALS, drawn)
    return np.asarray(drawn, dtype=np.float64)


def direction(rng: np.random.Generator, x: Array, scale: float) -> Array:
    """A tangent at x: Gaussian times the magnitude of x, so that steps are relative to the array they move."""
    return gaussian(rng, x.shape) * scale


def coarse_direction(rng: np.random.Generator, x: Array, scale: float) -> Array:
    """A tangent at x for an array of millions: uniform, float32, at a tenth of a Gaussian's cost and half its size.

    Every entry is an odd number of 16 bits times a power of two, so that float32 holds it exactly and none is zero.
    A sum of such entries weighted by e falls within t of 0 with a chance of at most 0.82 t / |e|, in units of their
    standard deviation (K. Ball, Cube slicing in R^n, 1986); with Gaussian ones it is 0.8 t / |e|.
    """
    odd = rng.integers(-COARSE, COARSE, x.shape, dtype=np.int16)
    odd |= 1
    unit = 2.0 ** np.round(np.log2(scale * np.sqrt(3.0) / COARSE))
    return np.multiply(odd, np.float32(unit), dtype=np.float32)
