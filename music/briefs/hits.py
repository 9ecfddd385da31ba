"""What the lexicons say of a text: words, phrases and signs with their moods, each as written and perhaps denied."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from music.brief import Mood
from music.briefs.language import is_hangul, is_word, words_of
from music.briefs.lexicon import Token, Weights, english, korean, signs
from music.briefs.negation import is_denied

DENIED = 0.5
"""What a denied word takes from its mood and gives to the mood it turns into."""

TURNED: dict[Mood, Mood] = {
    Mood.JOY: Mood.SADNESS,
    Mood.LOVE: Mood.MELANCHOLY,
    Mood.WONDER: Mood.MELANCHOLY,
    Mood.CALM: Mood.TENSION,
    Mood.MELANCHOLY: Mood.CALM,
    Mood.SADNESS: Mood.CALM,
    Mood.TENSION: Mood.CALM,
    Mood.ANGER: Mood.CALM,
}

# Laughter and tears are typed in runs of any length: ㅋㅋㅋㅋ, ㅠㅜㅠ.
_RUNS = (
    (re.compile(r"[ㅋㄱ]{2,}"), " ㅋㅋ "),
    (re.compile(r"ㅎ{2,}"), " ㅎㅎ "),
    (re.compile(r"[ㅠㅜ]{2,}"), " ㅠㅠ "),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: as written (with what denies it), how heavy it is, the moods it speaks for or, below 0, against.

    What is said again has half the share of the first time; a third time it is a manner of speaking and has none.
    """

    words: str
    weight: float
    moods: tuple[tuple[Mood, float], ...]


def hits_in(text: str) -> list[Hit]:
    """The hits in a cleaned text, signs first, then words in the order of the text."""
    for run, sign in _RUNS:
        text = run.sub(sign, text)
    heard: Counter[str] = Counter()
    hits = []
    for words, weights, denied in (*_signs_in(text), *_words_in(words_of(text))):
        share = (1.0, 0.5, 0.0)[min(heard[words], 2)]
        heard[words] += 1
        loudest = share * max(weight for _, weight in weights)
        if denied:
            share *= DENIED
            weights = (
                *((TURNED[mood], weight) for mood, weight in weights),
                *((mood, -weight) for mood, weight in weights),
            )
        hits.append(Hit(words, loudest, tuple((mood, weight * share) for mood, weight in weights)))
    return hits


def sums_of(hits: Iterable[Hit]) -> dict[Mood, float]:
    """What the hits say for each mood, and against it, in the lexicon's weights."""
    said: defaultdict[Mood, float] = defaultdict(float)
    for hit in hits:
        for mood, weight in hit.moods:
            said[mood] += weight
    return dict(said)


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
