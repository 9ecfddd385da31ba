"""Percussion: grooves and fills of the drum kit and the orchestra, as strokes of one bar. Keys are General MIDI's."""

from __future__ import annotations

import random
from collections.abc import Callable

from music.studio.arranging.jangdan import janggu_fill
from music.studio.arranging.strokes import THIRD, Stroke, Strokes, eighth
from music.studio.score import Meter

KICK, RIM, SNARE, CLAP, CLOSED_HAT, PEDAL_HAT, OPEN_HAT, CRASH, RIDE = 36, 37, 38, 39, 42, 44, 46, 49, 51
LOW_TOM, MIDDLE_TOM, HIGH_TOM = 41, 45, 48
BRUSH_TAP, BRUSH_SLAP, BRUSH_SWIRL = 38, 39, 40
TAMBOURINE, HIGH_BONGO, LOW_BONGO, CABASA, SHAKER, WOODBLOCK = 54, 60, 61, 69, 82, 77
BASS_DRUM, ORCHESTRA_SNARE, CYMBAL, TRIANGLE, BELL_TREE, SHORT_TAIKO, TAIKO = 36, 38, 59, 81, 84, 86, 87

Groove = Callable[[Meter, float, random.Random], Strokes]
"""(meter, fullness 0 … 1, rng) → strokes of one bar."""


def hit(at: float, key: int, accent: float) -> Stroke:
    return Stroke(at, 0.25, key, accent)


