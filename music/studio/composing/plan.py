"""Plans: what happens in each phrase, bar by bar, before there are chords or free notes.

A plan is a row of segments: quotations, which are fixed, and spans that `writing` fills over the harmony. Periods
answer a half close with a full one, sentences repeat, break up and close, developments move the theme about.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto

from music.brief import Mood
from music.studio.composing.form import Phrase
from music.studio.composing.manner import Manner
from music.studio.composing.theme import Idea, Tone, Variation, head, vary
from music.studio.score import Meter

MOTIF_BARS = 2
APEX = 2
FORMS = (Variation.INVERSION, Variation.ORNAMENT, Variation.FRAGMENTATION, Variation.AUGMENTATION)


class Kind(Enum):
    QUOTE = auto()
    """A fixed idea."""
    SPIN = auto()
    """A free line."""
    HALF = auto()
    """A free line that ends on a half close within the phrase."""
    CLOSE = auto()
    """A free line that ends the phrase."""
    HOLD = auto()
    """The last note, as long as it lasts."""
    REST = auto()


@dataclass(frozen=True, slots=True)
class Segment:
    kind: Kind
    start: float
    """Beats from the phrase's beginning."""
    length: float
    idea: Idea = ()
    shift: int = 0
    of: str = ""
    form: Variation = Variation.STATEMENT
    number: int = 0
    touch: float = 1.0
    """Share of each note's length that sounds."""

    @property
    def end(self) -> float:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Material:
    """The ideas of a piece. `main` is what this piece makes of the theme, in the form `variation`."""

    theme: Idea
    main: Idea
    variation: Variation
    own: Idea


