"""midirenderer: the whole stem as a MIDI file in, a WAV file out. Needs the font as SoundFont 2, decoded once."""

from __future__ import annotations

import hashlib
import io
import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import midirenderer
import mido
import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import fft

from music.studio.playing.events import SAMPLE_RATE, Event, Kind, Stem
from music.studio.playing.soundfont import JOURNEY_FONT
from music.studio.playing.soundfont.riff import read, with_samples, write

TICKS_PER_SECOND = 9_600
TICKS_PER_BEAT = TICKS_PER_SECOND // 2
DRUM_CHANNEL = 9
# The engine writes 16-bit samples: this room keeps a full chord from clipping, and is given back afterwards.
HEADROOM_DB = -9.0
# Its fixed master volume of one half.
MASTER_DB = -6.0
# Amplitude goes with the square of velocity and of level here, with the power 1.5 in the other engine.
VELOCITY_EXPONENT = 0.75


class MidiRendererSynth:
    name = "midirenderer"

    def __init__(self, font: Path = JOURNEY_FONT, cache: Path | None = None) -> None:
        """`cache`: a directory for the decoded font (40 MB); by default a private one under the temp directory."""
        self.font = font
        self.cache = cache

    def load(self) -> None:
        decoded(self.font, self.cache)

    def stream(self, stem: Stem, frames: int, block: int) -> Iterator[NDArray[np.float32]]:
        font = decoded(self.font, self.cache).read_bytes()
        wav = midirenderer.render_wave_from(font, to_midi(stem, frames / SAMPLE_RATE))
        sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
        del font, wav
        if rate != SAMPLE_RATE:  # it renders at 48 kHz and cannot be asked otherwise
            sound = _resampled(sound, rate)
        sound *= np.float32(10 ** (-(HEADROOM_DB + MASTER_DB) / 20))
        for start in range(0, frames, block):
            out = np.zeros((min(block, frames - start), 2), np.float32)
            played = sound[start : start + len(out)]
            out[: len(played)] = played
            yield out


def _resampled(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """A sound of shape (frames, channels) at the studio's rate, channel by channel to spare memory."""
    common = math.gcd(rate, SAMPLE_RATE)
    old, new = rate // common, SAMPLE_RATE // common
    steps = fft.next_fast_len(-(-len(sound) // old), real=True)
    out = np.empty((steps * new, sound.shape[1]), np.float32)
    for channel in range(sound.shape[1]):
        # Cutting the spectrum off above the new rate's half leaves nothing to fold down.
        spectrum = fft.rfft(sound[:, channel], steps * old)[: steps * new // 2 + 1]
        out[:, channel] = fft.irfft(spectrum, steps * new, overwrite_x=True)
    out *= np.float32(new / old)
    return out[: -(-len(sound) * new // old)]


def to_midi(stem: Stem, seconds: float) -> bytes:
    """The stem as a MIDI file of one track that lasts `seconds`."""
    numbers = _midi_channels(stem)
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    for index, channel in enumerate(stem.channels):
        number = numbers[index]
        bank = 128 if channel.drums else 0
        if number != DRUM_CHANNEL and bank:
            raise ValueError("one drum part per stem")
        track.append(mido.Message("program_change", channel=number, program=channel.program))
        track.append(mido.Message("control_change", channel=number, control=10, value=round(63.5 * (channel.pan + 1))))
        track.append(mido.Message("control_change", channel=number, control=7, value=_level(channel.level)))
        for effect in (91, 93):  # reverb and chorus: the room is added in mastering
            track.append(mido.Message("control_change", channel=number, control=effect, value=0))
    now = 0
    for event in stem.events:
        tick = max(now, round(event.seconds * TICKS_PER_SECOND))
        track.append(_message(event, numbers[event.channel], tick - now))
        now = tick
    # A silent controller keeps the renderer playing until the reverberant end of the last note.
    rest = max(0, round(seconds * TICKS_PER_SECOND) - now)
    track.append(mido.Message("control_change", channel=0, control=3, value=0, time=rest))
    out = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[track]).save(file=out)
    return out.getvalue()


def decoded(font: Path, cache: Path | None = None) -> Path:
    """The font with its Vorbis samples as 16-bit PCM, made once per font and kept in `cache`."""
    data = font.read_bytes()
    directory = _private_directory() if cache is None else cache
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{hashlib.sha256(data).hexdigest()[:16]}.sf2"
    if not target.exists():
        source = read(data)
        samples = tuple(replace(sample, data=_pcm(sample.data), vorbis=False) for sample in source.samples)
        # Two processes may decode at the same time; the rename makes either's file whole.
        with tempfile.NamedTemporaryFile(dir=directory, suffix=".part", delete=False) as part:
            part.write(write(with_samples(source, samples)))
        Path(part.name).replace(target)
    return target


def _pcm(vorbis: bytes) -> bytes:
    signal, _ = soundfile.read(io.BytesIO(vorbis), dtype="int16")
    return bytes(signal.astype("<i2").tobytes())


def _private_directory() -> Path:
    """A directory only this user can write: what lies in a shared one may be somebody else's file."""
    owner = os.getuid() if hasattr(os, "getuid") else 0
    directory = Path(tempfile.gettempdir()) / f"reading-journey-studio-{owner}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and directory.stat().st_uid != owner:
        return Path(tempfile.mkdtemp(prefix="reading-journey-studio-"))
    return directory


def _midi_channels(stem: Stem) -> list[int]:
    melodic = iter(number for number in range(16) if number != DRUM_CHANNEL)
    return [DRUM_CHANNEL if channel.drums else next(melodic) for channel in stem.channels]


def _message(event: Event, channel: int, time: int) -> mido.Message:
    match event.kind:
        case Kind.ON:
            velocity = round(127 * (event.value / 127) ** VELOCITY_EXPONENT)
            return mido.Message("note_on", channel=channel, note=event.number, velocity=velocity, time=time)
        case Kind.OFF:
            return mido.Message("note_off", channel=channel, note=event.number, time=time)
        case Kind.LEVEL:
            value = round(127 * 10 ** (min(event.value, 0.0) / 40))
            return mido.Message("control_change", channel=channel, control=11, value=value, time=time)
        case Kind.BEND:
            pitch = min(max(round(event.value * 4096), -8192), 8191)
            return mido.Message("pitchwheel", channel=channel, pitch=pitch, time=time)


def _level(decibels: float) -> int:
    return round(127 * 10 ** (min(decibels + HEADROOM_DB, 0.0) / 40))
