"""Pictures as PNG files (ISO/IEC 15948), eight bits a colour."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _BYTES = 2, 3
_SUB, _UP, _PAETH = 1, 2, 4


def to_png(picture: NDArray[np.uint8]) -> bytes:
    """The file of a picture of shape (height, width, 3)."""
    height, width, _ = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    data = zlib.compress(_filtered(picture.reshape(height, _BYTES * width)).tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _filtered(rows: Rows) -> Rows:
    """Each row as its difference from what lies left, above or between, whichever leaves least; its kind in front."""
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    left, corner = _shifted(rows), _shifted(above)
    kinds = np.array([_SUB, _UP, _PAETH], np.uint8)
    candidates = np.stack([rows - left, rows - above, rows - _nearest(left, above, corner)])
    rest = np.abs(candidates.view(np.int8).astype(np.int16)).sum(axis=2, dtype=np.int64)
    best = rest.argmin(axis=0)
    return np.column_stack([kinds[best], candidates[best, np.arange(len(rows))]])


def _shifted(rows: Rows) -> Rows:
    return np.hstack([np.zeros_like(rows[:, :_BYTES]), rows[:, :-_BYTES]])


def _nearest(left: Rows, above: Rows, corner: Rows) -> Rows:
    """Paeth's predictor: of the three neighbours the one nearest to left + above - corner."""
    a, b, c = (values.astype(np.int16) for values in (left, above, corner))
    from_left, from_above, from_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    best = np.where(from_above <= from_corner, b, c)
    return np.where((from_left <= from_above) & (from_left <= from_corner), a, best).astype(np.uint8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
