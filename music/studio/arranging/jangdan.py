"""Jangdan: the drum cycles of Korean music, as strokes of the hourglass drum (janggu).

The two hands: 궁 on the deep skin, 채 on the high one with a stick; 덩 is both, 덕 the stick alone, 쿵 the deep skin
alone, 기덕 a stick stroke with its grace before it, 더러러러 a rebound roll. A cycle may last several bars; it begins
anew with each phrase. Sounds: a low tumba with a short frame drum under it, and slapped congas.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from music.brief import Mood
from music.studio.arranging.strokes import THIRD, Stroke, Strokes
from music.studio.score import Meter

GUNG, GUNG_BODY, CHAE, CHAE_GRACE, CHAE_EDGE, GONG = 64, 86, 62, 63, 37, 68

QUICK, SLOW = 96, 68


@dataclass(frozen=True, slots=True)
class Jangdan:
    meter: Meter
    bars: int
    """Bars a cycle lasts."""
    strokes: Callable[[int, float, random.Random], Strokes]
    """(bar of the cycle, fullness 0 … 1, rng) → strokes of that bar."""


def choose_jangdan(mood: Mood, tempo: int) -> tuple[str, Meter]:
    """The cycle for a mood at a tempo (beats a minute), and its meter."""
    if mood in (Mood.JOY, Mood.ANGER, Mood.TENSION):
        name = "jajinmori" if tempo >= QUICK else "gutgeori"
    elif mood is Mood.WONDER:
        name = "semachi"
    elif mood in (Mood.SADNESS, Mood.MELANCHOLY):
        name = "jungmori" if tempo <= QUICK else "semachi"
    else:
        name = "jungmori" if mood is Mood.CALM and tempo <= SLOW else "gutgeori"
    return name, JANGDAN[name].meter


def _gung(at: float, accent: float, full: float) -> Strokes:
    body = [Stroke(at, 0.3, GUNG_BODY, accent - 0.1)] if full > 0.45 else []
    return [Stroke(at, 0.3, GUNG, accent), *body]


def _chae(at: float, accent: float) -> Strokes:
    return [Stroke(at, 0.2, CHAE, accent)]


def _deong(at: float, accent: float, full: float) -> Strokes:
    return [*_gung(at, accent, full), *_chae(at, accent - 0.12)]


def _gideok(at: float, accent: float) -> Strokes:
    grace = [Stroke(at - 0.09, 0.1, CHAE_GRACE, accent - 0.25)] if at >= 0.09 else []
    return [*grace, *_chae(at, accent)]


def _deoreoreoreo(at: float, span: float, accent: float) -> Strokes:
    return [Stroke(at + index * span / 4, 0.12, CHAE_GRACE, accent - 0.06 * index) for index in range(4)]


def gutgeori(bar: int, full: float, rng: random.Random) -> Strokes:
    """굿거리, twelve eighths: 덩 · 기덕 쿵 더러러러 | 쿵 · 기덕 쿵 더러러러."""
    strokes = [*_deong(0, 0.75, full)]
    for beat in (0, 2):
        strokes += _gideok(beat + 2 * THIRD, 0.5)
    for beat in (1, 2, 3):
        strokes += _gung(beat, 0.6, full if beat == 2 else 0.0)
    for beat in (1, 3):
        if full > 0.6 or beat == 3:
            strokes += _deoreoreoreo(beat + 2 * THIRD, THIRD, 0.42)
        else:
            strokes += _chae(beat + 2 * THIRD, 0.4)
    return strokes


def jajinmori(bar: int, full: float, rng: random.Random) -> Strokes:
    """자진모리, four quick beats in threes: 덩 · · 쿵 · · 쿵 · 덕 쿵 덕 ·, every other bar with more stick."""
    strokes = [*_deong(0, 0.75, full), *_gung(1, 0.55, 0.0), *_gung(2, 0.6, full), *_gung(3, 0.55, 0.0)]
    strokes += [*_chae(2 + 2 * THIRD, 0.52), *_chae(3 + THIRD, 0.5)]
    if bar % 2 == 1 or full > 0.75:
        strokes += [*_chae(1, 0.42), *_chae(1 + 2 * THIRD, 0.4)]
    if full > 0.85:
        strokes += [Stroke(0, 0.5, GONG, 0.3)] if bar % 2 == 0 else _chae(THIRD * 2, 0.38)
    return strokes


def semachi(bar: int, full: float, rng: random.Random) -> Strokes:
    """세마치, nine eighths: 덩 · · 덩 · 덕 쿵 덕 ·."""
    strokes = [*_deong(0, 0.72, full), *_deong(1, 0.55, 0.0), *_chae(1 + 2 * THIRD, 0.46)]
    strokes += [*_gung(2, 0.58, full), *_chae(2 + THIRD, 0.5)]
    if full > 0.7 and bar % 2 == 1:
        strokes += _deoreoreoreo(2 + 2 * THIRD, THIRD, 0.36)
    return strokes


def jungmori(bar: int, full: float, rng: random.Random) -> Strokes:
    """중모리, twelve slow beats, here four bars of three: 덩 덕 쿵덕 | 쿵 덕덕 쿵 | 쿵 덕 떡(!) | 쿵 · 쿵.

    The ninth beat, the last of the third bar, is the one that is struck hardest.
    """
    match bar % 4:
        case 0:
            return [*_deong(0, 0.68, full), *_chae(1, 0.44), *_gung(2, 0.5, 0.0), *_chae(2.5, 0.4)]
        case 1:
            return [*_gung(0, 0.52, full), *_chae(1, 0.42), *_chae(1.5, 0.36), *_gung(2, 0.46, 0.0)]
        case 2:
            edge = [Stroke(2, 0.25, CHAE_EDGE, 0.6)] if full > 0.5 else []
            return [*_gung(0, 0.5, 0.0), *_chae(1, 0.44), *_gideok(2, 0.78), *edge]
        case _:
            roll = _deoreoreoreo(1.5, 0.5, 0.32) if full > 0.6 else []
            return [*_gung(0, 0.55, full), *roll, *_gung(2, 0.44, 0.0)]


def janggu_fill(meter: Meter, full: float, rng: random.Random) -> Strokes:
    """The end of a phrase: the stick rolls through the last beat."""
    last = meter.beats - 1
    if meter.division == 3:
        return [stroke for third in range(3) for stroke in _gideok(last + third * THIRD, 0.4 + 0.08 * third)]
    return [*_chae(last, 0.42), *_deoreoreoreo(last + 0.5, 0.5, 0.46)]


JANGDAN: dict[str, Jangdan] = {
    "gutgeori": Jangdan(Meter(4, 3), 1, gutgeori),
    "jajinmori": Jangdan(Meter(4, 3), 2, jajinmori),
    "semachi": Jangdan(Meter(3, 3), 2, semachi),
    "jungmori": Jangdan(Meter(3, 2), 4, jungmori),
}
