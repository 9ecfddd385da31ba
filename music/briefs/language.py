"""What a text is made of: its language, its words, its signs. Nothing here knows about moods."""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 2_000
"""Characters of a text that are read; a longer one is cut at the last sentence or word that fits."""
WORD_LIMIT = 40
"""Characters of one word that are read: no real word is longer, a held-down key is."""

KOREAN, ENGLISH, UNKNOWN = "ko", "en", ""

_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_LATIN = re.compile(r"[A-Za-z]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b\u200c\u2060]")
_SENTENCE_END = re.compile(r"[.!?…。\n](?=\s|$)")
_WORD = re.compile(r"[\uac00-\ud7a3]+|[a-z]+(?:['-][a-z]+)*|\d+|[.!?…。;:,()\n—]")
_WORD_OR_NUMBER = re.compile(r"[a-z\uac00-\ud7a3\d]")


def normalise(text: str) -> str:
    """The text in NFC, without what cannot be stored or shown (NUL, lone surrogates), at most `TEXT_LIMIT` long."""
    # Cut roughly first: a decomposed Hangul syllable is up to three characters, and NFC of a huge text costs time.
    text = _UNREADABLE.sub(" ", unicodedata.normalize("NFC", text[: TEXT_LIMIT * 3]))
    text = text.replace("’", "'").replace("‘", "'").replace("‐", "-").replace("‑", "-")
    if len(text) <= TEXT_LIMIT:
        return text
    head = text[:TEXT_LIMIT]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] > TEXT_LIMIT // 2:
        return head[: ends[-1]]
    space = head.rfind(" ")
    return head[:space] if space > TEXT_LIMIT // 2 else head


def language_of(text: str) -> str:
    """`ko`, `en` or empty when there are no letters of either. Hangul says more a letter, hence the weights."""
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    if hangul == latin == 0:
        return UNKNOWN
    return KOREAN if hangul * 2.5 >= latin * 0.5 else ENGLISH


def words_of(text: str) -> list[str]:
    """The words of a normalised text in lower case, Hangul and Latin apart, with marks that end a clause."""
    return [word[:WORD_LIMIT] for word in _WORD.findall(text.lower())]


def is_word(token: str) -> bool:
    """False for the marks among `words_of`."""
    return bool(_WORD_OR_NUMBER.match(token))


def is_hangul(token: str) -> bool:
    return "가" <= token[0] <= "힣"


def letters(token: str) -> str:
    """A word letter by letter: Hangul taken apart into jamo (NFD), so that a stem is a prefix of its forms."""
    return unicodedata.normalize("NFD", token)
