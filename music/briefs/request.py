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
_TENS_WORDS = ("fifteen", "twenty", "thirty", "forty", "forty-five", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = (
    {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5}
    | {word: float(number) for number, word in enumerate(_NUMBER_WORDS, start=1)}
    | dict(zip(_TENS_WORDS, (15.0, 20.0, 30.0, 40.0, 45.0, 50.0, 60.0, 70.0, 80.0, 90.0), strict=True))
)
_KOREAN_DIGITS = {sign: number for number, sign in enumerate("일이삼사오육칠팔구", start=1)}
_TONICS = {
    "C": "C", "C#": "C#", "Db": "C#", "D": "D", "D#": "Eb", "Eb": "Eb", "E": "E", "Fb": "E", "E#": "F", "F": "F",
    "F#": "F#", "Gb": "F#", "G": "G", "G#": "Ab", "Ab": "Ab", "A": "A", "A#": "Bb", "Bb": "Bb", "B": "B", "Cb": "B",
    "B#": "C",
}  # fmt: skip
_KOREAN_TONICS = dict(zip("다라마바사가나", "CDEFGAB", strict=True))

_NUMBER = (
    r"(\d{1,4}(?:\.\d{1,2})?|half an?|an?(?= )|"
    + "|".join(sorted((*_NUMBER_WORDS, *_TENS_WORDS), key=len, reverse=True))
    + ")"
)
# 이분 and 이 분 are "this person" far more often than two minutes, 사분 and 오분 parts of something.
_KOREAN_NUMBER = r"(?:[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[일삼사오육칠팔구](?=\s?초)|[일삼](?=\s?분))"
_BPM = re.compile(
    r"(?<!\d)(\d{2,3})(?:\s*(?:-|~|–|to|and|에서)\s*(\d{2,3}))?\s*-?(?:bpm|비피엠|beats?\s+(?:per|a)\s+minute)"
    r"|(?:bpm|비피엠|tempo|템포|분당|♩|(?<![a-z])q(?==))\s*(?:of|is|은|는|:|=)?\s*(\d{2,3})(?:\s*(?:-|~|–)\s*(\d{2,3}))?(?!\d)"
)
_HOURS = re.compile(rf"(?<![\w.]){_NUMBER}[\s-]*(?:hours?|hrs?)(?![a-z])|(?<![가-힣\d.])(?:\d{{1,2}}|한|두|반)\s?시간")
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2}):([0-5]\d)(?![\d:])|(?<![\w.])(\d{1,2})\s?m\s?(\d{1,2})\s?s(?![a-z])")
_MINUTES = re.compile(
    rf"(?<![\w.]){_NUMBER}[\s-]*(?:minutes?|mins?)(?![a-z])(\s+and\s+a\s+half)?"
    rf"|(?<![\d.가-힣])(\d{{1,3}}(?:\.\d{{1,2}})?|{_KOREAN_NUMBER})\s*분(?!의|당|위|노|홍|명)(\s*반(?![가-힣]))?"
)
_SECONDS = re.compile(
    rf"(?<![\w.]){_NUMBER}[\s-]*(?:seconds?|secs?)(?![a-z])|(?<![\d.가-힣])(\d{{1,4}}|{_KOREAN_NUMBER})\s*초(?![록여])"
)
_ACCIDENTAL = r"\s*(#|♯|♭|[- ]?sharp|[- ]?flat|b(?![a-z]))?"
_MODES = (
    "major|minor|maj|min|장조|단조|메이저|마이너|dorian|phrygian|lydian|mixolydian|도리안|프리지안|리디안|믹솔리디안"
)
_KEY = re.compile(
    rf"(?<![A-Za-z])(?:[Kk]ey\s+of\s+|[Kk]ey\s*[:=]\s*)?([A-Ga-g]){_ACCIDENTAL}[\s-]*({_MODES})(?![a-z])"
    rf"|(?:[Kk]ey\s+of|[Kk]ey\s*[:=])\s*([A-Ga-g]){_ACCIDENTAL}(m?)(?![A-Za-z])"
)
# A chord's name for a key: Cm, F#m, Bbm; "Am" only where it cannot be a verb.
_CHORD_KEY = re.compile(
    r"(?<![A-Za-z#♭])([B-G](?:[#♯]|b|♭)?|A[#♯b♭])m(?![A-Za-z\d'])|(?<![A-Za-z])(A)m(?=\s*(?:$|[,.;)]|key\b|키))"
)
_BARE_KEY = re.compile(r"(?<![A-Za-z])in\s+([A-G]){accidental}(?=\s*(?:$|[,.;)]))".replace("{accidental}", _ACCIDENTAL))
_KOREAN_KEY = re.compile(r"(?<![가-힣])(올림|내림)?\s?([가나다라마바사])(?:\s?(장조|단조))")
# After "a minor": what makes the letter a tonic, for "a minor piano piece" and "a minor key" have an article there.
_AFTER_TONIC = re.compile(r"\s*(?:$|[,.;:!?)(]|(?:and|at|for|with|but|no|on|in|by|to|without|\d+)\b|[가-힣])")
_MODE_OF = {
    "major": Mode.MAJOR, "maj": Mode.MAJOR, "장조": Mode.MAJOR, "메이저": Mode.MAJOR,
    "minor": Mode.MINOR, "min": Mode.MINOR, "단조": Mode.MINOR, "마이너": Mode.MINOR,
    "dorian": Mode.DORIAN, "도리안": Mode.DORIAN, "phrygian": Mode.PHRYGIAN, "프리지안": Mode.PHRYGIAN,
    "lydian": Mode.LYDIAN, "리디안": Mode.LYDIAN, "mixolydian": Mode.MIXOLYDIAN, "믹솔리디안": Mode.MIXOLYDIAN,
}  # fmt: skip

_DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|minus|avoid|except|excluding|exclude|remove|skip|drop|omit|leave\s+out|take\s+out|anything\s+but|"
    r"everything\s+but|don't\s+(?:use|want|need|include|add|like)|do\s+not\s+(?:use|want|include|add)|hate|instead\s+of|"
    r"rather\s+than)\s+)(?:any\s+|the\s+|a\s+|an\s+|too\s+much\s+)?"
    r"(?:[a-z-]+(?:\s[a-z-]+)?\s*(?:\bor\b|\bnor\b)\s*(?:any\s+|the\s+)?){0,3}$"
)
_DENIED_AFTER = re.compile(
    r"^(?:\s*소리|\s*음악|\s*연주)?(?:은|는|이|가|을|를|도|만|이랑|랑)?\s*(?:전혀\s+|절대\s+|다\s+)?"
    r"(?:없|빼|뺀|뺄|말고|제외|아닌|아니|싫|넣지|쓰지|안\s?(?:들|나|넣|쓰)|금지|제거|x(?![a-z가-힣]))\S*"
    r"|^\s*(?:이?나|과|와|하고|이?랑)\s*[가-힣]+(?:\s?[가-힣]+)?(?:은|는|이|가|을|를|도)?\s*(?:없|빼|뺀|말고|제외)\S*"
    r"|^-?\s?(?:less|free)\b|^\s+(?:off|out)\b"
)
_ALONE_BEFORE = re.compile(
    r"(?:\b(?:solo|only|just|unaccompanied|lone|a\s+single|nothing\s+but)\s+(?:a\s+|the\s+|one\s+)?"
    r"|(?:솔로|독주|무반주|오직|오로지|홀로\s?연주하는|혼자\s?연주하는|혼자\s?치는|단독)\s*)$"
)
_ALONE_AFTER = re.compile(
    r"^(?:\s+(?:solo|only|alone|unaccompanied)\b|\s*(?:솔로|독주|단독|하나로|하나만|(?:한|1)\s?대(?:로|만|의)?)"
    r"|만(?:\s|$|으로|을|이|의|,))"
)
_ALONE_AT_ALL = re.compile(r"(?<![a-z])(?:solo|unaccompanied)(?![a-z])|독주|솔로|무반주")
_ET_CETERA = re.compile(r"^\s*(?:등등|사항|여러)")


