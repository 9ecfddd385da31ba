"""The lines on top: the melody, the second voice that takes over in contrasts, and what doubles them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from music.brief import Genre
from music.studio.arranging.band import Desk, tidy
from music.studio.arranging.scenes import Stage, Task
from music.studio.composing.form import Phrase
from music.studio.composing.melody import Sung
from music.studio.instruments import CLARINET, INSTRUMENTS
from music.studio.score import Note

Line = tuple[Phrase, Sequence[Sung]]

DOUBLED, HARMONISED = 0.82, 0.7
SUNG, STATED, LIFTED = 8, 6, 10
"""Velocity by which what is sung is louder than the rest, a statement of the theme than what else is sung, and the
theme's octave louder still."""
THEME_CENTRE, HIGHEST_THEME, TOP_LINE = 65, 80, 66
"""Where the theme is sung at least, if the instrument reaches it, and at most. Lying lower on average than the top
line, it is doubled an octave above while it is stated."""
CLEAREST = {CLARINET: 67}
"""Where the theme is sung at most by what has more overtone than tone further up."""
HAND = 9
MOVE_COST, OUTSIDE_COST = 0.35, 3.0


def takes_over(task: Task) -> bool:
    """Whether the second voice sings a phrase of this task."""
    return task is Task.CONTRAST


def sing(desk: Desk, stage: Stage, program: int, lines: Sequence[Line]) -> list[Note]:
    """Pitches and touch for sung lines. Each phrase keeps its shape; only whole phrases change octave."""
    instrument = INSTRUMENTS[program]
    centre = min(max(desk.centre_of(program), instrument.low + 6), instrument.high - 7)
    character = desk.character
    notes: list[Note] = []
    previous: int | None = None
    for phrase, line in lines:
        if not line:
            continue
        offsets = [desk.ground.semitones(note.step, note.start) for note in line]
        # The climax is sung where the instrument shines, and the theme where it is heard through everything.
        goal = centre + (4 if stage.at(phrase.start * desk.meter.beats).climax else 0)
        if stage.states(phrase.start * desk.meter.beats):
            goal = min(max(goal + 2, min(THEME_CENTRE, instrument.high - 7)), CLEAREST.get(program, HIGHEST_THEME))
            previous = None
        base = _octave(desk.tonic, offsets, goal, instrument.low, instrument.high, previous)
        previous = base
        for index, (note, offset) in enumerate(zip(line, offsets, strict=True)):
            pitch = _inside(base + offset, instrument.low, instrument.high)
            accent = 0.72 if note.start % desk.meter.beats < 1e-6 else 0.64 if note.start % 1 < 1e-6 else 0.55
            following = line[index + 1].start if index + 1 < len(line) else None
            length = _sounding(note, following, character.articulation, instrument.sustained)
            start = desk.swung(note.start)
            if start + length > desk.end:
                length = desk.end - start
            above = SUNG + (STATED if stage.states(note.start) else 0)
            velocity = stage.velocity(note.start, accent, above, startling=False)
            notes.append(Note(tidy(start), tidy(length), pitch, velocity))
    return _untangled(sorted(notes, key=lambda note: note.start))


def double(desk: Desk, stage: Stage, program: int, lines: Sequence[tuple[int, Sequence[Note]]]) -> list[Note]:
    """The melody again in another colour where the piece is fullest: at the octave if the instrument has it.

    A pianist's right hand adds octaves at the climax, thirds and sixths on the way there.
    """
    notes: list[Note] = []
    instrument = INSTRUMENTS[program]
    stated = [note.pitch for _, line in lines for note in line if stage.states(note.start)]
    lifts = bool(stated) and sum(stated) / len(stated) < TOP_LINE
    for _, line in lines:
        for note in line:
            scene = stage.at(note.start)
            if stage.states(note.start) and desk.brief.genre is not Genre.SOLO_PIANO:
                if lifts and note.pitch + 12 <= instrument.high:
                    pitch = _inside(note.pitch + 12, instrument.low, instrument.high)
                    notes.append(replace(note, pitch=pitch, velocity=min(note.velocity + LIFTED, 122)))
                continue
            if scene.task in (Task.INTRODUCTION, Task.ENDING):
                continue
            if desk.brief.genre is Genre.SOLO_PIANO:
                added = _right_hand(desk, note, scene.fullness, climax=scene.climax)
                if added is not None:
                    notes.append(replace(note, pitch=added, velocity=max(16, note.velocity - 8)))
                continue
            if scene.fullness < DOUBLED and not scene.climax:
                continue
            options = [
                note.pitch + shift for shift in (12, 0, -12) if instrument.low <= note.pitch + shift <= instrument.high
            ]
            if options:
                pitch = min(options, key=lambda option: abs(option - instrument.centre))
                notes.append(replace(note, pitch=pitch, velocity=max(16, note.velocity - 6)))
    return notes


