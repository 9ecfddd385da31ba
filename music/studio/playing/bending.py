"""Bending: how vibrato and ornaments move the pitch of a part, in semitones over seconds.

Curves begin with the note or ornament and end level. A performance takes them at a rate of its own; the MIDI file as
they stand here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from music.studio.score import Gesture, Note, Ornament, Part

VIBRATO_RATE, SHAKE_RATE = 5.2, 3.6
"""Trembles a second, of ordinary vibrato and of 농현."""
LONG_NOTE = 0.55
"""Seconds from which a note is long enough for vibrato."""
VIBRATO_DELAY, VIBRATO_GROWTH, SHAKE_GROWTH = 0.25, 0.6, 0.8


def trembling(part: Part) -> frozenset[Note]:
    """The notes that may have the part's vibrato: those that no ornament touches."""
    if not part.vibrato:
        return frozenset()
    bent = [(ornament.start, ornament.start + ornament.length) for ornament in part.ornaments]
    return frozenset(
        note
        for note in part.notes
        if not any(begin < note.start + note.length and end > note.start for begin, end in bent)
    )


def vibrato(seconds: float, depth: float, step: float, rate: float = VIBRATO_RATE) -> Iterator[tuple[float, float]]:
    """(seconds since the note began, semitones) every `step`: it sets in late and grows."""
    for index in range(int((seconds - VIBRATO_DELAY) / step)):
        since = index * step
        grown = min(1.0, since / VIBRATO_GROWTH)
        yield VIBRATO_DELAY + since, round(depth * grown * math.sin(math.tau * rate * since), 4)
    yield seconds, 0.0


def gesture(ornament: Ornament, seconds: float, step: float, rate: float = SHAKE_RATE) -> Iterator[tuple[float, float]]:
    """(seconds since the ornament began, semitones) about every `step` of an ornament that lasts `seconds`."""
    count = max(3, int(seconds / step))
    for index in range(count):
        share = index / count
        match ornament.gesture:
            case Gesture.SHAKE:
                since = share * seconds
                shape = min(1.0, since / SHAKE_GROWTH) * math.sin(math.tau * rate * since)
            case Gesture.BREAK:
                shape = 0.5 + 0.5 * math.cos(math.pi * share)
            case Gesture.SCOOP:
                shape = -0.5 - 0.5 * math.cos(math.pi * share)
            case Gesture.PUSH:
                shape = share * share
            case Gesture.SIGH:
                shape = -share * share
        yield share * seconds, round(ornament.depth * shape, 4)
    yield seconds, 0.0
