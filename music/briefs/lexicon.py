"""The lexicons: words, phrases and signs of the eight moods in Korean and English, from the files in `data/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from music.brief import Mood
from music.briefs.language import is_hangul, letters

DATA = Path(__file__).parent / "data"

Weights = tuple[tuple[Mood, float], ...]

_SUFFIXES = ("'s", "s", "es", "ed", "d", "ing", "ly", "er", "est")
_SHORTEST_STEM = 3
"""A stem shorter than this is not looked for behind a suffix."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as the lexicons see it: as written, letter by letter, and the words it may be a form of."""

    text: str
    spelled: str
    bases: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Token:
        spelled = letters(text)
        bases = (spelled,) if is_hangul(text) else tuple(dict.fromkeys(_bases(text)))
        return cls(text, spelled, bases)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One word of a term. `prefix`: more letters may follow."""

    letters: str
    prefix: bool

    def matches(self, token: Token) -> bool:
        return token.spelled.startswith(self.letters) if self.prefix else self.letters in token.bases


@dataclass(frozen=True, slots=True)
class Phrase:
    patterns: tuple[Pattern, ...]
    weights: Weights


class Lexicon:
    """Terms of one language, indexed by how their first word begins."""

    def __init__(self, terms: dict[str, Weights]) -> None:
        self._stems: dict[str, Weights] = {}
        self._words: dict[str, Weights] = {}
        self._phrases: dict[str, list[Phrase]] = {}
        for term, weights in terms.items():
            patterns = tuple(_pattern(word) for word in term.split())
            if len(patterns) > 1:
                self._phrases.setdefault(patterns[0].letters, []).append(Phrase(patterns, weights))
            elif patterns[0].prefix:
                self._stems[patterns[0].letters] = weights
            else:
                self._words[patterns[0].letters] = weights
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase.patterns))
        self._longest = max(map(len, self._stems), default=0)
        self._longest_start = max(map(len, self._phrases), default=0)

    def word(self, token: Token) -> Weights:
        """What a word weighs; the longest stem decides. Empty when it is not in the lexicon."""
        for base in token.bases:
            if base in self._words:
                return self._words[base]
        for length in range(min(self._longest, len(token.spelled)), 0, -1):
            if found := self._stems.get(token.spelled[:length]):
                return found
        return ()

    def phrase(self, tokens: list[Token], start: int) -> Phrase | None:
        """The longest phrase that begins at a token."""
        first, best = tokens[start], None
        longest = min(self._longest_start, len(first.spelled))
        starts = [first.spelled[:length] for length in range(longest, 0, -1)]
        for key in dict.fromkeys([*starts, *first.bases]):
            for phrase in self._phrases.get(key, ()):
                size = len(phrase.patterns)
                if start + size > len(tokens) or (best is not None and size <= len(best.patterns)):
                    continue
                following = zip(phrase.patterns, tokens[start : start + size], strict=True)
                if all(pattern.matches(token) for pattern, token in following):
                    best = phrase
        return best


@cache
def korean() -> Lexicon:
    return Lexicon(_read("lexicon.ko.tsv", ", "))


@cache
def english() -> Lexicon:
    return Lexicon(_read("lexicon.en.tsv", ", "))


@cache
def signs() -> dict[str, Weights]:
    """Emoji and emoticons."""
    return _read("lexicon.emoji.tsv", " ")


def _read(name: str, separator: str) -> dict[str, Weights]:
    terms: dict[str, Weights] = {}
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        mood, weight, listed = line.split("\t")
        for term in listed.split(separator):
            terms[term] = (*terms.get(term, ()), (Mood(mood), float(weight)))
    return terms


def _pattern(word: str) -> Pattern:
    """Korean words are prefixes unless marked "="; English ones are not unless marked "*"."""
    bare = word.strip("=*")
    prefix = word.endswith("*") or (is_hangul(bare) and not word.startswith("="))
    return Pattern(letters(bare), prefix)


def _bases(word: str) -> Iterator[str]:
    """The words that an English word may be a regular form of, itself first: stopped → stop, cries → cry."""
    yield word
    for suffix in _SUFFIXES:
        if not word.endswith(suffix) or len(word) - len(suffix) < _SHORTEST_STEM:
            continue
        stem = word[: -len(suffix)]
        if suffix == "d" and stem[-1] != "e":
            continue
        yield stem
        if suffix in ("ed", "ing", "er", "est", "es"):
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]
            if stem[-1] == "i":
                yield stem[:-1] + "y"
        elif suffix == "ly" and stem[-1] == "i":
            yield stem[:-1] + "y"
