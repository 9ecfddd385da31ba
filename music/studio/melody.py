"""Melody: phrases in sentence form over given chords. Idea, its answer, what follows from it, a cadence, a breath.

Pitches are steps on a ladder (the scale that holds at that moment, seven rungs, or five in a pentatonic piece), so an
idea moves about the scale without losing its shape and takes the colour of each chord's alterations.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from music.studio.form import Phrase
from music.studio.harmony import Chord
from music.studio.score import Meter
from music.studio.theme import Idea, head

SHIFTS = (0, 1, -1, 2, -2, 3, -3)
STRONG_DISSONANCE = 2.0
BREATH = 0.5

_APPROACHES: dict[int, tuple[tuple[float, ...], ...]] = {
    4: ((1, 1, 1, 1), (1.5, 0.5, 1, 1), (2, 1, 1), (1, 1, 2)),
    3: ((1, 1, 1), (1.5, 0.5, 1), (2, 1)),
}


@dataclass(frozen=True, slots=True)
class Sung:
    """One note of the line before it has a pitch."""

    start: float
    length: float
    step: int

    @property
    def end(self) -> float:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Ground:
    """What the melody stands on: the chords in order, and the pentatonic scale if the piece has one."""

    chords: Sequence[Chord]
    pentatonic: tuple[int, ...] = ()

    @property
    def rungs(self) -> int:
        return len(self.pentatonic) or 7

    def chord(self, beat: float) -> Chord:
        return self.chords[bisect_right(self.chords, beat + 1e-6, key=lambda chord: chord.start) - 1]

    def semitones(self, step: int, beat: float) -> int:
        """Semitones above the tonic of a step of the ladder that holds at `beat`."""
        ladder = self.pentatonic or self.chord(beat).scale
        octave, rung = divmod(step, len(ladder))
        return 12 * octave + ladder[rung]

    def consonant(self, step: int, beat: float) -> bool:
        return self.semitones(step, beat) % 12 in self.chord(beat).offsets()

    def nearest(self, step: int, beat: float) -> int:
        """The nearest rung that belongs to the chord; upwards if two are as near."""
        for distance in (0, 1, -1, 2, -2, 3, -3):
            if self.consonant(step + distance, beat):
                return step + distance
        return step


def place(idea: Idea, start: float, shift: int, end: float) -> list[Sung]:
    """The idea on the time line, moved by `shift` steps, cut at `end`."""
    notes: list[Sung] = []
    beat = start
    for tone in idea:
        if beat >= end - 1e-6:
            break
        notes.append(Sung(beat, min(tone.length, end - beat), tone.step + shift))
        beat += tone.length
    return notes


def fit(notes: Iterable[Sung], ground: Ground) -> float:
    """How well notes agree with the chords under them: long and accented ones count; -1 … 1."""
    total = agreed = 0.0
    for note in notes:
        weight = note.length * (1.5 if note.start % 1 < 1e-6 else 0.6)
        total += weight
        agreed += weight if ground.consonant(note.step, note.start) else -weight
    return agreed / total if total else 0.0


def best_shift(idea: Idea, start: float, end: float, ground: Ground, *, home: int, shy: float = 0.12) -> int:
    """The transposition near `home` at which the idea agrees best; `shy` is the price of each step away."""
    return max(
        (home + shift for shift in SHIFTS),
        key=lambda shift: fit(place(idea, start, shift, end), ground) - shy * abs(shift - home),
    )


def settle(notes: Sequence[Sung], ground: Ground, *, patience: float) -> list[Sung]:
    """Move accented notes that clash for `patience` beats or longer, unless they resolve by step."""
    settled = list(notes)
    for index, note in enumerate(settled):
        if note.length < patience - 1e-6 or ground.consonant(note.step, note.start):
            continue
        following = settled[index + 1] if index + 1 < len(settled) else None
        if following is not None and note.length < STRONG_DISSONANCE and abs(following.step - note.step) == 1:
            continue
        settled[index] = replace(note, step=ground.nearest(note.step, note.start))
    return settled


def sentence(
    phrase: Phrase, idea: Idea, ground: Ground, meter: Meter, rng: random.Random, *, home: int = 0, final: bool = False
) -> list[Sung]:
    """A phrase that states `idea`, answers it, goes on from it and ends in a cadence and a breath.

    `final`: the end is the tonic itself.
    """
    bar = meter.beats
    start, end = phrase.start * bar, (phrase.start + phrase.bars) * bar
    if phrase.bars == 1:
        return [Sung(start, bar * 0.9, _goal(home, phrase, ground, start, final=final))]
    cadence_bars = 2 if phrase.bars >= 6 else 1
    cadence = end - cadence_bars * bar
    # An idea that would fill the whole phrase gives its end to the cadence.
    idea_bars = min(round(sum(tone.length for tone in idea) / bar), phrase.bars - cadence_bars)
    notes = settle(place(idea, start, home, start + idea_bars * bar), ground, patience=2)
    beat = start + idea_bars * bar
    if cadence - beat >= idea_bars * bar:
        answer_end = beat + idea_bars * bar
        shift = best_shift(idea, beat, answer_end, ground, home=home + rng.choice((1, -1, 2)), shy=0.05)
        notes = _breathe(notes) + settle(place(idea, beat, shift, answer_end), ground, patience=1.5)
        beat = answer_end
    fragment = head(idea, meter)
    while beat < cadence - 1e-6:
        near = notes[-1].step - fragment[0].step + rng.choice((1, 0, -1))
        shift = best_shift(fragment, beat, beat + bar, ground, home=max(home - 3, min(home + 4, near)), shy=0.08)
        notes += settle(place(fragment, beat, shift, beat + bar), ground, patience=1)
        beat += bar
    return _breathe(notes) + _cadence(notes[-1].step, cadence, end, phrase, ground, meter, rng, final=final)


def quotations(phrase: Phrase, ideas: Sequence[Idea], ground: Ground, meter: Meter, *, home: int = 0) -> list[Sung]:
    """Two bars for each idea in turn, each where the harmony welcomes it; if there is time left, they come again."""
    bar = meter.beats
    start, end = phrase.start * bar, (phrase.start + phrase.bars) * bar
    notes: list[Sung] = []
    for index in range(-(-phrase.bars // 2)):
        idea = ideas[index % len(ideas)]
        beat = start + 2 * index * bar
        stop = min(beat + 2 * bar, end)
        shift = best_shift(idea, beat, stop, ground, home=home + index // len(ideas))
        notes = _breathe(notes) + settle(place(idea, beat, shift, stop), ground, patience=1.5)
    if notes and not ground.consonant(notes[-1].step, notes[-1].start):
        notes[-1] = replace(notes[-1], step=ground.nearest(notes[-1].step, notes[-1].start))
    return _breathe(notes)


def thin(notes: Sequence[Sung], shortest: float) -> list[Sung]:
    """Fewer notes: one shorter than `shortest` beats lends its time to the note before it."""
    kept: list[Sung] = []
    for note in notes:
        if kept and note.length < shortest - 1e-6 and abs(kept[-1].end - note.start) < 1e-6:
            kept[-1] = replace(kept[-1], length=kept[-1].length + note.length)
        else:
            kept.append(note)
    return kept


def _cadence(
    step: int,
    start: float,
    end: float,
    phrase: Phrase,
    ground: Ground,
    meter: Meter,
    rng: random.Random,
    *,
    final: bool,
) -> list[Sung]:
    bar = meter.beats
    last_bar = end - bar
    goal = _goal(step, phrase, ground, last_bar, final=final)
    notes: list[Sung] = []
    if last_bar - start >= bar - 1e-6:
        lengths = rng.choice(_APPROACHES[bar])
        if meter.division == 3:
            lengths = tuple(1 + 2 / 3 if length == 1.5 else 1 / 3 if length == 0.5 else length for length in lengths)
        gate = goal + (1 if step >= goal else -1)
        path = _path(step, gate, len(lengths))
        beat = start
        for target, length in zip(path, lengths, strict=True):
            notes.append(Sung(beat, length, target))
            beat += length
        notes[:-1] = settle(notes[:-1], ground, patience=1)
    breath = max(BREATH, bar / 4)
    return [*notes, Sung(last_bar, bar - breath, goal)]


def _goal(step: int, phrase: Phrase, ground: Ground, beat: float, *, final: bool) -> int:
    if final or phrase.closed:
        return round(step / ground.rungs) * ground.rungs
    return ground.nearest(step, beat)


def _path(first: int, last: int, count: int) -> list[int]:
    """`count` steps that leave `first` and end on `last`, as evenly as scale steps allow, never standing still."""
    path = [round(first + (last - first) * (index + 1) / count) for index in range(count)]
    for index, (before, after) in enumerate(pairwise([first, *path])):
        if before == after and index < count - 1:
            path[index] = after + (1 if index % 2 == 0 else -1)
    return path


def _breathe(notes: Sequence[Sung]) -> list[Sung]:
    """The last note ends a little early."""
    if not notes or notes[-1].length < 1:
        return list(notes)
    return [*notes[:-1], replace(notes[-1], length=notes[-1].length - BREATH)]
