"""Counterpoint: what the other parts owe the tune. No lasting rub beside its long notes, no bass that runs along."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from music.studio.arranging.band import tidy
from music.studio.score import Meter, Note

TOGETHER = 0.05
LONG, LASTING = 1.0, 0.5
SHORTEST_CUT = 0.2
RUBS = (1, 13)
PERFECT = (0, 7)


def leaned_on(tune: Sequence[Note], meter: Meter) -> list[Note]:
    """The tune's long notes on strong beats that do not resolve downwards by a step: a rub beside them would stay."""
    strong = (0, 2) if meter.beats == 4 else (0,)
    found = []
    for index, note in enumerate(tune):
        following = tune[index + 1] if index + 1 < len(tune) else None
        resolves = following is not None and following.pitch - note.pitch in (-1, -2)
        on_beat = any(abs(note.start % meter.beats - beat) <= TOGETHER for beat in strong)
        if on_beat and note.length >= LONG and not resolves:
            found.append(note)
    return found


def yielding(notes: Sequence[Note], leaned: Sequence[Note], *, silent: bool = False) -> list[Note]:
    """The notes without those that rub a semitone (in whatever octave but the major seventh) against the tune's.

    What rang before ends where the tune's note begins; what is struck with it takes the tune's own tone or, where the
    voices of a chord must keep their ways, is `silent`.
    """
    starts = [note.start for note in leaned]
    kept: list[Note] = []
    for note in notes:
        pitch, length = note.pitch, note.length
        index = bisect_left(starts, note.start - TOGETHER)
        while index < len(leaned) and leaned[index].start + LASTING <= note.start + length + 1e-6:
            tune = leaned[index]
            if abs(tune.pitch - pitch) in RUBS:
                if tune.start - note.start > TOGETHER:
                    length = tidy(tune.start - note.start)
                    break
                if silent:
                    length = 0.0
                    break
                pitch += 1 if tune.pitch > pitch else -1
            index += 1
        if length >= min(SHORTEST_CUT, note.length):
            kept.append(
                note if (pitch, length) == (note.pitch, note.length) else replace(note, pitch=pitch, length=length)
            )
    return kept


def runs_along(tune: Sequence[Note], starts: Sequence[float], earlier: Note, later: Note) -> bool:
    """Whether tune and bass move in one direction from a perfect fifth or octave to another of the same kind.

    `starts`: those of the tune's notes, in order.
    """
    index = bisect_left(starts, later.start - TOGETHER)
    if index >= len(tune) or abs(starts[index] - later.start) > TOGETHER or index == 0:
        return False
    arrived, left = tune[index], tune[index - 1]
    if left.start + left.length <= later.start - TOGETHER:
        return False
    before, after = (left.pitch - earlier.pitch) % 12, (arrived.pitch - later.pitch) % 12
    same_way = (arrived.pitch - left.pitch) * (later.pitch - earlier.pitch) > 0
    return same_way and before == after and before in PERFECT


def independent(chords: Sequence[Sequence[Note]], tune: Sequence[Note], low: int, high: int) -> list[Note]:
    """The bass, given by its notes over each chord, with what runs along with the tune moved.

    A passing note before the change finds another place first; then a whole chord's notes change octave, so that the
    bass goes the other way, as far as the range from `low` to `high` has it.
    """
    starts = [note.start for note in tune]
    groups = [list(group) for group in chords if group]
    for index in range(1, len(groups)):
        before, here = groups[index - 1], groups[index]
        if not runs_along(tune, starts, before[-1], here[0]):
            continue
        past = groups[index - 2] if index > 1 else []
        if len(before) > 1:
            options = [
                [*before[:-1], replace(before[-1], pitch=pitch)]
                for pitch in (before[0].pitch, before[0].pitch + 12, *(note.pitch for note in before))
                if low <= pitch <= high and pitch != here[0].pitch
            ]
            fitting = [option for option in options if not runs_along(tune, starts, option[-1], here[0])]
            if fitting:
                groups[index - 1] = fitting[0]
                continue
        for shift in (-12, 12):
            moved = _moved(here, shift, low, high)
            if moved and not runs_along(tune, starts, before[-1], moved[0]):
                groups[index] = moved
                break
            moved = _moved(before, shift, low, high)
            if (
                moved
                and not runs_along(tune, starts, moved[-1], here[0])
                and not (past and runs_along(tune, starts, past[-1], moved[0]))
            ):
                groups[index - 1] = moved
                break
    return [note for group in groups for note in group]


def _moved(notes: Sequence[Note], shift: int, low: int, high: int) -> list[Note]:
    """The notes an octave away; none if one of them would leave the range."""
    fits = all(low <= note.pitch + shift <= high for note in notes)
    return [replace(note, pitch=note.pitch + shift) for note in notes] if fits else []
