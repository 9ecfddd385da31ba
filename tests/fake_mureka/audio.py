"""What comes out of the vendor: tones of any length, another for every task, and things that only look like audio."""

from __future__ import annotations

import gzip
import io
import random
from functools import cache

import lameenc

from music.id3 import Tags, write_tags
from tests.providers import tone

PITCHES = 12


def piece(task_id: str, seconds: float) -> bytes:
    """A real MP3, of which no two tasks have the same bytes: one of a dozen tones, with the id in its tags."""
    return write_tags(tone(seconds, 220 + 20 * (int(task_id) % PITCHES)), Tags(title=f"Task {task_id}"))


@cache
def silence(seconds: float) -> bytes:
    """A real MP3 in which nothing is heard."""
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(128)
    encoder.set_in_sample_rate(44100)
    encoder.set_channels(1)
    encoder.silence()
    data = io.BytesIO()
    data.write(encoder.encode(bytes(2 * int(44100 * seconds))))
    data.write(encoder.flush())
    return data.getvalue()


def noise(seconds: float) -> bytes:
    """As many bytes as a piece would have, and no codec's."""
    return random.Random(7).randbytes(int(16_000 * seconds))


@cache
def gzip_bomb(megabytes: int = 1000) -> bytes:
    """About a thousandth of its unpacked size: a file of many members, which decoders read as one (RFC 1952, 2.2)."""
    return gzip.compress(bytes(10_000_000), mtime=0) * max(1, megabytes // 10)
