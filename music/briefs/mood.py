"""Reading moods out of words: evidence by lexicon, then weights, valence and arousal.

`evidence_in` is the only place that looks at a text. Its scores are on one scale (0 … `CEILING`), so that another
reader of texts can add its own to them.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from music.brief import Mood, Reason
from music.briefs.language import is_hangul, is_word, language_of, normalise, words_of
from music.briefs.lexicon import Token, Weights, english, korean, signs
from music.briefs.negation import is_denied

CEILING = 3.0
"""The most that one text can say for a mood, in log-odds against the others."""
HALFWAY = 0.9
"""Weight of hits at which a text has said half of what it can."""
TAG = 5.0
"""A tag of the reader's own: more than quote, memo and book together (CEILING + BOOK · CEILING) can say against it."""
MEMO, QUOTE = 1.5, 1.0
BOOK = 0.3
DENIED = 0.5
"""What a denied word takes from its mood and gives to the mood it turns into."""
FAINT = 0.5
"""Weight of hits up to which a text has said nothing: one weak word ("window") must not set the mood."""
KEPT_MOODS = 4
KEPT_WEIGHT = 0.08
DETAIL_LIMIT = 24
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

_TURNED: dict[Mood, Mood] = {
    Mood.JOY: Mood.SADNESS,
    Mood.LOVE: Mood.MELANCHOLY,
    Mood.WONDER: Mood.MELANCHOLY,
    Mood.CALM: Mood.TENSION,
    Mood.MELANCHOLY: Mood.CALM,
    Mood.SADNESS: Mood.CALM,
    Mood.TENSION: Mood.CALM,
    Mood.ANGER: Mood.CALM,
}
_GUESS = ((Mood.CALM, 0.6), (Mood.MELANCHOLY, 0.25), (Mood.WONDER, 0.15))
_GUESS_FEELING = (0.0, -0.2)

# Laughter and tears are typed in runs of any length: ㅋㅋㅋㅋ, ㅠㅜㅠ.
_RUNS = (
    (re.compile(r"[ㅋㄱ]{2,}"), " ㅋㅋ "),
    (re.compile(r"ㅎ{2,}"), " ㅎㅎ "),
    (re.compile(r"[ㅠㅜ]{2,}"), " ㅠㅠ "),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one text says: scores by mood (log-odds, up to `CEILING`) and the words that said it, heaviest first."""

    scores: Mapping[Mood, float] = field(default_factory=dict)
    hits: tuple[tuple[str, float], ...] = ()

    def __bool__(self) -> bool:
        """False when there is nothing or no more than one weak word to go by."""
        return sum(weight for _, weight in self.hits) > FAINT and any(score > 0 for score in self.scores.values())

    def reasons(self, source: str, *, factor: float = 1.0, limit: int = 4) -> tuple[Reason, ...]:
        return tuple(Reason(source, word, round(weight * factor, 3)) for word, weight in self.hits[:limit])


@dataclass(frozen=True, slots=True)
class MoodReading:
    """The moods of some words.

    `weights` sum to 1, the strongest first; valence and arousal are -1 … 1; confidence is 0 … 1, the probability of
    the strongest mood. A text that says nothing is read as calm and reflective, with a reason of source "guess".
    """

    weights: tuple[tuple[Mood, float], ...]
    valence: float
    arousal: float
    confidence: float
    reasons: tuple[Reason, ...]
    language: str

    @property
    def is_guess(self) -> bool:
        return any(reason.source == "guess" for reason in self.reasons)


def read_mood(text: str, *, source: str = "prompt") -> MoodReading:
    """The moods of a text in Korean, English or both. Any text will do, even none; `source` names the reasons."""
    evidence = evidence_in(text)
    if not evidence:
        return guess(language_of(normalise(text)))
    return reading_of(evidence.scores, evidence.reasons(source), language_of(normalise(text)))


def evidence_in(text: str) -> Evidence:
    """What the words, phrases and signs of a text say."""
    clean = normalise(text)
    for run, sign in _RUNS:
        clean = run.sub(sign, clean)
    said: defaultdict[Mood, float] = defaultdict(float)
    heard: Counter[str] = Counter()
    weighed: dict[str, float] = {}
    for word, weights, denied in (*_signs_in(clean), *_words_in(words_of(clean))):
        # Said again it says half as much; a third time it is a manner of speaking.
        share = (1.0, 0.5, 0.0)[min(heard[word], 2)]
        heard[word] += 1
        for mood, weight in weights:
            if denied:
                said[mood] -= DENIED * weight * share
                said[_TURNED[mood]] += DENIED * weight * share
            else:
                said[mood] += weight * share
        loudest = max(weight for _, weight in weights)
        weighed[word[:DETAIL_LIMIT]] = weighed.get(word[:DETAIL_LIMIT], 0.0) + loudest * share
    hits = sorted(weighed.items(), key=lambda hit: -hit[1])
    return Evidence(saturated(said), tuple(hits))


def saturated(said: Mapping[Mood, float]) -> dict[Mood, float]:
    """Sums of weights as log-odds: shared out among the moods, and the more is said the less each word adds."""
    total = sum(weight for weight in said.values() if weight > 0)
    return {mood: CEILING * weight / (total + HALFWAY) for mood, weight in said.items() if weight}


def reading_of(scores: Mapping[Mood, float], reasons: Iterable[Reason], language: str) -> MoodReading:
    """Scores as a reading: probabilities by softmax, then as weights what stands above chance."""
    odds = {mood: math.exp(scores.get(mood, 0.0)) for mood in Mood}
    total = sum(odds.values())
    above = {mood: odd / total - 1 / len(Mood) for mood, odd in odds.items()}
    weights = shares({mood: chance for mood, chance in above.items() if chance > 0})
    return reading_from(weights, max(odds.values()) / total, reasons, language)


def guess(language: str) -> MoodReading:
    """What is assumed of words that say nothing: calm and reflective, and said to be a guess."""
    valence, arousal = _GUESS_FEELING
    return MoodReading(_GUESS, valence, arousal, GUESS_CONFIDENCE, (Reason("guess", "calm", 1.0),), language)


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
    weights: tuple[tuple[Mood, float], ...], confidence: float, reasons: Iterable[Reason], language: str
) -> MoodReading:
    valence, arousal = feeling_of(weights)
    return MoodReading(weights, valence, arousal, round(confidence, 3), tuple(reasons), language)


@cache
def _sign_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(sign) for sign in sorted(signs(), key=len, reverse=True)))


def _signs_in(text: str) -> Iterator[tuple[str, Weights, bool]]:
    for match in _sign_pattern().finditer(text):
        yield match.group(), signs()[match.group()], False


def _words_in(words: list[str]) -> Iterator[tuple[str, Weights, bool]]:
    """Hits among the words as (what was written, weights, denied). A phrase takes its words with it."""
    tokens = [Token.of(word) for word in words]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = position + 1
        weights: Weights = ()
        if is_word(token.text):
            lexicon = korean() if is_hangul(token.text) else english()
            if phrase := lexicon.phrase(tokens, position):
                weights, end = phrase.weights, position + len(phrase.patterns)
            else:
                weights = lexicon.word(token)
        if weights:
            denied = is_denied(words, position, end)
            # 행복하지 alone would tell the reader the opposite of what was read.
            shown = end + 1 if denied and words[end - 1].endswith("지") else end
            yield " ".join(words[position:shown]), weights, denied
        position = end
