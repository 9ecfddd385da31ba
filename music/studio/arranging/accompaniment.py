"""What lies under the melody: accompaniment, second accompaniment, pad and bass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from music.brief import Genre
from music.studio.arranging.band import Desk, near, tidy
from music.studio.arranging.basslines import BASSLINES, Place
from music.studio.arranging.counterpoint import independent, leaned_on, yielding
from music.studio.arranging.figures import FIGURES, POWER_FIGURES
from music.studio.arranging.scenes import Scene, Stage, Task
from music.studio.arranging.strokes import Stroke, Strokes
from music.studio.arranging.voicing import voice
from music.studio.chance import stream
from music.studio.composing.harmony import Chord
from music.studio.instruments import INSTRUMENTS
from music.studio.score import Note

BASS_LOW, BASS_HIGH = 31, 50
PAD_LOW, PAD_RANGE = 43, 20
PAD_ENTRY, TEXTURE_ENTRY, FULL_BASS = 0.55, 0.6, 0.7
DAMPED = 0.8
# Semitones the accompaniment keeps below the tune.
CLEARANCE, LOWEST_CEILING = 2, 60
OVERHEAD = frozenset({"glitter", "drops"})
FIGURE_OF = {Task.CONTRAST: 1, Task.DEVELOPMENT: 2, Task.RETURN: 3}
Swells = tuple[tuple[float, float], ...]
Ceiling = Callable[[float], int | None]


def accompaniment(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """The figure of each scene over voiced chords, below the melody; the last chord is spread once and left to ring."""
    figures = desk.band.manner.figures
    rng = stream(desk.brief.seed, "accompaniment")
    low_melody = INSTRUMENTS[desk.band.lead].centre < 62
    centre = _placed((64 if low_melody else 57) + desk.character.height, program)
    notes: list[Note] = []
    previous: tuple[int, ...] = ()
    ceiling = _ceiling(melody)
    for chord in desk.ground.chords:
        scene = stage.at(chord.start)
        previous = _voiced(desk, chord, previous, centre, program)
        if chord.start >= desk.last_bar:
            ring = desk.end - chord.start
            strokes = [Stroke(0.11 * index, ring - 0.11 * index, index, 0.55) for index in range(len(previous) + 1)]
        else:
            name = figures[FIGURE_OF.get(scene.task, 0)]
            lively = desk.band.lively and scene.task not in (Task.INTRODUCTION, Task.ENDING)
            strokes = _eased(FIGURES[name](chord.length, len(previous), desk.meter, lively, rng), scene, name)
        notes += _struck(desk, stage, chord, previous, strokes, program, ceiling)
    return yielding(notes, leaned_on(melody, desk.meter))


def texture(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """A second accompaniment in another register, from the development on and wherever the piece is full."""
    name = desk.band.manner.texture
    if not name:
        return []
    rng = stream(desk.brief.seed, "texture")
    instrument = INSTRUMENTS[program]
    centre = _placed(instrument.centre, program)
    # What only glitters may do so overhead.
    ceiling = _ceiling([] if name in OVERHEAD else melody)
    notes: list[Note] = []
    previous: tuple[int, ...] = ()
    for chord in desk.ground.chords:
        scene = stage.at(chord.start)
        previous = (
            _power(desk, chord, program) if name in POWER_FIGURES else _voiced(desk, chord, previous, centre, program)
        )
        late = scene.task in (Task.DEVELOPMENT, Task.RETURN) or scene.fullness >= TEXTURE_ENTRY
        if not late or scene.task in (Task.INTRODUCTION, Task.ENDING) or chord.start >= desk.last_bar:
            continue
        strokes = FIGURES[name](chord.length, len(previous), desk.meter, desk.band.lively, rng)
        # The theme is stated without it.
        strokes = [stroke for stroke in strokes if not stage.states(chord.start + stroke.at)]
        notes += _struck(desk, stage, chord, previous, strokes, program, ceiling)
    return yielding(notes, leaned_on(melody, desk.meter))


def pad(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> tuple[list[Note], Swells]:
    """Voiced chords that breathe, below the melody where it leaves room, and the levels of their swells."""
    instrument = INSTRUMENTS[program]
    centre = _placed((66 if INSTRUMENTS[desk.band.lead].centre < 62 else 60) + desk.character.height / 2, program)
    low, high = round(max(centre - 13, instrument.low)), round(min(centre + 14, instrument.high))
    # One ceiling for the whole piece: where it moved, the voices would have to leap.
    high = min(high, max(_floor_of(melody) - CLEARANCE, low + PAD_RANGE - 5))
    low = max(min(low, high - PAD_RANGE), instrument.low, PAD_LOW)
    # Narrower, and the voices could only move along with each other.
    high = max(high, low + PAD_RANGE)
    centre = min(centre, high - 8)
    depth = desk.character.swell
    notes: list[Note] = []
    swells: list[tuple[float, float]] = []
    previous: tuple[int, ...] = ()
    for chord in desk.ground.chords:
        scene = stage.at(chord.start)
        wanted = scene.fullness >= PAD_ENTRY or scene.task is Task.ENDING
        if not (wanted or desk.band.palette.atmospheric) or (scene.first and scene.fullness < PAD_ENTRY):
            continue
        previous = voice(desk.pitch_classes(chord)[:3], previous, low, high, centre)
        end = desk.end if chord.start >= desk.last_bar else chord.end
        length = tidy(end - chord.start - 0.02)
        velocity = stage.behind(chord.start, 0.6, -2)
        notes += [Note(tidy(chord.start), length, pitch, velocity) for pitch in previous]
        swells += [(tidy(chord.start), round(-depth / 2, 2)), (tidy(chord.start + chord.length * 0.6), 0.0)]
        if chord.length >= 2:
            swells.append((tidy(end - 0.05), round(-depth / 2, 2)))
    return yielding(notes, leaned_on(melody, desk.meter), silent=True), tuple(sorted(dict(swells).items()))


def bass(desk: Desk, stage: Stage, program: int, melody: Sequence[Note]) -> list[Note]:
    """The bass line: plain while the piece is thin, moving when it is full, and never along with the melody."""
    rng = stream(desk.brief.seed, "bass")
    grounded = desk.band.palette.grounded
    instrument = INSTRUMENTS[program]
    low = max(BASS_LOW, instrument.low)
    high = max(low + 12, min(BASS_HIGH, instrument.high))
    chords = list(desk.ground.chords)
    previous = low + 7
    groups: list[list[Note]] = []
    for index, chord in enumerate(chords):
        scene = stage.at(chord.start)
        if scene.task is Task.INTRODUCTION and scene.phrase.bars > 1 and not grounded:
            continue
        root = near(desk.bass_pitch_class(chord), previous, low, high)
        previous = root
        following = chords[index + 1] if index + 1 < len(chords) else chord
        goal = near(desk.bass_pitch_class(following), root, low, high)
        if chord.start >= desk.last_bar:
            strokes: Strokes = [Stroke(0, desk.end - chord.start, Place.ROOT, 0.62)]
        else:
            thin, full = desk.band.manner.bass
            name = full if scene.fullness >= FULL_BASS else thin
            if scene.task in (Task.INTRODUCTION, Task.ENDING):
                name = "hold"
            strokes = BASSLINES[name](chord.length, 1, desk.meter, desk.band.lively, rng)
        notes: list[Note] = []
        for stroke in strokes:
            pitch = _in_chord(desk, chord, root, goal, stroke.what)
            start = desk.swung(chord.start + stroke.at)
            length = stroke.length * (max(0.6, desk.character.detachment) if stroke.length < 1.5 else 1.0)
            if length > 0.05:
                notes.append(Note(tidy(start), tidy(length), pitch, stage.velocity(start, stroke.accent, 4)))
        groups.append(notes)
    return independent(groups, melody, low, high)


def _placed(centre: float, program: int) -> float:
    instrument = INSTRUMENTS[program]
    return min(max(centre, instrument.low + 9), max(instrument.high - 9, instrument.low + 9))


def _voiced(desk: Desk, chord: Chord, previous: tuple[int, ...], centre: float, program: int) -> tuple[int, ...]:
    instrument = INSTRUMENTS[program]
    low, high = round(max(instrument.low, centre - 12)), round(min(instrument.high, centre + 12))
    return voice(desk.pitch_classes(chord), previous, low, max(high, low + 14), centre)


def _power(desk: Desk, chord: Chord, program: int) -> tuple[int, ...]:
    instrument = INSTRUMENTS[program]
    root = near((desk.tonic + chord.offset(0)) % 12, instrument.centre - 7, instrument.low, instrument.low + 14)
    fifth = (chord.offset(4) - chord.offset(0)) % 12
    return (root, root + fifth, root + 12)


def _eased(strokes: Strokes, scene: Scene, figure: str) -> Strokes:
    """Introduction and ending have the figure with fewer strokes: what falls on a beat, and less weight."""
    if scene.task not in (Task.INTRODUCTION, Task.ENDING) or figure in ("offbeat", "skank", "comp", "charleston"):
        return strokes
    return [stroke for stroke in strokes if stroke.at % 0.5 < 0.13 or stroke.at % 1 > 0.6] or strokes


def _struck(
    desk: Desk,
    stage: Stage,
    chord: Chord,
    voices: Sequence[int],
    strokes: Strokes,
    program: int,
    ceiling: Ceiling,
) -> list[Note]:
    instrument = INSTRUMENTS[program]
    detachment = desk.character.detachment
    final = chord.start >= desk.last_bar
    korean = desk.brief.genre is Genre.KOREAN
    notes: list[Note] = []
    for stroke in strokes:
        octave, index = divmod(stroke.what, len(voices))
        pitch = voices[index] + 12 * octave
        if pitch > instrument.high:
            pitch -= 12 * -((instrument.high - pitch) // 12)
        tune = None if final else ceiling(chord.start + stroke.at)
        while tune is not None and pitch > tune - CLEARANCE and pitch - 12 >= instrument.low:
            pitch -= 12
        length = stroke.length
        if not final and (instrument.sustained or detachment < DAMPED) and not korean:
            length *= detachment
        if pitch < instrument.low or length <= 0.02:
            continue
        start = desk.swung(chord.start + stroke.at)
        notes.append(Note(tidy(start), tidy(length), pitch, stage.behind(start, stroke.accent, -4)))
    return _each_once(notes)


def _floor_of(melody: Sequence[Note]) -> int:
    """The pitch above which nearly all of the tune lies, of what can be stayed under; very high if there is none."""
    heard = sorted(note.pitch for note in melody if note.pitch >= LOWEST_CEILING)
    return heard[len(heard) // 6] if heard else 127


def _ceiling(melody: Sequence[Note]) -> Ceiling:
    """The pitch of the tune at a beat, or None where it is silent for a while or too low to stay under."""
    starts = [note.start for note in melody]

    def at(beat: float) -> int | None:
        index = bisect_right(starts, beat + 0.13) - 1
        if index < 0 or beat > melody[index].start + melody[index].length + 1:
            return None
        return melody[index].pitch if melody[index].pitch >= LOWEST_CEILING else None

    return at


def _each_once(notes: Sequence[Note]) -> list[Note]:
    """Strokes that fell on one pitch at one time are one."""
    return list({(note.start, note.pitch): note for note in notes}.values())


def _in_chord(desk: Desk, chord: Chord, root: int, goal: int, what: int) -> int:
    match what:
        case Place.THIRD:
            return root + ((desk.tonic + chord.offset(2) - root) % 12 or 12)
        case Place.FIFTH:
            return root + ((desk.tonic + chord.offset(4) - root) % 12 or 12)
        case Place.OCTAVE:
            return root + 12
        case Place.LEADING:
            chromatic = desk.brief.genre in (Genre.JAZZ_BALLAD, Genre.LOFI)
            if chromatic or goal == root:
                return goal + (-1 if goal > root else 1 if goal < root else 7)
            ladder = desk.ladder(chord.start)
            steps = range(1, 5) if goal < root else range(-1, -5, -1)
            return next((goal + step for step in steps if (goal + step) % 12 in ladder), goal)
        case _:
            return root
