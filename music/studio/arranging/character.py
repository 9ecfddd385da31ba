"""Character: how a mood is played, whatever the genre. One table, which every part-writer and the dynamics read.

Directions are those of the literature on musical expression of emotion (Gabrielsson and Lindström 2010, Juslin 2003);
the values are our own, chosen so that neighbouring moods differ in at least three of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from music.brief import Mood


@dataclass(frozen=True, slots=True)
class Character:
    articulation: float
    """Share of a melody note's written length that sounds; above 1 a note reaches into the next."""
    detachment: float
    """The same for accompaniment, bass and pulses; what rings by nature is only damped below 0.8."""
    register: int
    """Semitones the melody lies above (or below) the middle of its instrument."""
    floor: int
    """Velocity where the piece is softest."""
    ceiling: int
    """Velocity at its climax."""
    accent: float
    """How strongly metre and figure are marked: multiplies the difference between strokes."""
    motion: float
    """0 … 1: how readily figures take their quicker form."""
    height: int
    """Semitones the accompaniment lies above (or below) the tenor."""
    percussion: float
    """0 … 1: how much of the genre's percussion plays, and how loud."""
    swell: float
    """Decibels that held notes grow and fade by."""
    vibrato: float = 1.0
    """Multiplies the instrument's own."""
    sudden: float = 0.0
    """Probability that a bar begins with an accent out of nowhere."""
    room: float = 1.0
    """Multiplies the genre's reverberation time and its share."""
    rising: bool | None = None
    """Where a counter-melody prefers to go; None has no preference."""
    course: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Velocity added at the beginning, after one and two thirds, and at the end, in straight lines between them."""
    levels: Mapping[str, float] = field(default_factory=dict)
    """Decibels by part, added to the genre's balance."""


CHARACTERS: dict[Mood, Character] = {
    Mood.JOY: Character(
        articulation=0.62, detachment=0.55, register=7, floor=70, ceiling=94, accent=1.3, motion=0.8, height=8,
        percussion=0.85, swell=0.8, vibrato=0.8, room=0.62, rising=True, course=(2, 0, 0, 4),
        levels={"pad": -4.0, "accompaniment": 1.0, "spark": 2.0, "bass": -1.0},
    ),
    Mood.LOVE: Character(
        articulation=1.0, detachment=1.0, register=3, floor=56, ceiling=90, accent=0.9, motion=0.55, height=-1,
        percussion=0.3, swell=4.5, vibrato=1.3, course=(-4, 4, 8, -6),
        levels={"pad": 1.0, "accompaniment": 2.0, "counter": 1.0, "bass": 1.0},
    ),
    Mood.WONDER: Character(
        articulation=1.02, detachment=1.0, register=9, floor=46, ceiling=94, accent=0.6, motion=0.8, height=11,
        percussion=0.15, swell=6.0, room=1.4, rising=True, course=(-20, -10, 8, 6),
        levels={"accompaniment": 2.0, "texture": 2.5, "spark": 2.0, "bass": -3.0},
    ),
    Mood.CALM: Character(
        articulation=1.0, detachment=1.0, register=-2, floor=43, ceiling=54, accent=0.3, motion=0.0, height=-9,
        percussion=0.05, swell=1.5, vibrato=0.4, room=1.4, levels={"pad": 1.5, "accompaniment": -2.0, "bass": 1.0},
    ),
    Mood.MELANCHOLY: Character(
        articulation=0.94, detachment=0.8, register=-2, floor=56, ceiling=78, accent=0.9, motion=0.55, height=0,
        percussion=0.35, swell=2.5, rising=False, room=0.85, course=(-2, 2, 2, -6),
        levels={"pad": -5.0, "accompaniment": 3.0, "bass": 1.0},
    ),
    Mood.SADNESS: Character(
        articulation=1.02, detachment=1.0, register=-8, floor=44, ceiling=74, accent=0.6, motion=0.0, height=-5,
        percussion=0.0, swell=4.5, vibrato=1.1, room=1.2, rising=False, course=(8, 2, 0, -12),
        levels={"accompaniment": -1.5, "texture": -3.0},
    ),
    Mood.TENSION: Character(
        articulation=0.5, detachment=0.42, register=-5, floor=46, ceiling=90, accent=1.1, motion=0.9, height=-4,
        percussion=0.55, swell=6.0, vibrato=0.3, sudden=0.25, room=0.75, course=(-8, 4, -4, 8),
        levels={"accompaniment": 1.5, "bass": 1.0},
    ),
    Mood.ANGER: Character(
        articulation=0.82, detachment=0.72, register=-9, floor=86, ceiling=112, accent=1.4, motion=1.0, height=-9,
        percussion=1.0, swell=0.5, vibrato=0.7, room=0.62, course=(8, 0, 0, 4),
        levels={"melody": 2.0, "accompaniment": 1.0, "bass": 1.0, "pad": -3.0, "texture": 1.0},
    ),
}  # fmt: skip
