"""What a text is made of: its language, its words, its signs. Nothing here knows about moods."""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 2_000
"""Characters of a text that are read; a longer one is cut at the last sentence or word that fits."""
LONGEST_READ = 200_000
"""Characters of a text that are looked at at all: its two ends, where it is longer."""
WHOLE = {"ko": 240, "en": 480}
"""Characters that an encoder takes at once, by language: about 150 tokens, for its cost grows with the text."""
PART = {"ko": 150, "en": 300}
"""Characters of each excerpt of a longer text, so that `MOST_EXCERPTS` of them stay under a second."""
MOST_EXCERPTS = 4
WORD_LIMIT = 40
"""Characters of one word that are read: no real word is longer, a held-down key is."""

KOREAN, ENGLISH, UNKNOWN = "ko", "en", ""

_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_LATIN = re.compile(r"[A-Za-z]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b\u200c\u2060]")
_SENTENCE_END = re.compile(r"[.!?…。\n](?=\s|$)")
_WORD = re.compile(r"[\uac00-\ud7a3]+|[a-z]+(?:['-][a-z]+)*|\d+|[.!?…。;:,()\n—]")
_SENTENCE = re.compile(r"[^.!?…。\n]*(?:[.!?…。]+[\"'”’」』)]*\s*|\n+|$)")
_CLAUSE_END = re.compile(r"[.!?…。,;:\n()\"“”「」『』]+")
_HELD_KEY = re.compile(r"(\S)\1{7,}")
_WORD_OR_NUMBER = re.compile(r"[a-z\uac00-\ud7a3\d]")


def cleaned(text: str) -> str:
    """The text in NFC, without what cannot be stored or shown (NUL, lone surrogates)."""
    if len(text) > LONGEST_READ:
        text = f"{text[: LONGEST_READ // 2]}\n{text[-LONGEST_READ // 2 :]}"
    text = _UNREADABLE.sub(" ", unicodedata.normalize("NFC", text))
    return text.replace("’", "'").replace("‘", "'").replace("‐", "-").replace("‑", "-")


def normalise(text: str) -> str:
    """The beginning of the cleaned text, at most `TEXT_LIMIT` long, cut at a sentence or a word."""
    # Cut roughly first: a decomposed Hangul syllable is up to three characters, and NFC of a huge text costs time.
    text = cleaned(text[: TEXT_LIMIT * 3])
    if len(text) <= TEXT_LIMIT:
        return text
    head = text[:TEXT_LIMIT]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] > TEXT_LIMIT // 2:
        return head[: ends[-1]]
    space = head.rfind(" ")
    return head[:space] if space > TEXT_LIMIT // 2 else head


def excerpts(text: str) -> list[str]:
    """What is read of a cleaned text: all of a short one; of a longer one whole sentences from several places.

    At most `MOST_EXCERPTS`, evenly spread, always with the beginning and the end. Empty when there is no letter.
    """
    text = _HELD_KEY.sub(r"\1\1\1", " ".join(text.split()))
    language = language_of(text[:TEXT_LIMIT]) or language_of(text)
    if not language and not any(sign.isalpha() for sign in text):
        return []
    limit = WHOLE.get(language, WHOLE[KOREAN])
    if len(text) <= limit:
        return [text]
    parts = _grouped(text, PART.get(language, PART[KOREAN]))
    if len(parts) <= MOST_EXCERPTS:
        return parts
    step = (len(parts) - 1) / (MOST_EXCERPTS - 1)
    return [parts[round(step * place)] for place in range(MOST_EXCERPTS)]


def _grouped(text: str, limit: int) -> list[str]:
    """The text's sentences in groups of at most `limit` characters; a longer sentence is cut, at a space if it can."""
    groups = [""]
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        while sentence:
            room = limit - len(groups[-1])
            if len(sentence) <= room:
                groups[-1] += sentence
                break
            if groups[-1]:
                groups.append("")
                continue
            cut = sentence.rfind(" ", limit // 2, limit) + 1 or limit
            groups[-1], sentence = sentence[:cut], sentence[cut:]
            groups.append("")
    return [group.strip() for group in groups if any(sign.isalnum() for sign in group)]


def fragments(text: str, limit: int) -> list[str]:
    """The text in clauses, and those again in runs of words, each of at most `limit` characters."""
    found: list[str] = []
    for clause in _CLAUSE_END.split(text):
        run = ""
        for word in clause.split():
            if run and len(run) + 1 + len(word) > limit:
                found.append(run)
                run = ""
            run = f"{run} {word}".strip()[:limit]
        if run:
            found.append(run)
    return [fragment for fragment in found if any(sign.isalpha() for sign in fragment)]


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
