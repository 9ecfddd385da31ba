"""Ornaments: what a player does to the pitch of a note, written into the part so that the score stays complete.

시김새 of Korean music: 농현 (a slow wide shake of a low tone), 꺾는음 (a tone that breaks down from the one above),
추성 (a push up at the end), 퇴성 (a sigh down at the end). Strings and winds elsewhere scoop a little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from music.brief import Genre, Mood
from music.studio.arranging.band import Desk, tidy
from music.studio.chance import stream
from music.studio.score import Gesture, Note, Ornament

SHAKEN_LENGTH, TURNED_LENGTH = 1.2, 0.9
BREAK_BEATS, SLIDE_BEATS = 0.22, 0.3
WIDEST = 1.9
SHORTEST_BEND = 0.1


def korean(desk: Desk, notes: Sequence[Note], task: str) -> tuple[Ornament, ...]:
    """시김새 for a line: by the length of a tone, its place in the scale and where the line goes next."""
    rng = stream(desk.brief.seed, "sigimsae", task)
    # The shaken tones are the low pillars of the mode, tonic and fifth; the broken one is the tone above them.
    pillars = {desk.tonic % 12, (desk.tonic + 7) % 12}
    wide = 0.9 if desk.brief.mood in (Mood.SADNESS, Mood.MELANCHOLY, Mood.TENSION) else 0.5
    ornaments: list[Ornament] = []
    for note, following in pairwise([*notes, None]):
        if note is None:
            break
        rest = 0.0
        if note.length >= TURNED_LENGTH and rng.random() < (0.5 if note.pitch % 12 not in pillars else 0.2):
            depth = float(_rung_above(desk, note))
            ornaments.append(Ornament(note.start, BREAK_BEATS, Gesture.BREAK, min(depth, WIDEST)))
            rest = BREAK_BEATS
        step = 0 if following is None else following.pitch - note.pitch
        tail = 0.0
        if following is not None and note.length >= TURNED_LENGTH and 0 < abs(step) <= 4 and rng.random() < 0.45:
            tail = SLIDE_BEATS
            gesture = Gesture.PUSH if step > 0 else Gesture.SIGH
            at = tidy(note.start + note.length - tail)
            ornaments.append(Ornament(at, tail, gesture, min(abs(step) * 0.75, WIDEST)))
        if note.length >= SHAKEN_LENGTH and (note.pitch % 12 in pillars or rng.random() < 0.4):
            begin, length = note.start + rest, note.length - rest - tail
            ornaments.append(Ornament(tidy(begin), tidy(length), Gesture.SHAKE, wide))
    return _one_at_a_time(sorted(ornaments, key=lambda ornament: ornament.start))


def _one_at_a_time(ornaments: Sequence[Ornament]) -> tuple[Ornament, ...]:
    """A tone that is held over into an ornamented one is bent only until that begins: both go through one wheel."""
    kept: list[Ornament] = []
    for ornament in ornaments:
        if kept and kept[-1].start + kept[-1].length > ornament.start:
            before = kept.pop()
            left = tidy(ornament.start - before.start)
            if left >= SHORTEST_BEND:
                kept.append(replace(before, length=left))
        kept.append(ornament)
    return tuple(kept)


def scoops(desk: Desk, notes: Sequence[Note]) -> tuple[Ornament, ...]:
    """Jazz and folk winds and strings reach some of their leaps from below."""
    if desk.brief.genre not in (Genre.JAZZ_BALLAD, Genre.FOLK):
        return ()
    rng = stream(desk.brief.seed, "scoops")
    return tuple(
        Ornament(note.start, 0.16, Gesture.SCOOP, 0.8)
        for before, note in pairwise(notes)
        if note.pitch - before.pitch >= 3 and note.length >= 1 and rng.random() < 0.5
    )


def _rung_above(desk: Desk, note: Note) -> int:
    ladder = desk.ladder(note.start)
    return next((distance for distance in range(1, 5) if (note.pitch + distance) % 12 in ladder), 2)
