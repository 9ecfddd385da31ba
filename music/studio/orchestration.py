"""Orchestration: lines and chords become parts with instruments, registers, dynamics and places on the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from music.brief import Genre, Mood
from music.studio.band import Desk
from music.studio.chance import stream
from music.studio.figures import BASS_FIGURES, FIGURES, Stroke
from music.studio.form import Phrase
from music.studio.instruments import INSTRUMENTS, KIT_TRIM
from music.studio.melody import Sung
from music.studio.percussion import GROOVES
from music.studio.score import Note, Part
from music.studio.voicing import voice

BALANCE = {
    "melody": 0.0,
    "second": -0.5,
    "counter": -7.0,
    "pad": -9.0,
    "accompaniment": -6.0,
    "bass": -3.5,
    "spark": -8.0,
    "drums": -8.0,
}
STAGE = {
    "melody": 0.08,
    "second": -0.15,
    "counter": 0.35,
    "pad": -0.1,
    "accompaniment": -0.35,
    "bass": 0.0,
    "spark": 0.5,
    "drums": 0.05,
}
REGISTER_SHIFT = {Mood.JOY: 2, Mood.WONDER: 3, Mood.MELANCHOLY: -2, Mood.SADNESS: -4, Mood.ANGER: -3, Mood.CALM: -2}
BASS_LOW, BASS_HIGH = 31, 50
# Their accompaniment leaves holes that only the bass fills: it is there from the first bar.
GROUNDED = frozenset({Genre.AMBIENT, Genre.LOFI, Genre.JAZZ_BALLAD, Genre.KOREAN})


def orchestrate(desk: Desk, lines: Sequence[tuple[Phrase, Sequence[Sung]]]) -> tuple[Part, ...]:
    """All parts of the piece; those with nothing to play are left out."""
    lead = [note for phrase, notes in lines if phrase.kind not in ("B", "M") for note in notes]
    contrast = [note for phrase, notes in lines if phrase.kind in ("B", "M") for note in notes]
    melody = _sing(desk, "melody", desk.band.lead, lead)
    second = _sing(desk, "second", desk.band.second, contrast)
    heard = tuple(sorted((*melody.notes, *second.notes), key=lambda note: note.start))
    low_melody = INSTRUMENTS[desk.band.lead].centre < 66
    parts = [
        melody,
        second,
        _counter(desk, heard),
        _pad(desk, 68 if low_melody else 60),
        _accompaniment(desk, 66 if low_melody else 57),
        _bass(desk),
        _spark(desk, melody.notes),
        _drums(desk),
    ]
    return tuple(part for part in parts if part is not None and part.notes)


def _part(desk: Desk, name: str, program: int, notes: Sequence[Note]) -> Part:
    trim = KIT_TRIM[program] if name == "drums" else INSTRUMENTS[program].trim
    level = BALANCE[name] + trim + desk.band.palette.levels.get(name, 0.0)
    return Part(name, program, tuple(sorted(notes, key=lambda n: (n.start, n.pitch))), round(level, 2), STAGE[name])


def _sing(desk: Desk, name: str, program: int, line: Sequence[Sung]) -> Part:
    instrument = INSTRUMENTS[program]
    offsets = [desk.ground.semitones(note.step, note.start) for note in line]
    notes: list[Note] = []
    if line:
        centre = instrument.centre + REGISTER_SHIFT.get(desk.brief.mood, 0)
        mean = sum(offsets) / len(offsets)
        base = desk.tonic + 12 * round((centre - mean - desk.tonic) / 12)
        for note, offset in zip(line, offsets, strict=True):
            pitch = base + offset
            pitch += 12 * ((instrument.low - pitch + 11) // 12) if pitch < instrument.low else 0
            pitch -= 12 * ((pitch - instrument.high + 11) // 12) if pitch > instrument.high else 0
            accent = 0.72 if note.start % desk.meter.beats < 1e-6 else 0.64 if note.start % 1 < 1e-6 else 0.55
            notes.append(Note(_tidy(note.start), _tidy(note.length), pitch, desk.velocity(note.start, accent, 80)))
    korean = desk.brief.genre is Genre.KOREAN
    if korean:
        notes = _graces(desk, notes, instrument.high)
    part = _part(desk, name, program, notes)
    return replace(part, vibrato=0.45 if korean else 0.14 if instrument.sustained else 0.0)


def _graces(desk: Desk, notes: Sequence[Note], high: int) -> list[Note]:
    """시김새: a long note is reached from the rung above, quickly."""
    rng = stream(desk.brief.seed, "graces")
    rungs = {(desk.tonic + offset) % 12 for offset in desk.ground.pentatonic}
    graced: list[Note] = []
    for note in notes:
        higher = range(note.pitch + 1, min(note.pitch + 12, high) + 1)
        above = next((pitch for pitch in higher if pitch % 12 in rungs), None)
        if note.length >= 1 and rng.random() < 0.45 and above is not None:
            graced.append(Note(note.start, 0.12, above, max(18, note.velocity - 14)))
            note = replace(note, start=_tidy(note.start + 0.12), length=_tidy(note.length - 0.12))
        graced.append(note)
    return graced


def _counter(desk: Desk, melody: Sequence[Note]) -> Part | None:
    """Long notes below the melody in full phrases: chord tones it does not have, moving as little as they can."""
    program = desk.band.counter
    if program is None:
        return None
    instrument = INSTRUMENTS[program]
    previous = instrument.centre - 5
    notes: list[Note] = []
    for chord in desk.ground.chords:
        phrase = desk.phrase_at(chord.start)
        if phrase.intensity < 0.7 or phrase.label in ("intro", "coda"):
            continue
        sounding = {note.pitch % 12 for note in melody if note.start <= chord.start < note.start + note.length}
        classes = [pc for pc in desk.pitch_classes(chord) if pc not in sounding] or list(desk.pitch_classes(chord))
        options = [p for p in range(instrument.low, instrument.high + 1) if p % 12 in classes]
        pitch = min(options, key=lambda p: (abs(p - previous) + 0.3 * abs(p - instrument.centre + 5), p))
        notes.append(Note(_tidy(chord.start), _tidy(chord.length * 0.96), pitch, desk.velocity(chord.start, 0.5, 68)))
        previous = pitch
    return replace(_part(desk, "counter", program, notes), vibrato=0.1 if instrument.sustained else 0.0)


def _pad(desk: Desk, centre: int) -> Part | None:
    program = desk.band.pad
    if program is None:
        return None
    low, high = max(centre - 13, INSTRUMENTS[program].low), min(centre + 14, INSTRUMENTS[program].high)
    atmospheric = desk.brief.genre in (Genre.AMBIENT, Genre.CINEMATIC)
    notes: list[Note] = []
    swells: list[tuple[float, float]] = []
    previous: tuple[int, ...] = ()
    for chord in desk.ground.chords:
        phrase = desk.phrase_at(chord.start)
        if phrase.intensity < 0.6 and phrase.kind not in ("coda",) and not atmospheric:
            continue
        previous = voice(desk.pitch_classes(chord), previous, low, high, centre)
        end = desk.end if chord.start >= desk.last_bar else chord.end
        length = _tidy(end - chord.start - 0.02)
        notes += [Note(_tidy(chord.start), length, pitch, desk.velocity(chord.start, 0.6, 72)) for pitch in previous]
        swells += [(_tidy(chord.start), -3.0), (_tidy(chord.start + chord.length * 0.55), 0.0)]
    return replace(_part(desk, "pad", program, notes), swells=tuple(swells))


def _accompaniment(desk: Desk, centre: int) -> Part:
    band = desk.band
    rng = stream(desk.brief.seed, "accompaniment")
    instrument = INSTRUMENTS[band.accompaniment]
    figure = FIGURES[band.figure]
    notes: list[Note] = []
    previous: tuple[int, ...] = ()
    low = max(instrument.low, centre - 12)
    for chord in desk.ground.chords:
        previous = voice(desk.pitch_classes(chord), previous, low, centre + 12, centre)
        if chord.start >= desk.last_bar:
            # The last chord is spread once and left to ring.
            count = len(previous) + 1
            strokes = [
                Stroke(0.11 * index, desk.end - chord.start - 0.11 * index, index, 0.55) for index in range(count)
            ]
        else:
            strokes = figure(chord.length, len(previous), desk.meter, band.lively, rng)
        for stroke in strokes:
            octave, index = divmod(stroke.what, len(previous))
            pitch = previous[index] + 12 * octave
            if pitch > instrument.high or stroke.length <= 0.02:
                continue
            start = _swung(chord.start + stroke.at, desk)
            notes.append(Note(_tidy(start), _tidy(stroke.length), pitch, desk.velocity(start, stroke.accent, 68)))
    return _part(desk, "accompaniment", band.accompaniment, notes)


def _bass(desk: Desk) -> Part:
    band = desk.band
    rng = stream(desk.brief.seed, "bass")
    figure = BASS_FIGURES[band.bass_figure]
    notes: list[Note] = []
    chords = list(desk.ground.chords)
    low = max(BASS_LOW, INSTRUMENTS[band.palette.bass].low)
    previous = low + 7
    for index, chord in enumerate(chords):
        phrase = desk.phrase_at(chord.start)
        if phrase.label == "intro" and phrase.bars > 1 and desk.brief.genre not in GROUNDED:
            continue
        root = _near(desk.bass_pitch_class(chord), previous, low, BASS_HIGH)
        previous = root
        following = chords[index + 1] if index + 1 < len(chords) else chord
        goal = _near(desk.bass_pitch_class(following), root, low, BASS_HIGH)
        # Root, third, fifth of the chord above the bass note as figures number them; 1 is the octave for a pianist.
        fifth = (desk.tonic + chord.offset(4) - root) % 12
        third = (desk.tonic + chord.offset(2) - root) % 12
        places = {0: 0, 1: third or 12, 2: fifth or 12, 3: 12, 9: 0}
        if band.bass_figure == "octaves":
            places[1] = 12
        final = chord.start >= desk.last_bar
        strokes = (
            [Stroke(0, desk.end - chord.start, 0, 0.65)]
            if final
            else figure(chord.length, 1, desk.meter, band.lively, rng)
        )
        for stroke in strokes:
            pitch = root + places[stroke.what]
            if stroke.what == 9:
                pitch = goal + (-1 if goal > root else 1 if goal < root else 7)
            start = _swung(chord.start + stroke.at, desk)
            if stroke.length > 0.05:
                notes.append(Note(_tidy(start), _tidy(stroke.length), pitch, desk.velocity(start, stroke.accent, 74)))
    return _part(desk, "bass", band.palette.bass, notes)


def _spark(desk: Desk, melody: Sequence[Note]) -> Part | None:
    """A bright double of the melody's long notes an octave up, where the piece is fullest and where it ends."""
    program = desk.band.palette.spark
    if program is None:
        return None
    instrument = INSTRUMENTS[program]
    notes: list[Note] = []
    for note in melody:
        phrase = desk.phrase_at(note.start)
        if (phrase.intensity < 0.95 and phrase.label != "coda") or note.length < 1:
            continue
        pitch = note.pitch + 12
        while pitch > instrument.high:
            pitch -= 12
        while pitch < instrument.low:
            pitch += 12
        notes.append(replace(note, pitch=pitch, velocity=max(20, round(note.velocity * 0.75))))
    return _part(desk, "spark", program, notes)


