"""Chording: figures that strike the tones of a chord together."""

from __future__ import annotations

import random

from music.studio.arranging.strokes import THIRD, Stroke, Strokes, chord, eighth, spread
from music.studio.score import Meter


def held(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One chord, and its middle touched again halfway."""
    strokes = spread(0, beats, range(voices), 0.55, 0.04)
    if beats >= 3:
        strokes += [Stroke(2, beats - 2, 1, 0.36)]
    return strokes


def sighs(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Low tone, then the chord on every beat after it, softer and softer."""
    strokes = [Stroke(0, beats, 0, 0.62)]
    for beat in range(1, round(beats)):
        strokes += chord(beat, 0.95, range(1, voices), 0.48 - 0.05 * beat)
    return strokes


def roll(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One rolled chord and a few drops after it, on the beat."""
    strokes = spread(0, beats, range(voices), 0.58, 0.08)
    for beat in range(1, round(beats)):
        if beat == 2 or rng.random() < (0.75 if lively else 0.45):
            strokes.append(Stroke(beat, beats - beat, rng.choice((1, 2, 3, 4)), 0.42))
    return strokes


def still(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One soft chord, slowly spread, and nothing more."""
    return spread(0, beats, range(voices + 1), 0.5, 0.14)


def bounce(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Low, chord, low, chord, all short; in three the second and third beat answer the first."""
    strokes: Strokes = []
    if meter.division == 3 or meter.beats == 3:
        for beat in range(max(1, round(beats))):
            if beat % meter.beats == 0:
                strokes.append(Stroke(beat, 0.6, 0, 0.72))
            else:
                strokes += chord(beat, 0.5, range(1, voices), 0.5)
        return strokes
    for i in range(max(1, round(beats / 0.5))):
        if i % 2 == 0:
            strokes.append(Stroke(i * 0.5, 0.45, 0 if i % 4 == 0 else 1, 0.7 if i % 4 == 0 else 0.56))
        else:
            strokes += chord(i * 0.5, 0.35, range(1, voices), 0.48)
    return strokes


def gallop(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Long, short, short."""
    strokes: Strokes = []
    for beat in range(max(1, round(beats))):
        low = chord(beat, 0.4, range(voices) if beat % 2 == 0 else range(1, voices), 0.68 if beat == 0 else 0.56)
        late = (THIRD, 2 * THIRD) if meter.division == 3 else (0.5, 0.75)
        strokes += [*low, *(Stroke(beat + part, 0.22, 1 + (beat + turn) % 2, 0.44) for turn, part in enumerate(late))]
    return [stroke for stroke in strokes if stroke.at < beats - 1e-6]


def pulse(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Repeated chords, the first of each beat leaning."""
    step = eighth(meter) if lively else 1.0
    strokes: Strokes = []
    for i in range(max(1, round(beats / step))):
        at = i * step
        accent = 0.75 if at == 0 else 0.6 if at % 1 < 1e-6 else 0.4
        strokes += chord(at, step * 0.7, range(voices) if at % 1 < 1e-6 else range(1, voices), accent)
    return strokes


def stabs(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Short chords beside the beat, silence between them; a single low tone keeps the time."""
    spots = rng.choice(((0.0, 1.5, 3.0), (0.5, 1.5, 2.0), (0.0, 2.5, 3.5)))
    strokes: Strokes = [Stroke(beat, 0.3, 0, 0.42) for beat in range(max(1, round(beats)))]
    for at in spots:
        if at < beats:
            when = at if meter.division == 2 or at % 1 == 0 else at // 1 + 2 * THIRD
            strokes += chord(when, 0.3, range(1, voices), 0.7)
    return strokes


def hammer(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Low repeated chords in eighths, accents in three, three and two."""
    step = eighth(meter)
    accented = {0, 3, 6} if meter.division == 2 else {0, 3, 6, 9}
    return [
        stroke
        for i in range(max(1, round(beats / step)))
        for stroke in chord(
            i * step, step * 0.8, range(voices) if i % 8 in accented else (0,), 0.78 if i % 8 in accented else 0.5
        )
    ]


def offbeat(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    spots = ((0.0, 1.4), (1.5, 1.0), (3.5, 0.5)) if rng.random() < 0.6 else ((0.0, 2.2), (2.5, 1.2))
    return [
        stroke
        for at, length in spots
        if at < beats
        for stroke in spread(at, min(length, beats - at), range(voices), 0.65 if at == 0 else 0.5, 0.025)
    ]


def skank(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Short chords after each beat."""
    late = 0.5 if meter.division == 2 else 2 * THIRD
    return [
        stroke
        for beat in range(max(1, round(beats)))
        for stroke in chord(beat + late, 0.3, range(voices), 0.5 if beat % 2 else 0.6)
        if beat + late < beats
    ] or chord(0, beats, range(voices), 0.5)


def comp(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A pianist behind a soloist: few, late, never the same bar twice."""
    spots = rng.choice((((0.0, 1.5), (1.5, 0.6)), ((0.5, 1.8),), ((1.0, 1.2), (2.5, 0.5)), ((0.0, 2.5), (3.5, 0.5))))
    strokes: Strokes = []
    for at, length in spots:
        if at < beats:
            strokes += spread(at, min(length, beats - at), range(voices), rng.uniform(0.44, 0.6), 0.02)
    return strokes or chord(0, beats, range(voices), 0.5)


def charleston(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """On one and after two, and once more where the bar has room."""
    spots = (
        ((0.0, 0.5, 0.68), (1.5, 0.9, 0.58), (3.5, 0.4, 0.5))
        if rng.random() < 0.5
        else ((0.0, 0.5, 0.65), (1.5, 1.6, 0.6))
    )
    return [
        stroke
        for at, length, accent in spots
        if at < beats
        for stroke in chord(at, min(length, beats - at), range(voices), accent)
    ]


def offbeats(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    late = 0.5 if meter.division == 2 else 2 * THIRD
    return [Stroke(beat + late, 0.3, 2 + beat % 2, 0.5) for beat in range(max(1, round(beats))) if beat + late < beats]


def trembling(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Held, for instruments that tremble by themselves; the outer voices alone."""
    return [Stroke(0, beats, 0, 0.5), Stroke(0, beats, voices, 0.44)]


def power(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Root, fifth and octave (a chord without a third), struck where the bar is heavy."""
    spots = ((0.0, 1.4), (1.5, 1.4), (3.0, 0.9)) if lively else ((0.0, beats),)
    return [
        Stroke(at, min(length, beats - at), what, 0.7)
        for at, length in spots
        if at < beats
        for what in (0, 1, 2)
    ]  # fmt: skip
