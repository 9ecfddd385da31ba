"""What leaves the studio."""

from __future__ import annotations

from dataclasses import dataclass, field

STUDIO_VERSION = "1"
"""Rises when the same brief would make another piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A finished piece: MP3 bytes, playing time, and what is known about it (JSON-ready)."""

    mp3: bytes
    seconds: float
    metadata: dict[str, object] = field(default_factory=dict)
