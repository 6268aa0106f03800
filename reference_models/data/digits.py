"""Handwritten digits, or nearly: 8 x 8 images drawn from ten glyphs, each moved, slanted, faded and noisy."""

from __future__ import annotations

import numpy as np

SIZE = 8  # pixels along each side
NOISE = 0.15  # standard deviation of each pixel; ink is 1, paper 0
LARGEST_SHIFT = 1.0  # pixels along each axis
LARGEST_SLANT = 0.25  # columns per row
FAINTEST = 0.6  # ink of the faintest image

GLYPHS = """
.XXX. ..X.. .XXX. .XXX. ...X. XXXXX .XXX. XXXXX .XXX. .XXX.
X...X .XX.. X...X X...X ..XX. X.... X.... ....X X...X X...X
X...X ..X.. ....X ....X .X.X. XXXX. X.... ...X. X...X X...X
X...X ..X.. ...X. ..XX. X..X. ....X XXXX. ..X.. .XXX. .XXXX
X...X ..X.. ..X.. ....X XXXXX ....X X...X ..X.. X...X ....X
X...X ..X.. .X... X...X ...X. X...X X...X .X... X...X ....X
.XXX. .XXX. XXXXX .XXX. ...X. .XXX. .XXX. .X... .XXX. .XXX.
"""


def glyphs() -> np.ndarray:
    """The ten digits in ink, shape (10, 7, 5).

    >>> for row in glyphs()[4].astype(int):
    ...     print(*row)
    0 0 0 1 0
    0 0 1 1 0
    0 1 0 1 0
    1 0 0 1 0
    1 1 1 1 1
    0 0 0 1 0
    0 0 0 1 0
    """
    rows = [[list(glyph) for glyph in line.split()] for line in GLYPHS.split("\n") if line]
    ink: np.ndarray = np.array(rows) == "X"
    return ink.transpose(1, 0, 2).astype(float)


def digits(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images of digits and what they show.

    >>> x, t = digits(3)
    >>> x.shape, t.shape
    ((3, 1, 8, 8), (3,))

    Returns:
        Images (count, 1, SIZE, SIZE), and their classes (count,), 0 to 9.
    """
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 10, count)
    shift = rng.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, (2, count))
    slant = rng.uniform(-LARGEST_SLANT, LARGEST_SLANT, count)
    ink = rng.uniform(FAINTEST, 1.0, count)
    images = ink[:, np.newaxis, np.newaxis] * _drawn(t, shift, slant)
    images += NOISE * rng.standard_normal(images.shape)
    return images[:, np.newaxis], t


def _drawn(t: np.ndarray, shift: np.ndarray, slant: np.ndarray) -> np.ndarray:
    """The glyphs in the middle of a page (n, SIZE, SIZE), moved and slanted; between pixels by linear interpolation."""
    glyph = np.pad(glyphs(), [(0, 0), (1, 1), (1, 1)])  # paper around it, to fade out into
    height, width = glyph.shape[1:]
    page_row, page_column = np.mgrid[:SIZE, :SIZE]
    middle = (SIZE - 1) / 2
    slanted = page_column + slant[:, np.newaxis, np.newaxis] * (page_row - middle)
    row = np.clip(page_row + shift[0][:, np.newaxis, np.newaxis] + (height - SIZE) / 2, 0, height - 1)
    column = np.clip(slanted + shift[1][:, np.newaxis, np.newaxis] + (width - SIZE) / 2, 0, width - 1)
    top, left = np.minimum(row.astype(int), height - 2), np.minimum(column.astype(int), width - 2)
    down, right = row - top, column - left
    which = t[:, np.newaxis, np.newaxis]
    upper = (1 - right) * glyph[which, top, left] + right * glyph[which, top, left + 1]
    lower = (1 - right) * glyph[which, top + 1, left] + right * glyph[which, top + 1, left + 1]
    drawn: np.ndarray = (1 - down) * upper + down * lower
    return drawn
