"""Whether a word is denied by its neighbours. No grammar: the few patterns that most denials take."""

from __future__ import annotations

import re
from itertools import takewhile

from music.briefs.language import is_hangul, is_word

ENGLISH_REACH = 3
"""Words before a hit in which an English negation still counts."""

_ENGLISH = frozenset(
    ("not", "no", "never", "without", "hardly", "barely", "scarcely", "neither", "nor", "cannot", "none", "nothing")
)
_NOT_DENYING = frozenset((("not", "only"), ("not", "just"), ("not", "merely"), ("no", "doubt"), ("nothing", "but")))
_TURNS = frozenset(("but", "because", "although", "though", "yet", "just", "until", "since", "instead"))
_DEGREES = frozenset(("so", "this", "such", "more", "as", "quite"))

# The denial in the word itself or the one after it: 행복하지 않, 슬프지는 못, 무서워하지 말, 행복하지않, 재미없
_OWN_ENDING = re.compile(r"지(?:는|도|가|를|만)?$")
_OWN_DENIAL = re.compile(r"지(?:는|도|가|를|만)?(?:않|못|말|마)|.(?:이|가|은|는|도)?없")
_BEARS_ABSENCE = re.compile(r"(?:이|가|은|는|도|조차|란|함|움|감|심|림|픔|쁨|름)$|^[가-힣]{2,3}$")
# Words in which the absence is the meaning: nothing is denied by it.
_ABSENCE_ITSELF = re.compile(r"^(?:재미|어이|어처구니|덧|부질|하염|속절|정처|거침)없")
_MIDDLE = re.compile(r"^(?:수|것|게|건|거|적|줄)(?:은|는|도|이|가)?$")


def is_denied(tokens: list[str], start: int, end: int) -> bool:
    """Whether the hit in tokens[start:end] is denied; two denials cancel each other (슬프지 않을 수 없다)."""
    return (_korean(tokens, start, end) if is_hangul(tokens[start]) else _english(tokens, start)) % 2 == 1


def _english(tokens: list[str], start: int) -> int:
    between: list[str] = []
    for position in range(start - 1, max(-1, start - 1 - ENGLISH_REACH), -1):
        word = tokens[position]
        if not is_word(word) or word in _TURNS:
            return 0
        if word in _ENGLISH or word.endswith("n't"):
            follower = tokens[position + 1]
            raised = word == "never" and not _DEGREES.isdisjoint(between)
            helpless = word in ("can't", "cannot", "couldn't") and follower in ("help", "stop")
            return 0 if raised or helpless or (word, follower) in _NOT_DENYING else 1
        between.append(word)
    return 0


def _korean(tokens: list[str], start: int, end: int) -> int:
    own = tokens[end - 1]
    following = list(takewhile(is_word, tokens[end : end + 3]))
    denials = 0
    if _OWN_DENIAL.search(own) and not _ABSENCE_ITSELF.match(own):
        denials += 1
    elif following:
        first = following[0]
        denied = _OWN_ENDING.search(own) and first[0] in "않못말마"
        absent = first[0] == "없" and _BEARS_ABSENCE.search(own)
        if denied or absent or first.startswith("아니"):
            denials += 1
        if len(following) > 1:
            # 사랑할 수 없, 슬픈 게 아니, and the second denial of 않을 수 없
            later = following[1:] if denials else following
            if _MIDDLE.match(later[0]) and len(later) > 1 and (later[1][0] == "없" or later[1].startswith("아니")):
                denials += 1
    if start and tokens[start - 1] in ("안", "못"):
        denials += 1
    return denials
