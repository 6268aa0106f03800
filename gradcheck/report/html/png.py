"""Pictures of at most 256 colours, as PNG."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Bits per pixel, and the colour type of a picture with a palette.
DEPTH, PALETTE = 8, 3


def png(shades: npt.NDArray[np.uint8], palette: bytes) -> bytes:
    """A picture whose pixel (row, column) has the colour that `shades` names.

    Args:
        shades: (rows, columns), both at least 1.
        palette: Red, green and blue of each shade.
    """
    rows, columns = shades.shape
    # Each row begins with its filter: 0, none.
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), shades], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, DEPTH, PALETTE, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
