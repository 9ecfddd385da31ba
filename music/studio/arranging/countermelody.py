"""The counter-melody: a second line that holds while the melody moves and answers when it rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from music.studio.arranging.band import Desk, tidy
from music.studio.arranging.counterpoint import leaned_on, yielding
from music.studio.arranging.scenes import Scene, Stage, Task
from music.studio.composing.harmony import Chord
from music.studio.instruments import INSTRUMENTS
from music.studio.score import Note

ENTRY = 0.55
ANSWER_BEATS = 1.0
SEMITONE_COST, PARALLEL_COST, SIMILAR_COST, DIRECTION_COST, CROSSING_COST = 7.0, 8.0, 2.5, 2.0, 4.0


def counter(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """Chord tones the melody does not have, against its motion; runs towards the next one while it holds or rests."""
    instrument = INSTRUMENTS[program]
    # Below the melody if the instrument goes there; where it cannot, it stays high and soft.
    centre = min(instrument.centre - 5, desk.centre_of(desk.band.lead) - 6)
    if centre < instrument.low + 4:
        centre = instrument.centre
    goals: list[tuple[Chord, Scene, int]] = []
    previous, sung = round(centre), None
    for chord in desk.ground.chords:
        scene = stage.at(chord.start)
        if not _wanted(scene) or stage.states(chord.start):
            previous, sung = round(centre), None
            continue
        above = _sounding(melody, chord.start)
        pitch = _goal(desk, chord, previous, above, sung, centre, instrument.low, instrument.high)
        goals.append((chord, scene, pitch))
        previous, sung = pitch, above
    notes: list[Note] = []
    for index, (chord, _, pitch) in enumerate(goals):
        following = goals[index + 1] if index + 1 < len(goals) and goals[index + 1][0].start == chord.end else None
        target = pitch if following is None else following[2]
        free = _free(melody, chord)
        held_until = chord.end if free is None else free
        touch = desk.character.articulation
        if held_until > chord.start + 0.25:
            length = (held_until - chord.start) * (0.97 if touch > 0.9 else max(0.5, touch))
            notes.append(Note(tidy(chord.start), tidy(length), pitch, stage.velocity(chord.start, 0.56, 0)))
        if free is not None:
            notes += _answer(desk, stage, pitch, target, free, chord.end, program)
    return yielding(notes, leaned_on(melody, desk.meter))


def heterophony(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """수성가락: the melody's main notes followed by another instrument in its own octave, some a little late."""
    instrument = INSTRUMENTS[program]
    third = 1 / desk.meter.division
    # A plucked lead is followed from the beginning by what can hold its tones; a blown one is first heard alone.
    entry = ENTRY if INSTRUMENTS[desk.band.lead].sustained else 0.0
    notes: list[Note] = []
    for note in melody:
        scene = stage.at(note.start)
        if scene.fullness < entry or scene.task is Task.INTRODUCTION or note.length < 0.6 or note.start % 1 > 1e-6:
            continue
        if stage.states(note.start):
            continue
        pitch = note.pitch
        goal = instrument.centre - 3
        pitch += 12 * round((goal - pitch) / 12)
        while pitch < instrument.low:
            pitch += 12
        while pitch > instrument.high:
            pitch -= 12
        late = third if note.length >= 1.5 and note.start % 2 >= 1 else 0.0
        start = note.start + late
        notes.append(replace(note, start=tidy(start), length=tidy(note.length - late), pitch=pitch,
                             velocity=max(16, note.velocity - 10)))  # fmt: skip
    return notes


def _wanted(scene: Scene) -> bool:
    if scene.task in (Task.INTRODUCTION, Task.ENDING):
        return False
    # The theme is first heard alone.
    return scene.fullness >= (0.75 if scene.first else ENTRY)


def _goal(
    desk: Desk,
    chord: Chord,
    previous: int,
    above: int | None,
    before: int | None,
    centre: float,
    low: int,
    high: int,
) -> int:
    classes = desk.pitch_classes(chord)
    rising = desk.character.rising
    moved = 0 if above is None or before is None else above - before

    def cost(pitch: int) -> float:
        own = pitch - previous
        total = abs(own) + 0.3 * abs(pitch - centre)
        if own == 0:
            total += 1.0
        if moved and own and (moved > 0) == (own > 0):
            total += SIMILAR_COST
        if rising is not None and own and (own > 0) != rising:
            total += DIRECTION_COST
        if above is not None:
            interval = abs(pitch - above) % 12
            total += SEMITONE_COST if interval in (1, 11) else 1.5 if interval == 0 else 0.0
            if pitch >= above > low + 4:
                total += CROSSING_COST
            if before is not None and moved and own and interval in (0, 7) and abs(previous - before) % 12 == interval:
                total += PARALLEL_COST
        return total

    options = [pitch for pitch in range(max(low, previous - 12), min(high, previous + 12) + 1) if pitch % 12 in classes]
    return min(options or [pitch for pitch in range(low, high + 1) if pitch % 12 in classes], key=cost)


def _sounding(melody: Sequence[Note], beat: float) -> int | None:
    return next((note.pitch for note in melody if note.start <= beat + 0.3 and note.start + note.length > beat), None)


def _free(melody: Sequence[Note], chord: Chord) -> float | None:
    """From where to the chord's end no melody note begins, if that is long enough for an answer; on a whole beat."""
    onsets = [note.start for note in melody if chord.start <= note.start < chord.end - 1e-6]
    last = max(onsets, default=chord.start)
    begin = max(chord.start + 1.0, float(-(-last // 1)) + (1.0 if last % 1 < 1e-6 else 0.0))
    return begin if chord.end - begin >= ANSWER_BEATS - 1e-6 else None


def _answer(desk: Desk, stage: Stage, pitch: int, target: int, start: float, end: float, program: int) -> list[Note]:
    """Steps of the scale from one goal to the next, or around it."""
    instrument = INSTRUMENTS[program]
    step = 1.0 if desk.character.motion < 0.45 else 1 / desk.meter.division
    count = min(4, max(1, round((end - start) / step)))
    ladder = desk.ladder(start)
    reach = [value for value in range(instrument.low, instrument.high + 1) if value % 12 in ladder]
    place = min(range(len(reach)), key=lambda index: abs(reach[index] - pitch))
    goal = min(range(len(reach)), key=lambda index: abs(reach[index] - target))
    begin = end - count * step
    direction = 1 if goal > place else -1 if goal < place else (1 if desk.character.rising else -1)
    # Arrive one step before the goal, which the next chord brings.
    path = [goal - direction * (count - index) for index in range(count)]
    touch = min(1.0, desk.character.articulation)
    notes = []
    for index, spot in enumerate(path):
        at = begin + index * step
        value = reach[min(max(spot, 0), len(reach) - 1)]
        accent = 0.62 if index == 0 else 0.5
        notes.append(Note(tidy(desk.swung(at)), tidy(step * touch), value, stage.velocity(at, accent, 2)))
    return notes
