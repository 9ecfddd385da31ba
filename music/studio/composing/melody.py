"""Melody: notes on a ladder of scale steps, and free lines drawn over given chords.

Pitches are steps on a ladder (the scale that holds at that moment, seven rungs, or five in a pentatonic piece), so an
idea moves about the scale without losing its shape and takes the colour of each chord's alterations.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from music.studio.composing.harmony import Chord
from music.studio.composing.manner import Manner
from music.studio.composing.theme import Idea

BEAM = 5
HAMMERED, MONOTONY = 3, 2.5
CONTEXT = 4
WIDEST = 5
EPSILON = 1e-6


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
    _starts: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(chord.start for chord in self.chords))

    @property
    def rungs(self) -> int:
        return len(self.pentatonic) or 7

    def chord(self, beat: float) -> Chord:
        return self.chords[max(bisect_right(self._starts, beat + EPSILON) - 1, 0)]

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
        if beat >= end - EPSILON:
            break
        notes.append(Sung(beat, min(tone.length, end - beat), tone.step + shift))
        beat += tone.length
    return notes


def breathe(notes: Sequence[Sung], breath: float) -> list[Sung]:
    """The last note ends early by `breath` beats, by half its length at most."""
    if not notes:
        return []
    last = notes[-1]
    return [*notes[:-1], replace(last, length=last.length - min(breath, last.length / 2))]


@dataclass(frozen=True, slots=True)
class _Spot:
    """One note to be found: what each step of the ladder would sound there."""

    beat: float
    length: float
    target: float
    pull: float
    ladder: tuple[int, ...]
    members: frozenset[int]
    bass: int
    anchor: int
    """How many notes ago the chord before this one began, if this note is the first over its chord; else 0."""
    leading: int
    """Pitch class of the chord's leading note, or -1."""
    strong: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Draws free lines: of all ways through the given rhythm the one that moves best, by beam search."""

    ground: Ground
    manner: Manner
    low: int
    high: int

    def draw(
        self,
        times: Sequence[tuple[float, float]],
        targets: Sequence[float],
        before: Sequence[Sung],
        goals: Mapping[int, float],
        pulls: Sequence[float],
    ) -> list[Sung]:
        """Notes at `times` (start, length) near `targets` (steps, each with its pull), coming from the last
        notes `before`, the last of them on one of `goals` (steps and their price) if there are any."""
        if not times:
            return []
        heard = before[-CONTEXT:]
        spots = self._spots(
            [*((note.start, note.length) for note in heard), *times],
            [*(note.step for note in heard), *targets],
            [*[1.0] * len(heard), *pulls],
        )
        come_from = tuple(note.step for note in heard)
        beam: list[tuple[float, tuple[int, ...]]] = [(0.0, come_from)]
        for index in range(len(heard), len(spots)):
            spot = spots[index]
            left = len(spots) - 1 - index
            anchor = spots[index - spot.anchor] if spot.anchor and spot.anchor <= index else None
            earlier = spots[index - 1] if index else None
            found: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
            for cost, steps in beam:
                if goals and left == 0:
                    options: Iterable[int] = goals
                elif steps:
                    options = range(steps[-1] - WIDEST, steps[-1] + WIDEST + 1)
                else:
                    options = range(self.low, self.high + 1)
                for step in options:
                    price = cost + self._price(spot, earlier, anchor, steps, step)
                    if goals and left:
                        price += 1.2 * max(0.0, min(abs(goal - step) for goal in goals) - 1.2 * left)
                    elif goals:
                        price += goals[step]
                    tail = (*steps[-1:], step)
                    if tail not in found or price < found[tail][0]:
                        found[tail] = (price, (*steps, step))
            beam = sorted(found.values())[:BEAM]
        chosen = beam[0][1][len(come_from) :]
        return [Sung(start, length, step) for (start, length), step in zip(times, chosen, strict=True)]

    def _spots(
        self, times: Sequence[tuple[float, float]], targets: Sequence[float], pulls: Sequence[float]
    ) -> list[_Spot]:
        spots: list[_Spot] = []
        last: Chord | None = None
        first_over = 0
        for index, ((beat, length), target, pull) in enumerate(zip(times, targets, pulls, strict=True)):
            chord = self.ground.chord(beat)
            changed = last is not None and chord is not last
            spots.append(
                _Spot(
                    beat,
                    length,
                    target,
                    0.22 * pull,
                    self.ground.pentatonic or chord.scale,
                    frozenset(chord.offsets()),
                    chord.offset(chord.bass),
                    index - first_over if changed else 0,
                    chord.offset(chord.leading) if chord.leading is not None else -1,
                    abs(beat - round(beat)) < EPSILON and (length >= 1 - EPSILON or abs(beat - chord.start) < EPSILON),
                )
            )
            if changed:
                first_over = index
            last = chord
        return spots

    def _price(
        self, spot: _Spot, earlier: _Spot | None, anchor: _Spot | None, steps: tuple[int, ...], step: int
    ) -> float:
        manner = self.manner
        rungs = len(spot.ladder)
        semitones = 12 * (step // rungs) + spot.ladder[step % rungs]
        pitch_class = semitones % 12
        price = spot.pull * abs(step - spot.target)
        if step > self.high or step < self.low:
            price += 3.0 * max(step - self.high, self.low - step)
        member = pitch_class in spot.members
        if not member:
            harsh = (pitch_class - 1) % 12 in spot.members
            price += (2.2 + spot.length + (2.0 if harsh else 0.0)) if spot.strong else (0.9 if harsh else 0.3)
        if not steps:
            return price
        move = step - steps[-1]
        size = abs(move)
        if size == 0:
            # Even a mood that hammers moves on after the third stroke.
            price += manner.repeats if len(set(steps[-HAMMERED:])) > 1 or len(steps) < HAMMERED else MONOTONY
        elif size == 2:
            price += 0.5 * manner.leaps
        elif size > 2:
            price += (0.4 * size + 0.2) * manner.leaps
        if earlier is not None:
            previous = 12 * (steps[-1] // rungs) + earlier.ladder[steps[-1] % rungs]
            interval = abs(semitones - previous)
            if size == 1 and interval == 3 and rungs == 7:
                price += 4.0
            elif interval == 6 or interval > 9:
                price += 2.5
            if earlier.leading == previous % 12 and semitones - previous != 1 and size:
                price += 5.0 if spot.anchor else 2.5
            if previous % 12 not in earlier.members and size > 1:
                price += 2.5
            gap = (pitch_class - spot.bass) % 12
            if spot.anchor and gap in (0, 7) and spot.bass != earlier.bass:
                if size and gap == (previous - earlier.bass) % 12:
                    price += 5.0
                elif anchor is not None and anchor is not earlier:
                    since = steps[-spot.anchor]
                    before = anchor.ladder[since % rungs]
                    if since != step and gap == (before - anchor.bass) % 12:
                        price += 3.5
        if not member and size > 1:
            price += 1.5
        if len(steps) > 1:
            came = steps[-1] - steps[-2]
            if abs(came) > 2 and (came * move > 0 or size > 2):
                price += 2.0
            if step == steps[-2] and size:
                price += 0.35
        return price