@dataclass(slots=True)
class Request:
    """What a prompt names. None or empty: it does not say. `rest` is what is left to be read for its mood."""

    genre: Genre | None = None
    genres_refused: set[Genre] = field(default_factory=set)
    instruments: list[str] = field(default_factory=list)
    instruments_refused: set[str] = field(default_factory=set)
    alone: bool = False
    """Nothing but the instruments named; where none is, one instrument."""
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
    """ "in A minor", "Bb major", "Cm", "D dorian", "내림 나장조". In "in a minor key" the "a" is an article."""
    if match := _KOREAN_KEY.search(text):
        accidental = {"올림": "#", "내림": "b"}.get(match[1] or "", "")
        tonic, mode = _KOREAN_TONICS[match[2]], match[3]
    elif match := next((found for found in _KEY.finditer(text) if _is_tonic(found, text)), None):
        tonic, mode = (match[1] or match[4]).upper(), match[3] or ("minor" if match[6] else None)
        accidental = _accidental(match[2] or match[5])
    elif match := _CHORD_KEY.search(text):
        tonic, mode = (match[1] or match[2])[0], "minor"
        accidental = _accidental(match[1][1:]) if match[1] else ""
    elif match := _BARE_KEY.search(text):
        tonic, mode, accidental = match[1], None, _accidental(match[2])
    else:
        return text
    request.key = _TONICS[tonic + accidental]
    if mode:
        request.mode = _MODE_OF[mode]
    request.note(match.group())
    return _blank(text, match.start(), match.end())


def _is_tonic(match: re.Match[str], text: str) -> bool:
    """Whether the letter names a tone: any but "a", and that one unless it must be an article."""
    letter, before, after = match[1], text[: match.start()], text[match.end() :]
    if letter not in ("A", "a") or match[2] or match[0][0] in "Kk":
        return True
    if letter == "A" and before.strip():
        return True
    return bool(_AFTER_TONIC.match(after)) or before.rstrip().endswith("key of")


def _accidental(written: str | None) -> str:
    sign = (written or "").strip(" -").lower()
    return "#" if sign in ("#", "♯", "sharp") else "b" if sign else ""


def _read_numbers(text: str, request: Request) -> str:
    """Beats a minute and the length, each within what can be made. Of a range of tempi the middle."""
    if match := _BPM.search(text):
        named = [int(number) for number in match.groups() if number]
        request.tempo = max(TEMPO_RANGE[0], min(TEMPO_RANGE[1], round(sum(named) / len(named))))
        request.note(match.group())
        text = _blank(text, match.start(), match.end())
    seconds = 0.0
    if match := _CLOCK.search(text):
        seconds += 60 * int(match[1] or match[3]) + int(match[2] or match[4])
    elif match := _HOURS.search(text):
        seconds += LONGEST_ASKED
    if match:
        request.note(match.group())
        text = _blank(text, match.start(), match.end())
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
    """Digits, an English number word, or a Korean numeral below a hundred: 삼, 십오, 삼십."""
    if written in _NUMBERS:
        return _NUMBERS[written]
    if written[0].isdecimal():
        return float(written)
    tens, ten, ones = written.rpartition("십")
    return 10.0 * (_KOREAN_DIGITS.get(tens, 1) if ten else 0) + _KOREAN_DIGITS.get(ones, 0)


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
        if refused or kind in ("pace", "mode", "vocals", "ensemble") or value == "grand piano":
            rest = _blank(rest, start, end)
        if kind == "scene" and refused:
            continue
        if kind == "instrument" and not refused and (_ALONE_BEFORE.search(before) or _ALONE_AFTER.match(after)):
            request.alone = True
        _take(request, kind, value, refused)
        if kind != "vocals":
            request.note(text[start:end])
    if not request.instruments and _ALONE_AT_ALL.search(text):
        request.alone = True
    return rest


def _take(request: Request, kind: str, value: str, refused: bool) -> None:
    match kind:
        case "genre" if refused:
            request.genres_refused.add(Genre(value))
        case "genre":
            request.genre = request.genre or Genre(value)
        case "ensemble" if not refused:
            genre, _, players = value.partition(": ")
            request.genre = request.genre or Genre(genre)
            request.instruments.extend(name for name in players.split(" + ") if name not in request.instruments)
            request.alone = True
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
            parts.append(rf"(?<![a-z-]){re.escape(term)}s?(?!(?!less\b)[a-z])")
        elif len(term) <= 2:
            parts.append(rf"(?<![가-힣]){term}")
        else:
            parts.append(re.escape(term))
    return re.compile("|".join(parts))