def lofi(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """A dusty beat: late rim or snare, hats of uneven weight, a kick that is not always where it was."""
    snare = SNARE if full > 0.6 else RIM
    strokes = [hit(0, KICK, 0.72), hit(1, snare, 0.5), hit(2.5, KICK, 0.6), hit(3, snare, 0.54)]
    if rng.random() < 0.35:
        strokes.append(hit(1.5, KICK, 0.42))
    strokes += [hit(i * 0.5, CLOSED_HAT, (0.36 if i % 2 == 0 else 0.24) + rng.uniform(-0.04, 0.04)) for i in range(8)]
    if full > 0.8 and rng.random() < 0.5:
        strokes.append(hit(3.5, OPEN_HAT, 0.26))
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def lofi_bare(meter: Meter, full: float, rng: random.Random) -> Strokes:
    strokes = [hit(0, KICK, 0.62), hit(2, RIM, 0.4)]
    if full > 0.55:
        strokes += [hit(beat, CLOSED_HAT, 0.26) for beat in range(meter.beats)]
    if rng.random() < 0.3:
        strokes.append(hit(3.5, KICK, 0.36))
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def rock(meter: Meter, full: float, rng: random.Random) -> Strokes:
    strokes = [hit(0, KICK, 0.82), hit(1, SNARE, 0.68), hit(1.5, KICK, 0.6), hit(2.5, KICK, 0.66), hit(3, SNARE, 0.7)]
    strokes += [hit(i * 0.5, OPEN_HAT if full > 0.8 and i % 2 == 0 else CLOSED_HAT, 0.42 if i % 2 == 0 else 0.3)
                for i in range(8)]  # fmt: skip
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def shaker(meter: Meter, full: float, rng: random.Random) -> Strokes:
    parts = meter.division
    strokes = [hit(i / parts, SHAKER, 0.4 if i % parts == 0 else 0.25) for i in range(meter.beats * parts)]
    if full > 0.8:
        strokes.append(hit(0, KICK, 0.42))
    return strokes


def folk(meter: Meter, full: float, rng: random.Random) -> Strokes:
    strokes = [*shaker(meter, 0.0, rng), hit(0, KICK, 0.64)]
    if meter.beats == 4:
        strokes += [hit(2, KICK, 0.54), hit(1, TAMBOURINE, 0.42), hit(3, TAMBOURINE, 0.46)]
        if full > 0.75:
            strokes += [hit(1, CLAP, 0.4), hit(3, CLAP, 0.42)]
    else:
        strokes += [hit(1, TAMBOURINE, 0.34), hit(2, TAMBOURINE, 0.38)]
    return strokes


def bodhran(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """A frame drum's nervous rattle, soft but for what it points at."""
    step = eighth(meter) / (2 if meter.division == 2 and full > 0.6 else 1)
    strokes = [hit(i * step, LOW_BONGO, 0.3 + 0.06 * (i % 2 == 0)) for i in range(round(meter.beats / step))]
    spots = (0, 1.5, 3) if meter.division == 2 else (0, 1, 2 + 2 * THIRD)
    return strokes + [hit(at, SHORT_TAIKO, 0.58) for at in spots if at < meter.beats]


def stomp(meter: Meter, full: float, rng: random.Random) -> Strokes:
    strokes = [hit(beat, KICK, 0.82 if beat % 2 == 0 else 0.5) for beat in range(meter.beats)]
    strokes += [hit(beat, CLAP, 0.66) for beat in range(1, meter.beats, 2)]
    late = 0.5 if meter.division == 2 else 2 * THIRD
    strokes += [hit(beat + late, TAMBOURINE, 0.4) for beat in range(meter.beats)]
    if full > 0.7:
        strokes += [hit(meter.beats - 0.5, SHORT_TAIKO, 0.6), hit(0, SHORT_TAIKO, 0.7)]
    return strokes


def brushes(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """Swirls, the foot on two and four, the ride only when the band is up."""
    strokes = [hit(beat, BRUSH_SWIRL, 0.28) for beat in range(0, meter.beats, 2)]
    strokes += [hit(beat, PEDAL_HAT, 0.34) for beat in range(1, meter.beats, 2)]
    strokes += [hit(beat, BRUSH_TAP, 0.3) for beat in range(1, meter.beats, 2)]
    if full > 0.6:
        strokes += [hit(beat, RIDE, 0.32 if beat % 2 else 0.26) for beat in range(meter.beats)]
        strokes += [hit(beat + 0.5, RIDE, 0.2) for beat in range(1, meter.beats, 2)]
    if rng.random() < 0.4:
        strokes.append(hit(meter.beats - 0.5, BRUSH_TAP, 0.3))
    return strokes


def swing(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """The ride's skipping pattern, the foot, a feathered kick and a tap that talks back."""
    strokes = [hit(beat, RIDE, 0.44 if beat % 2 else 0.36) for beat in range(meter.beats)]
    strokes += [hit(beat + 0.5, RIDE, 0.26) for beat in range(1, meter.beats, 2)]
    strokes += [hit(beat, PEDAL_HAT, 0.36) for beat in range(1, meter.beats, 2)]
    if full > 0.5:
        strokes += [hit(beat, KICK, 0.3) for beat in range(meter.beats)]
    talk = rng.choice(((1.5,), (0.5, 2.5), (2.5, 3.5), (3.5,)))
    return strokes + [hit(at, BRUSH_TAP, 0.34 + 0.2 * full) for at in talk if at < meter.beats]


def prowl(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """Steps in the dark: the foot twice, a brush that scrapes before the bar is over."""
    strokes = [hit(0, KICK, 0.5), hit(0.5, KICK, 0.34), hit(2, PEDAL_HAT, 0.4)]
    if full > 0.5:
        strokes += [hit(meter.beats - 1 + i / 4, BRUSH_TAP, 0.2 + 0.05 * i) for i in range(4)]
    if full > 0.8:
        strokes += [hit(1.5, BRUSH_SLAP, 0.5)]
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def cymbals(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """Hardly anything: a far drum under the fullest bars, a triangle."""
    strokes = [hit(0, BASS_DRUM, 0.5)] if full > 0.7 else []
    if full > 0.5 and rng.random() < 0.25:
        strokes.append(hit(0, TRIANGLE, 0.3))
    return strokes


def heartbeat(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """Two low beats, and a rustle when it gets close."""
    late = 0.5 if meter.division == 2 else 2 * THIRD
    strokes = [hit(0, BASS_DRUM, 0.58), hit(late, BASS_DRUM, 0.4)]
    if full > 0.6:
        strokes += [hit(2, BASS_DRUM, 0.5), hit(meter.beats - 0.5, SHORT_TAIKO, 0.42)]
    if full > 0.8:
        strokes += [hit(meter.beats - 1 + i / 4, ORCHESTRA_SNARE, 0.22 + 0.04 * i) for i in range(4)]
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def march(meter: Meter, full: float, rng: random.Random) -> Strokes:
    strokes = [hit(0, BASS_DRUM, 0.66), hit(2, BASS_DRUM, 0.55)]
    if full > 0.6:
        strokes += [hit(1, ORCHESTRA_SNARE, 0.42), hit(3, ORCHESTRA_SNARE, 0.46), hit(0, TRIANGLE, 0.26)]
        strokes += [hit(2.75, ORCHESTRA_SNARE, 0.24), hit(3.75, ORCHESTRA_SNARE, 0.26)]
    if full > 0.85:
        strokes += [hit(beat + 0.5, TAMBOURINE, 0.3) for beat in range(meter.beats)]
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def war(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """Big drums in eighths, accents in three, three and two."""
    step = eighth(meter)
    strokes = []
    for i in range(round(meter.beats / step)):
        strong = i % 8 in (0, 3, 6)
        if strong or full > 0.5:
            strokes.append(hit(i * step, TAIKO if strong else SHORT_TAIKO, 0.78 if strong else 0.42))
    strokes.append(hit(0, BASS_DRUM, 0.7))
    if full > 0.7:
        strokes += [hit(beat, ORCHESTRA_SNARE, 0.55) for beat in range(1, meter.beats, 2)]
    return strokes


def drum_roll(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """A cymbal that swells over the bar into the next one."""
    count = 4 * meter.beats
    return [hit(i / 4, CYMBAL, 0.1 + 0.3 * (i / count) ** 1.5 + 0.1 * full) for i in range(count // 2, count)]


def snare_fill(meter: Meter, full: float, rng: random.Random) -> Strokes:
    last = meter.beats - 1
    keys = rng.choice(
        ((SNARE, SNARE, MIDDLE_TOM, LOW_TOM), (RIM, SNARE, SNARE, KICK), (HIGH_TOM, MIDDLE_TOM, LOW_TOM, KICK))
    )
    return [hit(last + i / 4, key, 0.42 + 0.05 * i) for i, key in enumerate(keys)]


def hand_fill(meter: Meter, full: float, rng: random.Random) -> Strokes:
    last = meter.beats - 1
    parts = 3 if meter.division == 3 else 4
    return [hit(last + i / parts, HIGH_BONGO if i % 2 else LOW_BONGO, 0.44 + 0.05 * i) for i in range(parts)]


def brush_fill(meter: Meter, full: float, rng: random.Random) -> Strokes:
    last = meter.beats - 1
    return [hit(last + at, BRUSH_SLAP, 0.34 + 0.1 * at) for at in (0.0, THIRD, 2 * THIRD)]


GROOVES: dict[str, Groove] = {
    groove.__name__: groove
    for groove in (
        lofi, lofi_bare, rock, shaker, folk, bodhran, stomp, brushes, swing, prowl, cymbals, heartbeat, march, war,
    )
}  # fmt: skip
FILLS: dict[str, Groove] = {fill.__name__: fill for fill in (drum_roll, snare_fill, hand_fill, brush_fill, janggu_fill)}
ARRIVALS = {"snare_fill": CRASH, "drum_roll": CYMBAL}
"""What is struck where a fill leads, in the fullest phrases."""
