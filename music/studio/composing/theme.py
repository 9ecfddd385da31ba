"""The leitmotif: a short tune in scale steps, drawn from a seed, and the ways a piece may vary it.

Contour and rhythm come from separate streams: whatever tempo, meter or mood a piece has, one journey's theme keeps
its shape, and two journeys do not share one because they share a rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from music.brief import Mood
from music.studio.chance import stream, weighted
from music.studio.composing.manner import lilt
from music.studio.score import Meter

MOTIF_BARS = 2
_LOWEST, _HIGHEST = -3, 7

# Lengths in beats that fill two bars, by number of notes; row n of one meter answers row n of the other.
_QUADRUPLE: dict[int, tuple[tuple[float, ...], ...]] = {
    5: (
        (1.5, 0.5, 1, 1, 4),
        (2, 1, 1, 2, 2),
        (1.5, 0.5, 1.5, 0.5, 4),
        (3, 1, 1.5, 0.5, 2),
        (2, 2, 1, 1, 2),
        (1, 0.5, 0.5, 2, 4),
    ),
    6: (
        (1, 1, 1.5, 0.5, 2, 2),
        (1.5, 0.5, 1, 1, 2, 2),
        (2, 1, 1, 1, 1, 2),
        (0.5, 0.5, 1, 2, 1, 3),
        (1.5, 0.5, 2, 1.5, 0.5, 2),
        (3, 0.5, 0.5, 2, 1, 1),
    ),
    7: (
        (1, 0.5, 0.5, 1, 1, 2, 2),
        (1.5, 0.5, 0.5, 0.5, 1, 2, 2),
        (1, 1, 0.5, 0.5, 1, 2, 2),
        (2, 1, 1, 0.5, 0.5, 1, 2),
        (1.5, 0.5, 1, 0.5, 0.5, 2, 2),
        (0.5, 0.5, 1, 1, 1, 2, 2),
    ),
}
_TRIPLE: dict[int, tuple[tuple[float, ...], ...]] = {
    5: (
        (1.5, 0.5, 1, 1, 2),
        (2, 1, 1, 1, 1),
        (1.5, 0.5, 1.5, 0.5, 2),
        (2, 1, 1, 0.5, 1.5),
        (2, 1, 0.5, 0.5, 2),
        (1, 0.5, 0.5, 2, 2),
    ),
    6: (
        (1, 1, 1, 0.5, 0.5, 2),
        (1.5, 0.5, 1, 1, 1, 1),
        (2, 1, 0.5, 0.5, 1, 1),
        (0.5, 0.5, 1, 1, 1, 2),
        (1.5, 0.5, 1, 1.5, 0.5, 1),
        (2, 0.5, 0.5, 1, 1, 1),
    ),
    7: (
        (1, 0.5, 0.5, 1, 1, 1, 1),
        (1.5, 0.5, 0.5, 0.5, 1, 1, 1),
        (1, 1, 0.5, 0.5, 1, 1, 1),
        (2, 0.5, 0.5, 0.5, 0.5, 1, 1),
        (1, 0.5, 0.5, 0.5, 0.5, 1, 2),
        (0.5, 0.5, 1, 1, 1, 1, 1),
    ),
}


@dataclass(frozen=True, slots=True)
class Motif:
    """`steps`: scale steps above the tonic, one a note. `rhythm`: row of the rhythm table for that many notes."""

    steps: tuple[int, ...]
    rhythm: int

    def lengths(self, meter: Meter) -> tuple[float, ...]:
        """Beats of each note in this meter; together two bars."""
        table = _TRIPLE if meter.beats == 3 else _QUADRUPLE
        lengths = table[len(self.steps)][self.rhythm]
        return lilt(lengths) if meter.division == 3 else lengths


@dataclass(frozen=True, slots=True)
class Tone:
    """One note of an idea: `step` of the scale for `length` beats."""

    step: int
    length: float


Idea = tuple[Tone, ...]


class Variation(StrEnum):
    """The forms a motif takes; `STATEMENT` is the motif as it is."""

    STATEMENT = "statement"
    INVERSION = "inversion"
    AUGMENTATION = "augmentation"
    DIMINUTION = "diminution"
    FRAGMENTATION = "fragmentation"
    SEQUENCE = "sequence"
    """Whole, on other steps of the scale."""
    ORNAMENT = "ornament"
    HEAD = "head"
    """Its first bar."""
    CELL = "cell"
    """Its first bar at twice the speed."""


_VARIATIONS: dict[Mood, tuple[tuple[Variation, float], ...]] = {
    Mood.JOY: ((Variation.ORNAMENT, 3), (Variation.DIMINUTION, 2), (Variation.STATEMENT, 1)),
    Mood.LOVE: ((Variation.STATEMENT, 2), (Variation.ORNAMENT, 2), (Variation.AUGMENTATION, 1)),
    Mood.WONDER: ((Variation.AUGMENTATION, 3), (Variation.INVERSION, 1), (Variation.STATEMENT, 1)),
    Mood.CALM: ((Variation.AUGMENTATION, 2), (Variation.STATEMENT, 1)),
    Mood.MELANCHOLY: ((Variation.INVERSION, 2), (Variation.ORNAMENT, 1), (Variation.STATEMENT, 1)),
    Mood.SADNESS: ((Variation.INVERSION, 1), (Variation.AUGMENTATION, 2), (Variation.STATEMENT, 1)),
    Mood.TENSION: ((Variation.FRAGMENTATION, 3), (Variation.DIMINUTION, 1), (Variation.INVERSION, 1)),
    Mood.ANGER: ((Variation.FRAGMENTATION, 2), (Variation.DIMINUTION, 2), (Variation.ORNAMENT, 1)),
}


def make_motif(seed: int) -> Motif:
    """The motif that belongs to a seed: five to seven notes, one leap and its recovery, otherwise steps."""
    contour = stream(seed, "contour")
    count = weighted(contour, ((5, 1.0), (6, 2.0), (7, 2.0)))
    while True:
        steps = [weighted(contour, ((0, 2.0), (2, 2.0), (4, 3.0)))]
        leap_at = contour.randrange(0, 3)
        upwards = contour.random() < 0.72
        for index in range(count - 1):
            if index == leap_at:
                move = contour.choice((3, 3, 4, 5)) * (1 if upwards else -1)
            elif index == leap_at + 1:
                move = -1 if upwards else 1
            else:
                move = weighted(contour, ((-1, 4.0), (1, 3.0), (-2, 1.2), (2, 1.0), (0, 0.8)))
            steps.append(steps[-1] + move)
        if min(steps) >= _LOWEST and max(steps) <= _HIGHEST and steps[-1] in (0, 1, 2, 4) and len(set(steps)) >= 4:
            return Motif(tuple(steps), stream(seed, "rhythm").randrange(6))


def idea(motif: Motif, meter: Meter) -> Idea:
    return tuple(Tone(step, length) for step, length in zip(motif.steps, motif.lengths(meter), strict=True))


def narrow(theme: Idea) -> Idea:
    """The contour on five rungs instead of seven: a leap shrinks to what it spans in a pentatonic scale, but what rose
    still rises."""
    steps: list[int] = []
    for index, tone in enumerate(theme):
        step = round(tone.step * 5 / 7)
        if index:
            move = tone.step - theme[index - 1].step
            if move > 0 and step <= steps[-1]:
                step = steps[-1] + 1
            elif move < 0 and step >= steps[-1]:
                step = steps[-1] - 1
        steps.append(step)
    return tuple(replace(tone, step=step) for tone, step in zip(theme, steps, strict=True))


def choose_variation(mood: Mood, seed: int) -> Variation:
    return weighted(stream(seed, "variation"), _VARIATIONS[mood])


def vary(theme: Idea, variation: Variation, meter: Meter, *, bars: int = 4, turn: int = 0) -> Idea:
    """The theme under one variation. Augmentation lasts four bars where there is room for `bars`, else its head alone
    two, the head one, the cell half a bar; everything else two. Odd turns ornament what even ones leave plain."""
    match variation:
        case Variation.STATEMENT | Variation.SEQUENCE:
            return theme
        case Variation.INVERSION:
            first = theme[0].step
            mirrored = tuple(replace(tone, step=2 * first - tone.step) for tone in theme)
            lift = 2 if min(tone.step for tone in mirrored) < _LOWEST else 0
            return tuple(replace(tone, step=tone.step + lift) for tone in mirrored)
        case Variation.AUGMENTATION:
            broad = theme if bars >= 2 * MOTIF_BARS else head(theme, meter)
            return tuple(replace(tone, length=tone.length * 2) for tone in broad)
        case Variation.DIMINUTION:
            quick = tuple(replace(tone, length=tone.length / 2) for tone in theme)
            return (*quick, *(replace(tone, step=tone.step + 1) for tone in quick))
        case Variation.FRAGMENTATION:
            fragment = head(theme, meter)
            return (*fragment, *(replace(tone, step=tone.step + 1) for tone in fragment))
        case Variation.ORNAMENT:
            # Every other note: a turn on each would be a trill exercise.
            return tuple(
                note
                for index, tone in enumerate(theme)
                for note in (_turned(tone, meter) if index % 2 == turn % 2 else (tone,))
            )
        case Variation.HEAD:
            return head(theme, meter)
        case Variation.CELL:
            return tuple(replace(tone, length=tone.length / 2) for tone in head(theme, meter))


def head(theme: Idea, meter: Meter) -> Idea:
    """The notes that begin in the theme's first bar, stretched or cut to exactly one bar."""
    taken: list[Tone] = []
    left = float(meter.beats)
    for tone in theme:
        if left <= 0:
            break
        taken.append(Tone(tone.step, min(tone.length, left)))
        left -= tone.length
    return tuple(taken)


def _turned(tone: Tone, meter: Meter) -> tuple[Tone, ...]:
    """A long note leaves for its upper neighbour and comes back at its end; short ones stay."""
    if tone.length < 1 or tone.length > 2:
        return (tone,)
    if meter.division == 3:
        third = tone.length / 3
        return (Tone(tone.step, third), Tone(tone.step + 1, third), Tone(tone.step, third))
    return (Tone(tone.step, tone.length - 0.5), Tone(tone.step + 1, 0.25), Tone(tone.step, 0.25))
