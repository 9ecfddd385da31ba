"""How right readings are: accuracy and macro-F1 of the mood, and of valence and arousal in three steps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from music.brief import Mood
from music.briefs.mood import FEELING

NEUTRAL = 0.25
"""Valence or arousal up to this, either way, is neither."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy and macro-F1, each 0 … 1, of `texts` readings."""

    texts: int
    mood: tuple[float, float]
    valence: tuple[float, float]
    arousal: tuple[float, float]

    def __str__(self) -> str:
        named = (("mood", self.mood), ("valence", self.valence), ("arousal", self.arousal))
        return f"{self.texts} texts: " + ", ".join(f"{name} {pair[0]:.3f}/{pair[1]:.3f}" for name, pair in named)


def scored(
    moods: Sequence[Mood],
    readings: Sequence[tuple[Mood, float, float]],
    feelings: Sequence[tuple[int, int]] | None = None,
) -> Scores:
    """Readings (mood, valence, arousal) against labels. `feelings`: valence and arousal as -1, 0 or 1 where they were
    labelled too; else those of the labelled moods."""
    felt = feelings or [(step(FEELING[mood][0]), step(FEELING[mood][1])) for mood in moods]
    return Scores(
        len(moods),
        accuracy_and_f1(moods, [mood for mood, _, _ in readings]),
        accuracy_and_f1([valence for valence, _ in felt], [step(valence) for _, valence, _ in readings]),
        accuracy_and_f1([arousal for _, arousal in felt], [step(arousal) for _, _, arousal in readings]),
    )


def step(value: float) -> int:
    """-1, 0 or 1."""
    return 0 if abs(value) <= NEUTRAL else 1 if value > 0 else -1


def accuracy_and_f1(labels: Sequence[Hashable], answers: Sequence[Hashable]) -> tuple[float, float]:
    """The share of right answers, and the mean over the labels that occur of each one's F1."""
    pairs = list(zip(labels, answers, strict=True))
    f1s = []
    for kind in dict.fromkeys(labels):
        right = sum(label == answer == kind for label, answer in pairs)
        named = sum((label == kind) + (answer == kind) for label, answer in pairs)
        f1s.append(2 * right / named)
    return sum(label == answer for label, answer in pairs) / len(pairs), sum(f1s) / len(f1s)
