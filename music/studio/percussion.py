"""Percussion: grooves as strokes a bar. Keys follow the General MIDI kit, but for the Korean drum."""

from __future__ import annotations

import random
from collections.abc import Callable

from music.studio.figures import THIRD, Stroke, Strokes
from music.studio.score import Meter

KICK, RIM, SNARE, CLOSED_HAT, PEDAL_HAT, OPEN_HAT, RIDE = 36, 37, 38, 42, 44, 46, 51
BRUSH_TAP, BRUSH_SWIRL = 38, 40
TAMBOURINE, MARACAS, SHAKER = 54, 70, 82
BASS_DRUM, ORCHESTRA_SNARE, CYMBAL, TRIANGLE, TAIKO = 36, 38, 59, 81, 87
# The hourglass drum: its deep side from a low tumba, its stick side from a slapped high conga.
GUNG, CHAE, CHAE_GRACE = 64, 62, 63

Groove = Callable[[Meter, float, random.Random], Strokes]
"""(meter, intensity 0 … 1, rng) → strokes of one bar."""


def _hit(at: float, key: int, accent: float) -> Stroke:
    return Stroke(at, 0.25, key, accent)


def lofi(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    strokes = [_hit(0, KICK, 0.75), _hit(1, SNARE, 0.5), _hit(2.5, KICK, 0.6), _hit(3, SNARE, 0.55)]
    if rng.random() < 0.35:
        strokes.append(_hit(1.5, KICK, 0.4))
    strokes += [_hit(i * 0.5, CLOSED_HAT, 0.35 if i % 2 == 0 else 0.22) for i in range(8)]
    if intensity > 0.8:
        strokes.append(_hit(3.5, OPEN_HAT, 0.25))
    return strokes


def shaker(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    parts = meter.division
    count = meter.beats * parts
    return [_hit(i / parts, SHAKER, 0.4 if i % parts == 0 else 0.24) for i in range(count)]


def folk(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    strokes = [*shaker(meter, intensity, rng), _hit(0, KICK, 0.6)]
    if meter.beats == 4:
        strokes += [_hit(2, KICK, 0.5), _hit(1, TAMBOURINE, 0.4), _hit(3, TAMBOURINE, 0.45)]
    else:
        strokes += [_hit(1, TAMBOURINE, 0.3), _hit(2, TAMBOURINE, 0.36)]
    return strokes


def brushes(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    """Ride with a skipped note, foot hat on two and four, a swirl under it all."""
    strokes = [_hit(beat, RIDE, 0.4 if beat % 2 else 0.32) for beat in range(meter.beats)]
    strokes += [_hit(beat + 0.5, RIDE, 0.22) for beat in range(1, meter.beats, 2)]
    strokes += [_hit(beat, PEDAL_HAT, 0.34) for beat in range(1, meter.beats, 2)]
    strokes += [_hit(beat, BRUSH_SWIRL, 0.24) for beat in range(0, meter.beats, 2)]
    if rng.random() < 0.4:
        strokes.append(_hit(meter.beats - 0.5, BRUSH_TAP, 0.3))
    return strokes


def swell(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    strokes = [_hit(0, BASS_DRUM, 0.5)]
    if intensity > 0.75:
        strokes += [_hit(2, BASS_DRUM, 0.35), _hit(meter.beats - 0.5, TAIKO, 0.3)]
    if rng.random() < 0.25:
        strokes.append(_hit(0, TRIANGLE, 0.25))
    return strokes


def march(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    strokes = [_hit(0, TAIKO, 0.75), _hit(1.5, TAIKO, 0.45), _hit(2, BASS_DRUM, 0.6), _hit(3.5, TAIKO, 0.4)]
    if intensity > 0.6:
        strokes += [_hit(1, ORCHESTRA_SNARE, 0.4), _hit(3, ORCHESTRA_SNARE, 0.45)]
        strokes += [_hit(2.75, ORCHESTRA_SNARE, 0.22), _hit(3.75, ORCHESTRA_SNARE, 0.25)]
    return [stroke for stroke in strokes if stroke.at < meter.beats]


def gutgeori(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    """굿거리, twelve eighths: 덩 · 기덕 쿵 · 더러러러 쿵 · 기덕 쿵 · 더러러러."""
    strokes = [_hit(0, GUNG, 0.75), _hit(0, CHAE, 0.6)]
    for beat in (0, 2):
        strokes += [_hit(beat + 2 * THIRD - 0.09, CHAE_GRACE, 0.25), _hit(beat + 2 * THIRD, CHAE, 0.5)]
    strokes += [_hit(beat, GUNG, 0.6) for beat in (1, 2, 3)]
    for beat in (1, 3):
        strokes += [_hit(beat + 2 * THIRD + i * THIRD / 4, CHAE_GRACE, 0.4 - 0.06 * i) for i in range(4)]
    return strokes


def jajinmori(meter: Meter, intensity: float, rng: random.Random) -> Strokes:
    """자진모리, four quick beats in threes: 덩 · · 덩 · · 덩 · 덕 쿵 덕 ·."""
    strokes = [_hit(beat, GUNG, 0.7 if beat == 0 else 0.55) for beat in range(4)]
    strokes += [_hit(beat, CHAE, 0.55) for beat in (0, 1, 2)]
    return [*strokes, _hit(2 + 2 * THIRD, CHAE, 0.45), _hit(3 + THIRD, CHAE, 0.5)]


GROOVES: dict[str, Groove] = {
    groove.__name__: groove for groove in (lofi, shaker, folk, brushes, swell, march, gutgeori, jajinmori)
}
