"""How a query meets a title: what counts as the same letters, and how good a match is.

Korean readers type parts of words, leave spaces out or put them in, and search by initial consonants ("ㅅㄴㅇ" for
소년이 온다); text from macOS arrives decomposed. So both sides are folded to bare letters and digits, and compared as
substrings, never as words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

# ㆍ counts as a letter in Unicode, but Korean keyboards offer it as the middle dot.
MIDDLE_DOTS = str.maketrans(dict.fromkeys("\u318d\u119e", "·"))
VOICED = "\u3099\u309a"
"""What makes が of か, and パ of ハ: other letters, and no accents."""
_WORD_BREAK = re.compile(r"[\s·\-–—:,]+")
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE = 0xAC00
_SYLLABLES_PER_INITIAL = 588
# Far beyond any title with its author; what is longer was pasted by mistake and is not searched for.
_LONGEST_QUERY = 200


class Match(IntEnum):
    """How a record answers a query; smaller is better."""

    TITLE = 0
    TITLE_START = 1
    TITLE_WORD_START = 2
    TITLE_PART = 3
    AUTHOR = 4
    AUTHOR_PART = 5
    ALL_WORDS = 6


def fold(text: str) -> str:
    """Letters and digits only, composed, without case or accents: "봄·봄" → "봄봄", "Misérables" → "miserables"."""
    decomposed = unicodedata.normalize("NFD", text.translate(MIDDLE_DOTS))
    bare = "".join(char for char in decomposed if char.isalnum() or char in VOICED)
    return unicodedata.normalize("NFC", bare).casefold()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A title or a name made ready to be searched in."""

    letters: str
    word_starts: frozenset[int]
    """Offsets in `letters` at which a word began before the spaces went."""

    @classmethod
    def of(cls, text: str) -> Self:
        words = [fold(word) for word in _WORD_BREAK.split(text.translate(MIDDLE_DOTS))]
        starts, offset = set(), 0
        for word in filter(None, words):
            starts.add(offset)
            offset += len(word)
        return cls("".join(words), frozenset(starts))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Folded letters to look for; an initial consonant stands for itself and for every syllable that begins with it."""

    length: int
    expression: re.Pattern[str]

    @classmethod
    def of(cls, letters: str) -> Self:
        # The look-ahead finds overlapping places too, so that a word start is not hidden by an earlier hit.
        return cls(len(letters), re.compile(f"(?={''.join(map(letter_class, letters))})"))

    def places(self, text: FoldedText) -> list[int]:
        """Every offset at which the text matches."""
        return [found.start() for found in self.expression.finditer(text.letters)]

    def in_any(self, texts: Iterable[FoldedText]) -> bool:
        return any(self.expression.search(text.letters) for text in texts)


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader typed, made ready to be matched against many records."""

    whole: Pattern
    words: tuple[Pattern, ...]
    """Each once; empty for a single word, which `whole` already covers."""

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The query of the text, or None when nothing in it can be searched for."""
        if len(text) > _LONGEST_QUERY * 3:  # a decomposed syllable takes up to three characters
            return None
        words = [letters for letters in map(fold, text.split()) if letters]
        if not words or sum(map(len, words)) > _LONGEST_QUERY:
            return None
        distinct = tuple(dict.fromkeys(words)) if len(words) > 1 else ()
        return cls(Pattern.of("".join(words)), tuple(map(Pattern.of, distinct)))

    def match(self, titles: Iterable[FoldedText], authors: Iterable[FoldedText]) -> Match | None:
        """The best way in which a record with these titles and authors answers, or None."""
        ranks = [rank for title in titles if (rank := self._title_rank(title)) is not None]
        ranks += [rank for author in authors if (rank := self._author_rank(author)) is not None]
        if ranks:
            return min(ranks)
        if self.words and all(word.in_any(titles) or word.in_any(authors) for word in self.words):
            return Match.ALL_WORDS
        return None

    def _title_rank(self, title: FoldedText) -> Match | None:
        places = self.whole.places(title)
        if not places:
            return None
        if places[0] == 0:
            return Match.TITLE if self.whole.length == len(title.letters) else Match.TITLE_START
        return Match.TITLE_PART if title.word_starts.isdisjoint(places) else Match.TITLE_WORD_START

    def _author_rank(self, author: FoldedText) -> Match | None:
        places = self.whole.places(author)
        if not places:
            return None
        return Match.AUTHOR_PART if author.word_starts.isdisjoint(places) else Match.AUTHOR


def letter_class(letter: str) -> str:
    """A regular expression for a folded letter, which Python and PostgreSQL read alike."""
    initial = INITIALS.find(letter)
    if initial < 0:
        return re.escape(letter)
    first = _FIRST_SYLLABLE + initial * _SYLLABLES_PER_INITIAL
    return f"[{letter}{chr(first)}-{chr(first + _SYLLABLES_PER_INITIAL - 1)}]"