def spark(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """A bright touch on the melody's long notes an octave up, where the piece is full and where it ends."""
    instrument = INSTRUMENTS[program]
    notes: list[Note] = []
    for note in melody:
        scene = stage.at(note.start)
        wanted = scene.fullness >= HARMONISED or scene.task in (Task.ENDING, Task.RETURN)
        wanted = wanted and not stage.states(note.start)
        if not wanted or note.length < 0.6 * desk.character.articulation or note.start % 1 > 1e-6:
            continue
        pitch = _inside(note.pitch + 12, instrument.low, instrument.high)
        notes.append(
            replace(note, pitch=pitch, length=max(note.length, 1.0), velocity=max(20, round(note.velocity * 0.78)))
        )
    return _untangled(notes)


def messa_di_voce(desk: Desk, notes: Sequence[Note]) -> tuple[tuple[float, float], ...]:
    """Levels for a blown, bowed or sung line: long notes grow and fade, by as much as the mood asks."""
    depth = desk.character.swell
    points: list[tuple[float, float]] = []
    for note in notes:
        end = note.start + note.length
        if note.length >= 1.5:
            points += [
                (note.start, round(-0.5 * depth, 2)),
                (tidy(note.start + 0.45 * note.length), 0.0),
                (tidy(end), round(-0.6 * depth, 2)),
            ]
        else:
            points.append((note.start, round(-0.25 * depth, 2)))
    ordered: dict[float, float] = {}
    for beat, level in points:
        ordered[beat] = level
    return tuple(sorted(ordered.items()))


def _octave(tonic: int, offsets: Sequence[int], centre: float, low: int, high: int, previous: int | None) -> int:
    def cost(base: int) -> float:
        outside = sum(max(low - base - offset, 0, base + offset - high) for offset in offsets)
        mean = sum(offsets) / len(offsets)
        moved = 0 if previous is None else abs(base - previous)
        return OUTSIDE_COST * outside + abs(base + mean - centre) + MOVE_COST * moved

    return min((tonic + 12 * octave for octave in range(1, 9)), key=cost)


def _inside(pitch: int, low: int, high: int) -> int:
    pitch += 12 * max(0, -((pitch - low) // 12))
    return pitch - 12 * max(0, -((high - pitch) // 12))


def _sounding(note: Sung, following: float | None, articulation: float, sustained: bool) -> float:
    """How long a note sounds. Long notes are held even in a detached mood; slurs reach a little into the next."""
    share = articulation if note.length <= 1 else min(1.0, articulation + 0.14 * (note.length - 1))
    length = note.length * share
    gap = None if following is None else following - note.start
    if gap is not None and length > gap:
        length = gap + (0.02 if sustained and articulation >= 1 else 0.0)
    return max(length, 0.1)


def _right_hand(desk: Desk, note: Note, fullness: float, *, climax: bool) -> int | None:
    """The tone a pianist strikes with this one: the octave below at the climax, else a chord tone within the hand."""
    if note.start % 1 > 1e-6 or fullness < 0.62 or note.pitch < 62:
        return None
    if climax and fullness >= DOUBLED:
        return note.pitch - 12
    classes = set(desk.pitch_classes(desk.ground.chord(note.start)))
    options = [pitch for pitch in range(note.pitch - HAND, note.pitch - 2) if pitch % 12 in classes]
    consonant = [pitch for pitch in options if (note.pitch - pitch) in (3, 4, 8, 9)]
    return max(consonant, default=None)


def _untangled(notes: Sequence[Note]) -> list[Note]:
    """A note ends where its own pitch begins again."""
    result = list(notes)
    for index, (note, following) in enumerate(pairwise(notes)):
        if note.pitch == following.pitch and note.start + note.length > following.start:
            result[index] = replace(note, length=tidy(max(0.05, following.start - note.start)))
    return result
