"""Finding a piece's journey among twenty by its theme: in the score's melody, and in the sound alone.

A theme is what the journey's openings state first, once in each meter and ladder (seven-tone or pentatonic scale) that
their composer uses: sequences of scale steps and lengths. A piece is searched for all of them, at any pitch and at
half, plain and double speed; the journey whose theme is found best is the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from bench.report.craft import LEADS
from bench.report.grid import GENRES, MOODS, opening_of
from bench.report.tonality import DIATONIC, estimate, salience
from music.brief import Genre
from music.studio import compose
from music.studio.score import Note, Score

ATTEMPTS = 3
"""Openings composed in a mood of the Korean genre, to hear the theme in all its meters."""
THEME_BARS = 2
GRACE = 0.2
"""Beats; a shorter note is an ornament of the next one."""
SPEEDS = (0.5, 1.0, 2.0)
LATE = 0.13
"""Beats by which a note may miss its time in the score."""
NEAR = 0.4
"""What a note is worth that is one step off."""
EXTRA = 0.2
"""What each foreign note among a theme's takes away, against a theme's note found."""
PENTATONIC = (0, 2, 4, 7, 9)
SEARCHED = (45, 95)
"""MIDI numbers between which a melody is looked for in the sound."""
STRIDE = 2
"""Columns of the spectrum taken as one frame."""
TOP = 0.5
"""How much a pitch below the highest sounding one counts as melody."""
AGAIN = 0.5
"""What a theme's second best place weighs against its best: a theme is not heard once."""
STRAY = (0.985, 1.0, 1.015)
"""How far a performance's beat may be from the estimated one for the length of a theme."""


@dataclass(frozen=True, slots=True)
class Form:
    """A theme in one meter on one ladder. `steps` from the tonic; `starts` and `lengths` in beats, from 0."""

    steps: tuple[int, ...]
    starts: tuple[float, ...]
    lengths: tuple[float, ...]
    rungs: int


@dataclass(frozen=True, slots=True)
class Found:
    """Journeys by how well their theme is found: `scores[n]` is journey n's."""

    scores: tuple[float, ...]

    def rank(self, journey: int) -> int:
        """1 if this journey's theme is found better than any other's; equals count against it."""
        own = self.scores[journey]
        return 1 + sum(score >= own for other, score in enumerate(self.scores) if other != journey)


def forms_of(journey: int) -> tuple[Form, ...]:
    """The journey's theme as its openings first state it, one for each meter and ladder."""
    forms: dict[tuple[int, int, int], Form] = {}
    for number, (genre, mood) in enumerate(product(GENRES, MOODS)):
        # The Korean genre has the most meters, chosen by tempo and mood; elsewhere a few moods show them all.
        attempts = ATTEMPTS if genre is Genre.KOREAN else number % 3 == 0
        for attempt in range(attempts):
            score = compose(opening_of(journey, genre, mood, attempt))
            kind = (score.meter.beats, score.meter.division, len(score.scale))
            if kind not in forms:
                form = first_statement(score)
                if len(form.steps) >= 4:
                    forms[kind] = form
    return tuple(dict.fromkeys(forms.values()))


def first_statement(score: Score) -> Form:
    """The theme where the score says it is first heard plainly, else in the first bars after the introduction."""
    stated = next((each for each in score.motifs if each.of == "theme" and each.form == "statement"), None)
    if stated is not None:
        start, end = stated.start, stated.start + stated.length
    else:
        section = next((each for each in score.sections if each.name != "intro"), score.sections[0])
        start = float(section.start * score.meter.beats)
        end = start + THEME_BARS * score.meter.beats
    notes = [note for note in melody(score) if start - 1e-6 <= note.start < end - 1e-6]
    first = notes[0].start if notes else 0.0
    return Form(
        tuple(step_of(note.pitch, score) for note in notes),
        tuple(note.start - first for note in notes),
        tuple(min(note.length, end - note.start) for note in notes),
        len(score.scale),
    )


def melody(score: Score) -> list[Note]:
    """The leading line without its grace notes, one note at a time: of notes that start together the highest."""
    notes = [note for part in score.parts if part.name in LEADS for note in part.notes if note.length >= GRACE]
    line: list[Note] = []
    for note in sorted(notes, key=lambda note: (note.start, -note.pitch)):
        if not line or note.start - line[-1].start > 0.05:
            line.append(note)
    return line


def step_of(pitch: int, score: Score) -> int:
    """Scale steps above the tonic; a pitch outside the scale belongs to the step below it."""
    offsets = sorted((pitch_class - score.tonic) % 12 for pitch_class in score.scale)
    octave, offset = divmod(pitch - score.tonic, 12)
    return octave * len(offsets) + max(index for index, each in enumerate(offsets) if each <= offset)


def in_score(score: Score, themes: Sequence[Sequence[Form]]) -> Found:
    """How well each journey's theme is found in the melody; 1 is note for note."""
    notes = melody(score)
    starts = np.array([note.start for note in notes])
    steps = np.array([step_of(note.pitch, score) for note in notes])
    rungs = len(score.scale)
    found = []
    for forms in themes:
        fitting = [form for form in forms if form.rungs == rungs] or forms
        found.append(max((_best_in(starts, steps, form) for form in fitting), default=0.0))
    return Found(tuple(found))


