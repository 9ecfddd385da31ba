"""What a file of audio really is: decoded from beginning to end, in blocks, so that a long one needs no more memory.

Nothing a server says of a file is believed, and nothing in its name. libsndfile reads MP3, WAV, FLAC and Ogg; what does
not begin as one of these is not shown to it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import lameenc
import numpy as np
import soundfile
from numpy.typing import NDArray

from music.studio.finishing.peaks import outline

Block = NDArray[np.float32]

CELL = 1024
"""Frames of which the loudest is taken, before the outline is drawn of these."""
BLOCK = 64 * CELL
RATES = (8_000, 192_000)
MOST_CHANNELS = 8
LONGEST_SECONDS = 3600
"""A few megabytes can decode to days of silence: whoever makes them is not waited for."""
SILENCE_DBFS = -60.0
"""Over the whole piece. Quiet music lies about -30."""
SHORTFALL = 0.97
"""Less than this part of what the file itself promises has been cut off. Encoders round up to whole frames."""
UNKNOWN_SIZE = 0xFFFFFFFF

KINDS = {
    "MP3": ("audio/mpeg", "mp3"),
    "WAV": ("audio/wav", "wav"),
    "WAVEX": ("audio/wav", "wav"),
    "FLAC": ("audio/flac", "flac"),
    "OGG": ("audio/ogg", "ogg"),
}

BIT_RATE = 192
QUALITY = 5
FADE_SECONDS = 3.0


class NotAudio(Exception):
    """It cannot be played from beginning to end. The message says why; it holds nothing of the file's content."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found."""

    seconds: float
    content_type: str
    extension: str
    sample_rate: int
    channels: int
    peaks: tuple[int, ...]
    """About 400 values 0 … 100, the waveform's outline."""
    loudness: float
    """Root mean square over everything, in dB below full scale; -inf for digital silence."""

    @property
    def is_silent(self) -> bool:
        return self.loudness < SILENCE_DBFS


def examine(audio: IO[bytes] | bytes) -> Examined:
    """Decode all of it. Raises `NotAudio` for what is none, is cut off, damaged, or endless."""
    file = io.BytesIO(audio) if isinstance(audio, bytes) else audio
    promise = _promise(file)
    peaks: list[NDArray[np.float32]] = []
    energy, frames = 0.0, 0
    with _opened(file) as sound:
        promised = sound.frames if promise else 0
        for block in _blocks(sound):
            if not np.isfinite(block).all():
                raise NotAudio("samples that are no numbers")
            frames += len(block)
            energy += float(np.einsum("ij,ij->", block, block, dtype=np.float64))
            loudest = np.abs(block).max(axis=1)
            peaks.append(np.maximum.reduceat(loudest, np.arange(0, len(loudest), CELL)))
        rate, channels = sound.samplerate, sound.channels
        content_type, extension = KINDS[sound.format]
    if frames == 0:
        raise NotAudio("no sound in it")
    if frames < SHORTFALL * promised:
        raise NotAudio(f"cut off: {frames / rate:.1f} s of {promised / rate:.1f} s")
    mean = energy / (frames * channels)
    return Examined(
        seconds=round(frames / rate, 3),
        content_type=content_type,
        extension=extension,
        sample_rate=rate,
        channels=channels,
        peaks=outline(np.concatenate(peaks).astype(np.float64)),
        loudness=round(10 * math.log10(mean), 2) if mean > 0 else -math.inf,
    )


def trim(audio: IO[bytes] | bytes, seconds: float) -> bytes:
    """The first so many seconds as an MP3, faded out over the last three. Raises `NotAudio`."""
    file = io.BytesIO(audio) if isinstance(audio, bytes) else audio
    _promise(file)
    out = bytearray()
    with _opened(file) as sound:
        wanted = round(seconds * sound.samplerate)
        fade = min(round(FADE_SECONDS * sound.samplerate), wanted)
        encoder = lameenc.Encoder()
        encoder.set_bit_rate(BIT_RATE)
        encoder.set_in_sample_rate(sound.samplerate)
        encoder.set_channels(min(sound.channels, 2))
        encoder.set_quality(QUALITY)
        encoder.silence()
        done = 0
        for block in _blocks(sound):
            block = block[: wanted - done, :2]
            gain = np.clip((wanted - done - np.arange(len(block), dtype=np.float32)) / max(fade, 1), 0, 1)
            scaled = np.clip(block * gain[:, None].astype(np.float32) * 32767, -32768, 32767)
            out += encoder.encode(np.rint(scaled).astype("<i2").tobytes())
            done += len(block)
            if done >= wanted:
                break
        out += encoder.flush()
    return bytes(out)


class _Straight(soundfile.SoundFile):  # type: ignore[misc]  # untyped library
    """Read from beginning to end. The library seeks to where it is after every block of a file that can seek, and an
    MP3's decoder begins anew there: a click in every block, and at times a wrong count of frames."""

    def seekable(self) -> bool:
        return False


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[soundfile.SoundFile]:
    file.seek(0)
    try:
        with _Straight(file) as sound:
            if sound.format not in KINDS:
                raise NotAudio(f"{sound.format} is no kind we play")
            if not RATES[0] <= sound.samplerate <= RATES[1] or not 0 < sound.channels <= MOST_CHANNELS:
                raise NotAudio(f"{sound.samplerate} Hz in {sound.channels} channels")
            yield sound
    except soundfile.SoundFileError as error:
        raise NotAudio(f"cannot be decoded ({type(error).__name__})") from error


def _blocks(sound: soundfile.SoundFile) -> Iterator[Block]:
    buffer = np.empty((BLOCK, sound.channels), np.float32)
    done = 0
    while len(block := sound.read(out=buffer)):
        yield block
        done += len(block)
        if done > LONGEST_SECONDS * sound.samplerate:
            raise NotAudio(f"longer than {LONGEST_SECONDS} s")


def _promise(file: IO[bytes]) -> bool:
    """Whether the file itself says how much sound is in it, so that libsndfile's count of frames is more than a guess.

    Raises `NotAudio` for what does not begin as audio does, or ends before it says it will.
    """
    size = file.seek(0, io.SEEK_END)
    start = _after_tags(file)
    file.seek(start)
    head = file.read(256)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        promised = int.from_bytes(head[4:8], "little")
        if promised not in (0, UNKNOWN_SIZE) and start + promised + 8 > size:
            raise NotAudio(f"cut off: {size} bytes of {promised + 8}")
        return True
    if head[:4] in (b"fLaC", b"OggS"):
        return head[:4] == b"fLaC"
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 and head[2] & 0xF0 != 0xF0:
        # The first frame of an MP3 may tell the number of all (Xing, called Info where the bit rate is constant).
        return b"Xing" in head or b"Info" in head
    raise NotAudio("neither MP3, WAV, FLAC nor Ogg")


def _after_tags(file: IO[bytes]) -> int:
    """Where the ID3v2 heads end."""
    start = 0
    while True:
        file.seek(start)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            return start
        start += 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += 10 if head[5] & 0x10 else 0
