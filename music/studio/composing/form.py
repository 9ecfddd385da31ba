"""Form: which phrases a piece has and how many bars each, so that it lasts as long as it was asked to.

Bars are the grain. Phrases keep four or eight bars, so that the music's periods stay whole; introduction, coda and the
way back to the theme take up what is left over, the tempo a hair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from music.brief import Mood, Role
from music.studio.composing.manner import MANNERS
from music.studio.score import Meter

TEMPO_GIVE, SHORT_GIVE = 0.012, 0.06
SHORT_PIECE = 30
LEAD_IN = 0.1
FEWEST_BARS = 3
SPARE_SECONDS = 2.2
FASTEST = 200.0
LONG_PHRASE_SECONDS = 21.0
CLIMAX = 0.72
CLIMAX_RANGE = (0.5, 0.92)
_INTENSITY = {"intro": 0.35, "A": 0.5, "B": 0.5, "C": 0.58, "M": 0.52, "D": 0.7, "coda": 0.38}


@dataclass(frozen=True, slots=True)
class Phrase:
    """`label`: intro, A (theme), B and C (contrast), D (development), M (memories of earlier pieces) or coda; primes
    count returns."""

    label: str
    start: int
    bars: int
    closed: bool
    """Ends at home; otherwise it asks for more."""
    intensity: float
    """0 … 1: how full and loud within this piece."""
    climax: bool = False
    """The piece's highest and loudest place is here."""

    @property
    def kind(self) -> str:
        return self.label.rstrip("'")


@dataclass(frozen=True, slots=True)
class Form:
    tempo: float
    bars: int
    phrases: tuple[Phrase, ...]


def lay_out(
    duration: float,
    tempo: float,
    meter: Meter,
    role: Role,
    *,
    slowing: float,
    tail: float,
    mood: Mood = Mood.LOVE,
    chapters: int = 0,
) -> Form:
    """The form whose playing time is nearest to `duration` seconds at about `tempo` beats a minute.

    Where three bars would not fit, the beat is written twice as fast: the same pulse, and room for a tune.
    """
    give = TEMPO_GIVE if duration >= SHORT_PIECE else SHORT_GIVE
    room = max(duration - tail - LEAD_IN, 1.0)
    bar = meter.beats * 60 / tempo
    while (FEWEST_BARS + slowing) * bar - room > SPARE_SECONDS and tempo * 2 <= FASTEST:
        tempo, bar = tempo * 2, bar / 2
    near = max(FEWEST_BARS, round(room / bar - slowing))
    bars = min(
        range(max(FEWEST_BARS, near - 2), near + 3),
        key=lambda count: 4 * _missed(count, bar, room, slowing, give) + _awkward(count, bar),
    )
    fitted = min(max((bars + slowing) * bar / room, 1 - give), 1 + give)
    return Form(tempo * fitted, bars, _phrases(bars, bar / fitted, role, mood, chapters))


def _missed(bars: int, bar: float, room: float, slowing: float, give: float) -> float:
    """Seconds that the tempo cannot make good; those past two weigh heavily."""
    seconds = (bars + slowing) * bar
    off = max(abs(seconds - room) - give * room, 0.0)
    return off + 10 * max(off - 2.0, 0.0)


def _awkward(bars: int, bar: float) -> float:
    """Bars that fit neither a period nor its surroundings."""
    unit = _unit(bars, bar)
    intro, coda = _surroundings(bars, bar)
    left = (bars - intro - coda) % unit
    return 0.4 * min(left, unit - left)


def _unit(bars: int, bar: float) -> int:
    intro, coda = _surroundings(bars, bar)
    return 8 if 8 * bar <= LONG_PHRASE_SECONDS and bars - intro - coda >= 24 else 4


def _surroundings(bars: int, bar: float) -> tuple[int, int]:
    """Bars of introduction and coda that suit a piece of this size."""
    if bars < 5:
        return 0, 0
    if bars < 20:
        # What is over after whole phrases; a short piece rather has a third phrase than a long introduction.
        return ((2, 2) if bars in (16, 8) else (0, 0), (0, 1), (1, 1), (1, 2))[bars % 4]
    if bars < 28 or bar > 2.6:
        return 2, 2
    return (4, 4) if bars >= 44 else (4, 2)


