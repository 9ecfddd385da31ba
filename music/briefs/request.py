"""Reading a free prompt: what it names is obeyed to the letter, the rest is left to be read for its mood.

Of the prompt's own words only those in `data/requests.tsv` travel on, and then as the table's value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from music.brief import DURATION_RANGE, TEMPO_RANGE, Genre, Mode, Reason
from music.briefs.language import is_hangul, normalise

LONGEST_ASKED = 300
"""Seconds a prompt may ask for; the same bound as a form's. Making music costs."""

_NEARBY = 60
"""Characters around a name in which it can be refused."""
_REASONS = 8

_TABLE = Path(__file__).parent / "data" / "requests.tsv"
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5} | {
    word: float(number) for number, word in enumerate(_NUMBER_WORDS, start=1)
}
_TONICS = {
    "C": "C", "C#": "C#", "Db": "C#", "D": "D", "D#": "Eb", "Eb": "Eb", "E": "E", "Fb": "E", "E#": "F", "F": "F",
    "F#": "F#", "Gb": "F#", "G": "G", "G#": "Ab", "Ab": "Ab", "A": "A", "A#": "Bb", "Bb": "Bb", "B": "B", "Cb": "B",
    "B#": "C",
}  # fmt: skip
_KOREAN_TONICS = dict(zip("다라마바사가나", "CDEFGAB", strict=True))

_NUMBER = r"(\d{1,4}(?:\.\d{1,2})?|half an?|one|two|three|four|five|six|seven|eight|nine|ten|an?)"
_BPM = re.compile(
    r"(?<!\d)(\d{2,3})\s*-?(?:bpm|비피엠|beats?\s+(?:per|a)\s+minute)"
    r"|(?:bpm|비피엠|tempo|템포|분당)\s*(?:of|is|은|는|:|=)?\s*(\d{2,3})(?!\d)"
)
_MINUTES = re.compile(
    rf"(?<![\w.]){_NUMBER}[\s-]*(?:minutes?|mins?)(?![a-z])(\s+and\s+a\s+half)?"
    r"|(?<![\d.])(\d{1,3}(?:\.\d{1,2})?)\s*분(?!의)(\s*반(?![가-힣]))?"
)
_SECONDS = re.compile(rf"(?<![\w.]){_NUMBER}[\s-]*(?:seconds?|secs?)(?![a-z])|(?<![\d.])(\d{{1,4}})\s*초")
_ACCIDENTAL = r"\s*(#|♯|♭|[- ]?sharp|[- ]?flat|b(?![a-z]))?"
_KEY = re.compile(
    rf"(?<![A-Za-z])(?:key\s+of\s+)?([B-Gb-g]|A){_ACCIDENTAL}[\s-]*(major|minor|장조|단조)(?![a-z])"
    rf"|key\s+of\s+([A-Ga-g]){_ACCIDENTAL}(?![A-Za-z])"
)
_KOREAN_KEY = re.compile(r"(올림|내림)?\s?([가나다라마바사])(?:\s?(장조|단조))")

_DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|minus|avoid|except|don't\s+use|don't\s+want)\s+)(?:any\s+|the\s+|a\s+|an\s+|too\s+much\s+)?"
    r"(?:[a-z-]+(?:\s[a-z-]+)?\s*(?:\bor\b|\bnor\b)\s*(?:any\s+|the\s+)?){0,3}$"
)
_DENIED_AFTER = re.compile(
    r"^(?:\s*소리|\s*음악)?(?:은|는|이|가|을|를|도|만)?\s*(?:전혀\s+|절대\s+)?(?:없|빼|말고|제외|아닌|아니|싫|넣지)\S*"
    r"|^\s*(?:이?나|과|와|하고|이?랑)\s*[가-힣]+(?:은|는|이|가|을|를|도)?\s*(?:없|빼|말고|제외)\S*"
    r"|^-?\s?(?:less|free)\b"
)
_ALONE_BEFORE = re.compile(
    r"(?:\b(?:solo|only|just|unaccompanied)\s+(?:a\s+|the\s+)?|(?:솔로|독주|무반주|오직|오로지)\s*)$"
)
_ALONE_AFTER = re.compile(r"^(?:\s+(?:solo|only|alone)\b|\s*(?:솔로|독주)|만(?:\s|$|으로|을|이))")
_ET_CETERA = re.compile(r"^\s*(?:등등|사항|여러)")


@dataclass(slots=True)
class Request:
    """What a prompt names. None or empty: it does not say. `rest` is what is left to be read for its mood."""

    genre: Genre | None = None
    genres_refused: set[Genre] = field(default_factory=set)
    instruments: list[str] = field(default_factory=list)
    instruments_refused: set[str] = field(default_factory=set)
    alone: bool = False
    """Nothing but the instruments named."""
    tempo: int | None = None
    pace: str = ""
    duration: int | None = None
    key: str = ""
    mode: Mode | None = None
    drums: bool = True
    scenes: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    rest: str = ""

    def note(self, words: str) -> None:
        reason = Reason("prompt", " ".join(words.split())[:_NEARBY], 2.0)
        if reason not in self.reasons and len(self.reasons) < _REASONS:
            self.reasons.append(reason)