def _drums(desk: Desk) -> Part | None:
    palette = desk.band.palette
    if palette.kit is None or not desk.brief.drums:
        return None
    rng = stream(desk.brief.seed, "drums")
    groove = GROOVES[desk.band.groove]
    shy = desk.brief.genre is Genre.CINEMATIC and desk.brief.energy < 0.45
    notes: list[Note] = []
    for bar in range(desk.form.bars):
        start = float(bar * desk.meter.beats)
        phrase = desk.phrase_at(start)
        strokes = groove(desk.meter, phrase.intensity, rng)
        if start >= desk.last_bar:
            strokes = [stroke for stroke in strokes if stroke.at == 0]
        elif phrase.label in ("intro", "coda") or phrase.intensity < (0.9 if shy else 0.5):
            continue
        for stroke in strokes:
            at = _swung(start + stroke.at, desk)
            notes.append(Note(_tidy(at), stroke.length, stroke.what, desk.velocity(at, stroke.accent, 76)))
    return _part(desk, "drums", palette.kit, notes)


def _swung(beat: float, desk: Desk) -> float:
    """The beat's second half falls where the palette's swing puts it."""
    whole, part = divmod(beat, 1)
    if desk.meter.division != 2 or abs(part - 0.5) > 0.05:
        return beat
    return whole + desk.band.palette.swing + (part - 0.5)


def _near(pitch_class: int, previous: int, low: int, high: int) -> int:
    options = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    return min(options, key=lambda pitch: (abs(pitch - previous) + 0.25 * abs(pitch - low - 7), pitch))


def _tidy(beats: float) -> float:
    """Rounded, so that a score is the same on every machine."""
    return round(beats, 4)