def _labels(count: int, role: Role, chapters: int, unit: int) -> list[str]:
    """The kinds of the phrases in order, without primes."""
    shapes = {
        1: "A",
        2: "AA",
        3: "ABA",
        4: "AABA",
        5: "AABDA",
        6: "AABBDA",
        7: "AABBDAA",
        8: "AABBDDAA",
        9: "AABBADDAA",
        10: "AABBACDDAA",
        11: "AABBACCDDAA",
        12: "AABBAACCDDAA",
    }
    if count <= 12:
        shape = shapes[count]
    else:
        cycle = "BBACCA" * (count // 6 + 1)
        shape = "AABBAA" + cycle[: count - 12] + "CCDDAA"
    if role is not Role.FINALE or count == 1:
        return list(shape)
    kinds = list(shape) if count > 2 else ["M", "A"]
    wanted = max(1, -(-2 * max(chapters, 1) // unit))
    for victims in ("BC", "D", "A"):
        # The outer statements of the theme stay; what lies between them gives way to the memories.
        for place in range(1, count - 1):
            if kinds.count("M") < wanted and kinds[place] in victims:
                kinds[place] = "M"
    return kinds


def _phrases(bars: int, bar: float, role: Role, mood: Mood, chapters: int) -> tuple[Phrase, ...]:
    unit = _unit(bars, bar)
    intro, coda = _surroundings(bars, bar)
    crowded = role is Role.FINALE and 2 * chapters > bars - intro - coda - 2 * unit
    if crowded:
        # The memories need the room more than the frame does.
        intro, coda = min(intro, 1), min(coda, 1)
    body = bars - intro - coda
    count, left = divmod(body, unit)
    if count == 0:
        count, left = 1, 0
        sizes = [body]
    else:
        sizes = [unit] * count
    kinds = _labels(count, role, chapters, unit)
    if left >= 4 and count >= 3:
        # Half a period too many leads back to the theme.
        place = max(index for index, kind in enumerate(kinds) if kind == "A" and index > 0)
        kinds.insert(place, "D")
        sizes.insert(place, 4)
        left -= 4
    if left and intro and coda and not crowded and intro + coda + left <= 8:
        grown = min(left, 4 - coda)
        coda += grown
        intro += left - grown
        left = 0
    if left:
        stretched = [index for index, kind in enumerate(kinds) if kind not in "A"] or [len(kinds) - 1]
        sizes[stretched[-1]] += left
    return _named(kinds, sizes, intro, coda, bars, mood)


def _named(kinds: list[str], sizes: list[int], intro: int, coda: int, bars: int, mood: Mood) -> tuple[Phrase, ...]:
    phrases: list[Phrase] = []
    if intro:
        phrases.append(Phrase("intro", 0, intro, closed=False, intensity=_INTENSITY["intro"]))
    start = intro
    seen: dict[str, int] = {}
    for index, (kind, size) in enumerate(zip(kinds, sizes, strict=True)):
        following = kinds[index + 1] if index + 1 < len(kinds) else ""
        primes = seen.get(kind, 0)
        seen[kind] = primes + 1
        # Before something else the theme comes home; before the theme the rest leaves the door open.
        closed = not following or (kind in "AM" and following not in ("A", kind))
        late = 0.12 if kind == "A" and index >= len(kinds) / 2 else 0.0
        intensity = _INTENSITY[kind] + min(0.06 * primes, 0.18) + late
        phrases.append(Phrase(kind + "'" * primes, start, size, closed=closed, intensity=intensity))
        start += size
    if coda:
        phrases.append(Phrase("coda", start, coda, closed=True, intensity=_INTENSITY["coda"]))
    return _dynamics(phrases, bars, mood)


def _dynamics(phrases: list[Phrase], bars: int, mood: Mood) -> tuple[Phrase, ...]:
    """The mood's curve of loudness over the phrases, with one climax about seven tenths through."""
    manner = MANNERS[mood]
    low, high = CLIMAX_RANGE
    bodies = [phrase for phrase in phrases if phrase.kind not in ("intro", "coda")]

    def distance(phrase: Phrase) -> float:
        begins, ends = phrase.start / bars, (phrase.start + phrase.bars) / bars
        off = max(begins - CLIMAX, CLIMAX - ends, 0.0) + 0.2 * abs((begins + ends) / 2 - CLIMAX)
        return off + (0.1 if phrase.kind in "BCM" else 0.0)

    suited = [phrase for phrase in bodies if low <= (phrase.start + phrase.bars / 2) / bars <= high] or bodies
    summit = min(suited, key=distance)
    shaped: list[Phrase] = []
    for phrase in phrases:
        level = 0.62 + (phrase.intensity - 0.62) * manner.contrast + manner.loudness
        if phrase is summit and len(bodies) > 1:
            level = 1.0
        elif phrase.start > summit.start and phrase.kind not in ("coda",):
            level = min(level, 0.84)
        else:
            level = min(level, 0.9)
        shaped.append(replace(phrase, intensity=round(min(max(level, 0.2), 1.0), 3), climax=phrase is summit))
    return tuple(shaped)
