"""Form: which phrases a piece has and how many bars each, so that it lasts as long as it was asked to.

Bars are the grain. The tempo may give way by a few per cent, the introduction and the coda by a bar or two; phrases
keep their length, so that the music's periods stay whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from music.brief import Role
from music.studio.score import Meter

TEMPO_GIVE = 0.06
TIGHT_GIVE = 0.25
PHRASE_BARS = (8, 4, 6, 5, 3, 2)
PHRASE_SECONDS = (7.0, 17.0)
SHORT_PIECE = 24


@dataclass(frozen=True, slots=True)
class Phrase:
    """`label`: intro, A (theme), B and C (contrast), M (memories of earlier pieces) or coda; primes count returns."""

    label: str
    start: int
    bars: int
    closed: bool
    """Ends at home; otherwise it asks for more."""
    intensity: float
    """0 … 1: how full and loud within this piece."""

    @property
    def kind(self) -> str:
        return self.label.rstrip("'")


@dataclass(frozen=True, slots=True)
class Form:
    tempo: float
    bars: int
    phrases: tuple[Phrase, ...]


def lay_out(duration: float, tempo: float, meter: Meter, role: Role, *, slowing: float, tail: float) -> Form:
    """The form whose playing time is nearest to `duration` seconds at about `tempo` beats a minute."""
    give = TEMPO_GIVE if duration >= SHORT_PIECE else TIGHT_GIVE
    bar = meter.beats * 60 / tempo
    room = duration - tail - slowing * bar
    most = max(2, int(room / bar * (1 + give)) + 1)
    best: tuple[float, int, int, int, int] | None = None
    for phrase_bars in PHRASE_BARS:
        for count in range(1, most // phrase_bars + 2):
            for intro in range(5):
                for coda in range(4):
                    bars = phrase_bars * count + intro + coda
                    if bars > most and best is not None:
                        continue
                    cost = _cost(room, bar, give, phrase_bars, count, intro, coda)
                    if best is None or cost < best[0]:
                        best = (cost, phrase_bars, count, intro, coda)
    assert best is not None  # noqa: S101  # PHRASE_BARS is not empty
    _, phrase_bars, count, intro, coda = best
    bars = phrase_bars * count + intro + coda
    fitted = min(max(bars * bar / max(room, bar), 1 - give), 1 + give)
    return Form(tempo * fitted, bars, _phrases(phrase_bars, count, intro, coda, role))


def _cost(room: float, bar: float, give: float, phrase_bars: int, count: int, intro: int, coda: int) -> float:
    bars = phrase_bars * count + intro + coda
    off = abs(bars * bar / max(room, bar) - 1)
    seconds = phrase_bars * bar
    wanted_intro = 0 if room < 16 else 1 if room < 28 else 2 if bar > 2.2 else 4
    wanted_coda = 0 if room < 12 else 2
    low, high = PHRASE_SECONDS
    cost = 30 * off + (400 * (off - give) if off > give else 0)
    cost += 0.7 * abs(intro - wanted_intro) + 0.9 * abs(coda - wanted_coda)
    cost += (low / seconds - 1) * 4 if seconds < low else (seconds / high - 1) * 4 if seconds > high else 0
    cost += {8: 0.0, 4: 0.0, 6: 1.2, 5: 2.5, 3: 3.0, 2: 3.0}[phrase_bars]
    return cost + (1.5 if count == 2 else 2.5 if count == 1 else 0)


def _labels(count: int, role: Role) -> list[str]:
    if count <= 2:
        return ["A", "A'"][:count]
    contrast = "M" if role is Role.FINALE else "B"
    if count == 3:
        return ["A", contrast, "A'"]
    if count == 4:
        return ["A", "A'", contrast, "A''"]
    if count == 5:
        return ["A", "A'", contrast, contrast + "'", "A''"]
    labels = ["A", "A'"]
    middle = [contrast, contrast + "'", "A", "C", "C'", "A'"]
    while len(labels) < count - 1:
        labels.append(middle[(len(labels) - 2) % len(middle)])
    if labels[-1].startswith("A"):
        labels[-1] = contrast + "''"
    return [*labels, "A''"]


def _phrases(phrase_bars: int, count: int, intro: int, coda: int, role: Role) -> tuple[Phrase, ...]:
    phrases: list[Phrase] = []
    if intro:
        phrases.append(Phrase("intro", 0, intro, closed=False, intensity=0.3))
    start = intro
    labels = _labels(count, role)
    for index, label in enumerate(labels):
        last = index == count - 1
        following = labels[index + 1] if not last else ""
        # Before a contrast the theme comes home; before the theme returns the contrast leaves the door open.
        closed = last or (label.startswith("A") and not following.startswith("A"))
        place = index / max(1, count - 1)
        intensity = 1.0 if last and count > 1 else 0.5 + 0.35 * place - (0.1 if label[0] in "BCM" else 0.0)
        phrases.append(Phrase(label, start, phrase_bars, closed=closed, intensity=round(intensity, 3)))
        start += phrase_bars
    if coda:
        phrases.append(Phrase("coda", start, coda, closed=True, intensity=0.35))
    return tuple(phrases)
