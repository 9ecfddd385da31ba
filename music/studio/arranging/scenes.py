"""Scenes: what each phrase is for the arrangement, and how loud the piece is at every moment.

A phrase's part in the piece (introduction, theme, contrast, development, return, ending) follows from its label's
first letter and its place, so that labels may come and go; its fullness from its intensity and from an arch over the
whole piece that peaks between two and three quarters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import pi, sin

from music.studio.arranging.band import Desk
from music.studio.chance import stream
from music.studio.composing.form import Phrase

PEAK = 0.72
ARCH_SHARE = 0.45
HAIRPIN = 0.1
INTRO_FULLNESS, ENDING_FULLNESS = 0.35, 0.4
SUDDEN_VELOCITY = 16
ACCENT_VELOCITY = 34
ENERGY_VELOCITY = 10
THEME_LABEL, THEME_BARS, PERIOD_BARS = "A", 2, 8
STEPS_BACK = 0.78
"""What accompanies plays with this share of its velocity (about 4 dB softer) while the theme is stated."""


class Task(StrEnum):
    """What a phrase is there for."""

    INTRODUCTION = "introduction"
    THEME = "theme"
    CONTRAST = "contrast"
    DEVELOPMENT = "development"
    RETURN = "return"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Scene:
    phrase: Phrase
    task: Task
    fullness: float
    """0 … 1: how many play and how loud; the fullest scene of a piece has 1."""
    start: float
    """First beat."""
    end: float
    first: bool
    """The first phrase after the introduction."""
    climax: bool
    """The fullest scene."""


class Stage:
    """The scenes of a piece and its dynamics, looked up by beat."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.scenes = _scenes(desk)
        self._starts = [scene.start for scene in self.scenes]
        self._end = desk.end
        rng = stream(desk.brief.seed, "accents")
        chance = desk.character.sudden
        bar = desk.meter.beats
        # The first bar is never a shock, nor is the end.
        self.sudden = frozenset(
            float(number * bar)
            for number in range(1, desk.form.bars - 2)
            if rng.random() < chance * (0.5 + self.at(number * bar).fullness)
        )

    def at(self, beat: float) -> Scene:
        return self.scenes[max(0, bisect_right(self._starts, beat + 1e-6) - 1)]

    def loudness(self, beat: float) -> float:
        """0 (softest) … 1 (climax), without steps between phrases but for a hairpin inside each."""
        index = max(0, bisect_right(self._starts, beat + 1e-6) - 1)
        scene = self.scenes[index]
        middle = (scene.start + scene.end) / 2
        other = self.scenes[max(0, index - 1)] if beat < middle else self.scenes[min(index + 1, len(self.scenes) - 1)]
        distance = abs((other.start + other.end) / 2 - middle) or 1.0
        share = abs(beat - middle) / distance
        level = scene.fullness + (other.fullness - scene.fullness) * min(share, 1.0)
        place = min(max((beat - scene.start) / max(scene.end - scene.start, 1e-9), 0.0), 1.0)
        # A phrase is loudest a little after its middle.
        return min(max(level + HAIRPIN * (sin(pi * place**1.2) - 0.6), 0.0), 1.0)

    def behind(self, beat: float, accent: float, offset: int = 0) -> int:
        """The velocity of what accompanies: it steps back while the theme is stated."""
        velocity = self.velocity(beat, accent, offset)
        return max(16, round(STEPS_BACK * velocity)) if self.states(beat) else velocity

    def states(self, beat: float) -> bool:
        """Whether the theme is being stated: at the beginning of its phrases, and again at a period's middle."""
        scene = self.at(beat)
        if scene.phrase.kind != THEME_LABEL:
            return False
        bar = (beat + 1e-6 - scene.start) // self.desk.meter.beats
        middle = scene.phrase.bars // 2 if scene.phrase.bars >= PERIOD_BARS else 0
        return bar % middle < THEME_BARS if middle else bar < THEME_BARS

    def course(self, beat: float) -> float:
        """Velocity that the mood's own course over the whole piece adds."""
        points = self.desk.character.course
        place = min(max(beat / max(self._end, 1e-9), 0.0), 1.0) * (len(points) - 1)
        index = min(int(place), len(points) - 2)
        return points[index] + (points[index + 1] - points[index]) * (place - index)

    def velocity(self, beat: float, accent: float, offset: int = 0, *, startling: bool = True) -> int:
        """MIDI velocity of a stroke: the moment's loudness in the mood's own range, the accent, the part's offset.

        `startling`: whether it joins the accents out of nowhere; a line that sings does not.
        """
        character = self.desk.character
        middle, half = (character.floor + character.ceiling) / 2, (character.ceiling - character.floor) / 2
        level = middle + half * self.desk.band.palette.contrast * (2 * self.loudness(beat) - 1)
        raw = (
            level
            + offset
            + ACCENT_VELOCITY * character.accent * (accent - 0.6)
            + ENERGY_VELOCITY * (self.desk.brief.energy - 0.5)
            + self.desk.band.palette.contrast * self.course(beat)
        )
        if startling and beat in self.sudden:
            raw += SUDDEN_VELOCITY
        return min(max(round(raw), 16), 122)


def _scenes(desk: Desk) -> tuple[Scene, ...]:
    phrases = desk.form.phrases
    total = max(desk.form.bars, 1)
    tasks = _tasks(phrases)
    fullness = []
    for phrase, task in zip(phrases, tasks, strict=True):
        place = (phrase.start + phrase.bars / 2) / total
        arch = 1 - ((place - PEAK) / (PEAK if place < PEAK else 1.25 * (1 - PEAK))) ** 2
        raw = (1 - ARCH_SHARE) * phrase.intensity + ARCH_SHARE * max(arch, 0.0)
        cap = {Task.INTRODUCTION: INTRO_FULLNESS, Task.ENDING: ENDING_FULLNESS}.get(task, 1.0)
        fullness.append(min(raw, cap))
    fullest = max(fullness)
    # Introduction and ending stay thin; a piece that is nothing else is played as it is.
    scale = 1 / fullest if fullest > ENDING_FULLNESS else 1.0
    heard = [index for index, task in enumerate(tasks) if task not in (Task.INTRODUCTION, Task.ENDING)]
    bar = float(desk.meter.beats)
    return tuple(
        Scene(
            phrase,
            task,
            round(full * (scale if index in heard else 1.0), 4),
            phrase.start * bar,
            (phrase.start + phrase.bars) * bar,
            first=bool(heard) and index == heard[0],
            climax=len(heard) > 1 and full == fullest,
        )
        for index, (phrase, task, full) in enumerate(zip(phrases, tasks, fullness, strict=True))
    )


def _tasks(phrases: Sequence[Phrase]) -> list[Task]:
    tasks: list[Task] = []
    theme: str | None = None
    been_away = False
    for index, phrase in enumerate(phrases):
        kind = phrase.kind.lower()
        if kind.startswith("intro") and index == 0:
            tasks.append(Task.INTRODUCTION)
        elif kind.startswith(("coda", "end", "outro")) and index == len(phrases) - 1 and index > 0:
            tasks.append(Task.ENDING)
        elif kind.startswith("dev"):
            been_away = True
            tasks.append(Task.DEVELOPMENT)
        elif kind.startswith(("return", "recap", "home")):
            tasks.append(Task.RETURN)
        elif theme is None or kind == theme:
            theme = kind if theme is None else theme
            tasks.append(Task.RETURN if been_away else Task.THEME)
        else:
            been_away = True
            tasks.append(Task.CONTRAST)
    return tasks
