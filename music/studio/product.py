"""What leaves the studio, and why nothing might."""

from __future__ import annotations

from dataclasses import dataclass, field

STUDIO_VERSION = "2"
"""Rises when the same brief would make another piece."""


class Cancelled(Exception):
    """Nobody wants the piece any more; making it was given up."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A finished piece: MP3 bytes, playing time, and what is known about it (JSON-ready)."""

    mp3: bytes
    seconds: float
    midi: bytes = b""
    """The score as a Standard MIDI File."""
    peaks: tuple[int, ...] = ()
    """The loudest sample of each of about 400 equal stretches, 0 … 100."""
    metadata: dict[str, object] = field(default_factory=dict)