def parse_request(prompt: str) -> Request:
    """What the prompt asks for by name."""
    request = Request()
    text = normalise(prompt)
    text = _read_key(text, request)
    text = _read_numbers(text.lower(), request)
    request.rest = _read_names(text, request)
    return request


def _read_key(text: str, request: Request) -> str:
    """ "in A minor", "Bb major", "내림 나장조". A small "a" is an article: "in a minor key" names no tonic."""
    if match := _KOREAN_KEY.search(text):
        accidental = {"올림": "#", "내림": "b"}.get(match[1] or "", "")
        tonic, mode = _KOREAN_TONICS[match[2]], match[3]
    elif (match := _KEY.search(text)) and not (match[1] == "A" and not match[2] and not text[: match.start()].strip()):
        tonic, mode = (match[1] or match[4]).upper(), match[3]
        written = (match[2] or match[5] or "").strip(" -").lower()
        accidental = "#" if written in ("#", "♯", "sharp") else "b" if written else ""
    else:
        return text
    request.key = _TONICS[tonic + accidental]
    if mode:
        request.mode = Mode.MAJOR if mode in ("major", "장조") else Mode.MINOR
    request.note(match.group())
    return _blank(text, match.start(), match.end())


def _read_numbers(text: str, request: Request) -> str:
    """Beats a minute and the length, each within what can be made."""
    if match := _BPM.search(text):
        request.tempo = max(TEMPO_RANGE[0], min(TEMPO_RANGE[1], int(match[1] or match[2])))
        request.note(match.group())
        text = _blank(text, match.start(), match.end())
    seconds = 0.0
    if match := _MINUTES.search(text):
        seconds += 60 * (_number(match[1] or match[3]) + (0.5 if match[2] or match[4] else 0))
        request.note(match.group())
        text = _blank(text, match.start(), match.end())
    if match := _SECONDS.search(text):
        seconds += _number(match[1] or match[2])
        request.note(match.group())
        text = _blank(text, match.start(), match.end())
    if seconds:
        request.duration = round(max(DURATION_RANGE[0], min(LONGEST_ASKED, seconds)))
    return text


def _number(written: str) -> float:
    return _NUMBERS[written] if written in _NUMBERS else float(written)


def _read_names(text: str, request: Request) -> str:
    """The table's terms in the text, each wanted or refused. Returns the text without what has been settled."""
    rest = text
    for match in _pattern().finditer(text):
        kind, value = _meaning(match.group())
        before, after = text[max(0, match.start() - _NEARBY) : match.start()], text[match.end() :][:_NEARBY]
        if value == "acoustic guitar" and _ET_CETERA.match(after):
            continue
        refusal_before, refusal_after = _DENIED_BEFORE.search(before), _DENIED_AFTER.match(after)
        start = match.start() - (len(before) - refusal_before.start() if refusal_before else 0)
        end = match.end() + (refusal_after.end() if refusal_after else 0)
        refused = bool(refusal_before or refusal_after)
        if refused or kind in ("pace", "mode", "vocals"):
            rest = _blank(rest, start, end)
        if kind == "scene" and refused:
            continue
        if kind == "instrument" and not refused and (_ALONE_BEFORE.search(before) or _ALONE_AFTER.match(after)):
            request.alone = True
        _take(request, kind, value, refused)
        if kind != "vocals":
            request.note(text[start:end])
    return rest


def _take(request: Request, kind: str, value: str, refused: bool) -> None:
    match kind:
        case "genre" if refused:
            request.genres_refused.add(Genre(value))
        case "genre":
            request.genre = request.genre or Genre(value)
        case "instrument" if refused:
            request.instruments_refused.add(value)
        case "instrument" if value not in request.instruments:
            request.instruments.append(value)
        case "drums":
            request.drums = request.drums and not refused
        case "pace":
            request.pace = request.pace or (value if not refused else "moderate")
        case "mode" if not refused:
            request.mode = request.mode or Mode(value)
        case "scene" if value not in request.scenes:
            request.scenes.append(value)


def _blank(text: str, start: int, end: int) -> str:
    """The text with a part crossed out, all else in its place; the comma keeps the parts around it apart."""
    return text[:start] + ",".ljust(end - start) + text[end:]


@cache
def named_values() -> dict[str, tuple[str, str]]:
    """Every term of the table with its (kind, value)."""
    terms: dict[str, tuple[str, str]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, value, listed = line.split("\t")
            terms.update(dict.fromkeys(listed.split(", "), (kind, value)))
    return terms


def _meaning(written: str) -> tuple[str, str]:
    terms = named_values()
    return terms[written] if written in terms else terms[written.removesuffix("s")]


@cache
def _pattern() -> re.Pattern[str]:
    """All terms, longest first, so that "electric guitar" is not a guitar that happens to be electric."""
    parts = []
    for term in sorted(named_values(), key=len, reverse=True):
        if not is_hangul(term):
            parts.append(rf"(?<![a-z-]){re.escape(term)}s?(?![a-z])")
        elif len(term) <= 2:
            parts.append(rf"(?<![가-힣]){term}")
        else:
            parts.append(re.escape(term))
    return re.compile("|".join(parts))