class Planner:
    """Plans phrases from the piece's material, in one meter and manner."""

    def __init__(
        self,
        material: Material,
        meter: Meter,
        manner: Manner,
        mood: Mood,
        rungs: int,
        habit: int,
        *,
        terse: bool = False,
    ) -> None:
        """`habit`: 0 begins with a period and goes on with a sentence, 1 the other way; `terse`: the piece is too short
        for a contrast."""
        self.material = material
        self.meter = meter
        self.manner = manner
        self.mood = mood
        self.rungs = rungs
        self.habit = habit
        self.terse = terse
        self.bar = float(meter.beats)

    def plan(self, phrase: Phrase, form: Variation, *, last: bool, rng: random.Random) -> list[Segment]:
        """The segments of a phrase. `form`: what a phrase of the theme makes of it; `last`: the piece ends here."""
        match phrase.kind:
            case "intro":
                return self._intro(phrase)
            case "coda":
                return self._coda(phrase)
            case "D":
                return self._development(phrase, rng)
            case "A":
                return self._theme(phrase, form, last=last, rng=rng)
            case _:
                return self._contrast(phrase, rng)

    def quote(
        self, bar: float, idea: Idea, of: str, form: Variation, *, shift: int = 0, number: int = 0, touch: float = 1.0
    ) -> Segment:
        length = sum(tone.length for tone in idea)
        return Segment(Kind.QUOTE, bar * self.bar, length, idea, shift, of, form, number, touch)

    def free(self, kind: Kind, bar: float, bars: float) -> Segment:
        return Segment(kind, bar * self.bar, bars * self.bar)

    def _theme(self, phrase: Phrase, form: Variation, *, last: bool, rng: random.Random) -> list[Segment]:
        bars = phrase.bars
        theme = self.material.theme
        turn = phrase.label.count("'")
        if bars <= MOTIF_BARS:
            # No room for a tune and its end: the theme gives its last bar to the close.
            start = [self.quote(0, head(theme, self.meter), "theme", Variation.HEAD)] if bars == MOTIF_BARS else []
            return [*start, self.free(Kind.HOLD, bars - 1, 1)]
        if last and bars in (3, 5):
            between = [self.free(Kind.SPIN, 2, bars - 3)] if bars > 3 else []
            return [
                self.quote(0, theme, "theme", Variation.STATEMENT),
                *between,
                self.free(Kind.HOLD, bars - 1, 1),
            ]
        idea = self.material.main if form is self.material.variation else self._varied(form, turn, bars)
        segments = [self.quote(0, idea, "theme", form)]
        used = segments[0].end / self.bar
        middle = bars // 2 if bars >= 8 else 0
        if middle and used <= middle - 1:
            if turn % 2 == self.habit or self.mood is Mood.CALM:
                # A period: half close, the idea once more, full close.
                segments.append(self.free(Kind.HALF, used, middle - used))
                again = form
                if form is Variation.STATEMENT and turn > 0:
                    again = Variation.ORNAMENT
                elif form is Variation.ORNAMENT:
                    turn += 1
                repeated = (
                    idea if again is form and again is not Variation.ORNAMENT else self._varied(again, turn, bars)
                )
                segments.append(self.quote(middle, repeated, "theme", again))
                used = segments[-1].end / self.bar
            else:
                # A sentence: the idea again on other steps, then its head, pressing on.
                shift = self.elsewhere(idea, 0, 1 if phrase.climax else self.manner.sequence, phrase)
                segments.append(self.quote(used, idea, "theme", Variation.SEQUENCE, shift=shift))
                used = segments[-1].end / self.bar
                fragment = head(theme, self.meter)
                while bars - used > 3:
                    shift = self.elsewhere(fragment, shift, 2 if phrase.climax else self.manner.sequence, phrase)
                    segments.append(self.quote(used, fragment, "theme", Variation.HEAD, shift=shift))
                    used += 1
        if self.terse and phrase.label == "A" and bars - used >= 2:
            # No contrast to come: the piece's own motif answers the theme at once.
            segments.append(self.quote(used, head(self.material.own, self.meter), "own", Variation.HEAD))
            used += 1
        if bars - used > 2:
            segments.append(self.free(Kind.SPIN, used, bars - used - 2))
            used = bars - 2.0
        if bars > used:
            segments.append(self.free(Kind.CLOSE, used, bars - used))
        return segments

    def _varied(self, form: Variation, turn: int, bars: int) -> Idea:
        return vary(self.material.theme, form, self.meter, bars=bars - 2, turn=turn)

    def _contrast(self, phrase: Phrase, rng: random.Random) -> list[Segment]:
        own = self.material.own
        bars = phrase.bars
        if bars < 3:
            return [self.quote(0, head(own, self.meter), "own", Variation.HEAD), self.free(Kind.CLOSE, 1, bars - 1)]
        turn = phrase.label.count("'")
        lift = self._moved((1, -2, 3, -1)[turn % 4])
        if phrase.kind != "C" and turn == 0:
            form = Variation.STATEMENT
        elif phrase.kind != "C" and turn == 1:
            form = rng.choice((Variation.ORNAMENT, Variation.SEQUENCE))
        else:
            form = FORMS[(turn + (phrase.kind == "C")) % len(FORMS)]
        if form is Variation.SEQUENCE:
            lift += self._moved(self.manner.sequence)
        idea = vary(own, form, self.meter, bars=MOTIF_BARS, turn=turn)
        lift = self.kept(idea, lift, phrase)
        segments = [self.quote(0, idea, "own", form, shift=lift)]
        used = MOTIF_BARS
        if bars >= 7:
            shift = self.elsewhere(idea, lift, self.manner.sequence, phrase)
            segments.append(self.quote(used, idea, "own", Variation.SEQUENCE, shift=shift))
            used += MOTIF_BARS
        if bars - used > 2:
            segments.append(self.free(Kind.SPIN, used, bars - used - 2))
            used = bars - 2
        return [*segments, self.free(Kind.CLOSE, used, bars - used)]

    def _development(self, phrase: Phrase, rng: random.Random) -> list[Segment]:
        """The theme's parts moved about: a model, its copies on other steps, another model; then the way home."""
        room = phrase.bars - 2
        fragment = head(self.material.theme, self.meter)
        models: list[tuple[Idea, Variation, float, int]] = [
            (fragment, Variation.HEAD, 1.0, 2 if room < 5 else 3),
            (vary(self.material.theme, Variation.INVERSION, self.meter), Variation.INVERSION, 2.0, 1),
            (vary(fragment, Variation.CELL, self.meter), Variation.CELL, 0.5, 4),
            (vary(fragment, Variation.AUGMENTATION, self.meter), Variation.AUGMENTATION, 2.0, 1),
        ]
        if self.mood not in (Mood.CALM, Mood.WONDER, Mood.SADNESS):
            models.pop()
        rng.shuffle(models)
        if phrase.label == "D":
            models.sort(key=lambda model: model[1] is not Variation.HEAD)
        chosen: list[tuple[float, Idea, Variation, int]] = []
        used = 0.0
        for idea, form, size, copies in models * 3:
            for copy in range(copies):
                if used + size <= room:
                    chosen.append((used, idea, form, copy))
                    used += size
        if used < room:
            free = [self.free(Kind.SPIN, used, room - used)]
        else:
            free = []
        low, high = self.compass(phrase)
        rising = self.manner.sequence > 0 or phrase.climax
        segments: list[Segment] = []
        for index, (bar, idea, form, copy) in enumerate(chosen):
            lowest, highest = low - 2 - min(tone.step for tone in idea), high - max(tone.step for tone in idea)
            copies = sum(other[2] is form for other in chosen)
            if phrase.climax:
                # Each model climbs; the last reaches the summit.
                shift = highest - (copies - 1 - copy % copies) - (form is not chosen[-1][2])
                shift = max(shift, lowest)
            else:
                turn = phrase.label.count("'")
                shift = self._folded(self._moved(copy + 1 if rising else 1 - copy) + index // 4 - turn, lowest, highest)
            segments.append(self.quote(bar, idea, "theme", form, shift=shift))
        return [*segments, *free, self.free(Kind.CLOSE, room, phrase.bars - room)]

    @staticmethod
    def _folded(shift: int, lowest: int, highest: int) -> int:
        """The shift, turned back at the ends of the range."""
        if highest <= lowest:
            return lowest
        span = highest - lowest
        place = (shift - lowest) % (2 * span)
        return lowest + min(place, 2 * span - place)

    def _intro(self, phrase: Phrase) -> list[Segment]:
        """Chords, then the theme's head from afar."""
        fragment = head(self.material.theme, self.meter)
        if phrase.bars >= 4:
            broad: Idea = tuple(Tone(tone.step, tone.length * 2) for tone in fragment)
            hint = self.quote(1, broad, "theme", Variation.AUGMENTATION)
        else:
            hint = self.quote(phrase.bars - 1 if phrase.bars < 3 else 1, fragment, "theme", Variation.HEAD)
        return [
            Segment(Kind.REST, 0.0, hint.start),
            hint,
            Segment(Kind.REST, hint.end, phrase.bars * self.bar - hint.end),
        ]

    def _coda(self, phrase: Phrase) -> list[Segment]:
        """The theme once more from a distance, as much of it as there is room for, and the tonic."""
        bars = phrase.bars
        hold = self.free(Kind.HOLD, bars - 1, 1)
        if bars < 2:
            return [hold]
        fragment = head(self.material.theme, self.meter)
        if bars == 2:
            return [self.quote(0, fragment, "theme", Variation.HEAD), hold]
        broad: Idea = tuple(Tone(tone.step, tone.length * 2) for tone in fragment)
        between = [self.free(Kind.SPIN, 2, bars - 3)] if bars > 3 else []
        return [self.quote(0, broad, "theme", Variation.AUGMENTATION), *between, hold]

    def _moved(self, steps: int) -> int:
        """Steps of seven on the ladder in use."""
        return steps if self.rungs == 7 else round(steps * 5 / 7) or (1 if steps > 0 else -1)

    def kept(self, idea: Idea, shift: int, phrase: Phrase) -> int:
        """The shift, held back where the idea would leave the singing range."""
        low, high = self.compass(phrase)
        while shift > 0 and max(tone.step for tone in idea) + shift > high:
            shift -= 1
        while shift < 0 and min(tone.step for tone in idea) + shift < low:
            shift += 1
        return shift

    def elsewhere(self, idea: Idea, shift: int, move: int, phrase: Phrase) -> int:
        """The shift moved on; the other way where the range ends."""
        moved = self.kept(idea, shift + self._moved(move), phrase)
        return moved if moved != shift else self.kept(idea, shift - self._moved(move), phrase)

    def compass(self, phrase: Phrase) -> tuple[int, int]:
        """The lowest and highest step of a phrase: the theme's own range; the climax goes beyond it."""
        steps = [tone.step for tone in self.material.theme]
        beyond = APEX + max(self.manner.span, 0) if phrase.climax else 0
        return min(*steps, 0) - 1, max(*steps, self.rungs - 2) + beyond
