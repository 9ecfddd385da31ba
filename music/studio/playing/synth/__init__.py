"""Synthesis: events in, sound out, by whichever engine this machine has.

TinySoundFont is the faster one but has no wheel for every platform; midirenderer runs everywhere. Both play the same
font dry; the room is added in mastering. The choice is made once, at import.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from music.studio.playing.events import Stem
from music.studio.playing.synth.midi import MidiRendererSynth

try:
    from music.studio.playing.synth.tiny import TinySoundFontSynth
except ImportError:  # no wheel for this platform or Python
    TinySoundFontSynth = None  # type: ignore[assignment,misc]


class Synth(Protocol):
    """A synthesis engine; one instance may serve several threads."""

    name: str

    def load(self) -> None:
        """Read the font now rather than with the first piece; processes forked afterwards share it."""
        ...

    def stream(self, stem: Stem, frames: int, block: int) -> Iterator[NDArray[np.float32]]:
        """Play `stem` for `frames` frames at 44.1 kHz: blocks of shape (up to `block`, 2), amplitude near ±1."""
        ...


ENGINES: tuple[type[Synth], ...] = tuple(
    engine for engine in (TinySoundFontSynth, MidiRendererSynth) if engine is not None
)


def default_synth() -> Synth:
    """The fastest engine this machine has, with the shipped font."""
    return ENGINES[0]()
