"""TinySoundFont: renders in process, event-exact, straight from the Vorbis font."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The compiled core alone: the package around it wraps live playback, which needs an audio device.
from tinysoundfont import _tinysoundfont as core

from music.studio.playing.events import SAMPLE_RATE, Event, Kind, Stem
from music.studio.playing.soundfont import JOURNEY_FONT

# The engine's amplitude is linear in velocity; instruments are nearer to this power.
VELOCITY_CURVE = 1.5
MAX_VOICES = 128


@lru_cache(maxsize=2)
def _font(path: Path) -> core.SoundFont:
    """The font, decoded once per process. Forked workers share its pages; nothing writes to it, clones play."""
    return core.SoundFont(str(path))


class TinySoundFontSynth:
    name = "tinysoundfont"

    def __init__(self, font: Path = JOURNEY_FONT) -> None:
        self.font = font

    def load(self) -> None:
        _font(self.font)

    def stream(self, stem: Stem, frames: int, block: int) -> Iterator[NDArray[np.float32]]:
        # A clone has voices and channels of its own, so calls cannot hear each other, and starts from silence.
        player = core.SoundFont(_font(self.font))
        player.set_output(core.OutputMode.StereoInterleaved, SAMPLE_RATE, 0.0)
        player.set_max_voices(MAX_VOICES)
        for number, channel in enumerate(stem.channels):
            player.channel_set_preset_number(number, channel.program, channel.drums)
            player.channel_set_pan(number, (channel.pan + 1) / 2)
            player.channel_set_volume(number, 10 ** (channel.level / 20))
        pending = iter(stem.events)
        event = next(pending, None)
        for start in range(0, frames, block):
            length = min(block, frames - start)
            out = np.zeros((length, 2), np.float32)
            done = 0
            while done < length:
                while event is not None and int(event.seconds * SAMPLE_RATE) <= start + done:
                    self._apply(player, stem, event)
                    event = next(pending, None)
                end = length if event is None else min(length, int(event.seconds * SAMPLE_RATE) - start)
                player.render(out[done:end].data.cast("B"))
                done = end
            yield out

    @staticmethod
    def _apply(player: core.SoundFont, stem: Stem, event: Event) -> None:
        match event.kind:
            case Kind.ON:
                player.channel_note_on(event.channel, event.number, (event.value / 127) ** VELOCITY_CURVE)
            case Kind.OFF:
                player.channel_note_off(event.channel, event.number)
            case Kind.LEVEL:
                level = stem.channels[event.channel].level + event.value
                player.channel_set_volume(event.channel, 10 ** (level / 20))
            case Kind.BEND:
                wheel = 8192 + round(event.value * 4096)
                player.channel_set_pitch_wheel(event.channel, min(max(wheel, 0), 16383))