def _best_in(starts: NDArray[np.float64], steps: NDArray[np.int_], form: Form) -> float:
    """Every note of the melody is tried as the theme's first; rows below are these tries, columns the theme's notes."""
    if not len(starts):
        return 0.0
    best = 0.0
    wanted = np.array(form.steps) - form.steps[0]
    for speed in SPEEDS:
        expected = starts[:, None] + np.array(form.starts) / speed
        places = np.minimum(np.searchsorted(starts, expected - LATE), len(starts) - 1)
        timely = np.abs(starts[places] - expected) <= LATE
        off = np.abs(steps[places] - steps[:, None] - wanted)
        worth = np.where(timely, np.where(off == 0, 1.0, np.where(off == 1, NEAR, 0.0)), 0.0).sum(axis=1)
        ends = starts + (form.starts[-1] + form.lengths[-1]) / speed
        extra = np.searchsorted(starts, ends - LATE) - np.arange(len(starts)) - timely.sum(axis=1)
        best = max(best, float((worth - EXTRA * np.maximum(extra, 0)).max()) / len(wanted))
    return best


@dataclass(frozen=True, slots=True)
class Ladder:
    """The sound on the rungs of a scale: what sounds and what starts there, each of shape (rungs of all octaves, T)."""

    sounding: NDArray[np.float32]
    starting: NDArray[np.float32]
    rungs: int


def in_sound(
    pitches: NDArray[np.float32],
    lowest: int,
    rate: float,
    tempo: float,
    classes: NDArray[np.float64],
    themes: Sequence[Sequence[Form]],
) -> Found:
    """How well each journey's theme is found in the sound.

    `pitches`: magnitudes a semitone from MIDI number `lowest`, `rate` columns a second; `tempo`, `classes`: what was
    heard of tempo and pitch classes in the same sound.
    """
    line = _top_line(pitches, lowest)
    ladders = {len(scale): _ladder(line, estimate(classes, scale), len(scale)) for scale in (DIATONIC, PENTATONIC)}
    beat = 60 / tempo * rate / STRIDE
    beats = [beat / speed * stray for speed in _beat_factors(tempo) for stray in STRAY]
    return Found(
        tuple(
            max((_heard(ladders[form.rungs], form, length) for form in forms for length in beats), default=0.0)
            for forms in themes
        )
    )


def _beat_factors(tempo: float) -> Iterable[float]:
    """Speeds against the estimated beat, whose octave is not known, at which a theme would still be one."""
    return [speed for speed in (0.25, 0.5, 1.0, 2.0) if 25 <= tempo * speed <= 200]


def _top_line(pitches: NDArray[np.float32], lowest: int) -> NDArray[np.float32]:
    """Salience between the `SEARCHED` pitches, relative to its surroundings in time, what is on top preferred."""
    heard = salience(pitches)
    frames = heard.shape[1] // STRIDE
    heard = heard[:, : frames * STRIDE].reshape(len(heard), frames, STRIDE).max(axis=2)
    heard = heard[SEARCHED[0] - lowest : SEARCHED[1] - lowest + 1]
    loudest = maximum_filter1d(heard.max(axis=0), 43)
    heard = heard / np.maximum(loudest, 1e-6)
    above = np.maximum.accumulate(heard[::-1], axis=0)[::-1]
    covered = np.zeros_like(heard)
    covered[:-1] = above[1:]
    return np.asarray(heard * np.where(covered > 0.5 * heard, TOP, 1.0), dtype=np.float32)


def _ladder(line: NDArray[np.float32], pitch_set: frozenset[int], rungs: int) -> Ladder:
    rows = [row for row in range(len(line)) if (row + SEARCHED[0]) % 12 in pitch_set]
    sounding = line[rows]
    before = np.pad(sounding, ((0, 0), (2, 0)))[:, :-2]
    starting = maximum_filter1d(np.maximum(sounding - before, 0), 3, axis=1)
    # A chord under everything would agree with every theme: only what stands out of its frame counts.
    contrast = sounding - 0.35 * np.sort(sounding, axis=0)[-3:].mean(axis=0, keepdims=True)
    return Ladder(contrast, starting, rungs)


def _heard(ladder: Ladder, form: Form, beat: float) -> float:
    """How far a theme's two best agreements with the sound stand out, at `beat` frames a beat."""
    lowest, highest = min(form.steps), max(form.steps)
    height, frames = ladder.sounding.shape
    places = height - (highest - lowest)
    starts = [round(start * beat) for start in form.starts]
    lengths = [max(2, round(0.8 * length * beat)) for length in form.lengths]
    room = frames - starts[-1] - lengths[-1] - 1
    if places <= 0 or room <= 0:
        return 0.0
    total = np.zeros((places, room), np.float32)
    sums = np.concatenate((np.zeros((height, 1), np.float32), np.cumsum(ladder.sounding, axis=1)), axis=1)
    for step, start, length in zip(form.steps, starts, lengths, strict=True):
        rows = slice(step - lowest, step - lowest + places)
        held = (sums[rows, start + length : start + length + room] - sums[rows, start : start + room]) / length
        total += held + ladder.starting[rows, start : start + room]
    # By chance long themes agree less well than short ones at their best, and dense music better than sparse: what
    # counts is how far the best places stand out of all others, in the spread that so many notes have.
    best = total.max(axis=0) - total.mean()
    place = int(best.argmax())
    span = starts[-1] + lengths[-1]
    again = max(best[: max(0, place - span)].max(initial=0.0), best[place + span :].max(initial=0.0))
    return float(best[place] + AGAIN * again) / (1 + AGAIN) / math.sqrt(len(form.steps))
