"""Encoding: float sound to MP3 bytes. Constant bit rate, so that players know the length and can seek."""

from __future__ import annotations

from collections.abc import Callable

import lameenc
import numpy as np
from numpy.typing import NDArray

from music.studio.playing.events import SAMPLE_RATE

BIT_RATE = 160
QUALITY = 7
CHUNK = 1 << 17
# LAME scales its input by 0.95 at this bit rate; undone here.
INPUT_SCALE = 1 / 0.95


def to_mp3(sound: NDArray[np.float32], check: Callable[[], None] = lambda: None) -> bytes:
    """MP3 of a sound of shape (frames, 2) within ±1. `check` is called before every 3 s of it and may raise."""
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(BIT_RATE)
    encoder.set_in_sample_rate(SAMPLE_RATE)
    encoder.set_channels(2)
    encoder.set_quality(QUALITY)
    encoder.silence()
    out = bytearray()
    for start in range(0, len(sound), CHUNK):
        check()
        scaled = sound[start : start + CHUNK] * np.float32(32767 * INPUT_SCALE)
        np.clip(scaled, -32768, 32767, out=scaled)
        out += encoder.encode(np.rint(scaled, out=scaled).astype("<i2").tobytes())
    out += encoder.flush()
    return bytes(out)
