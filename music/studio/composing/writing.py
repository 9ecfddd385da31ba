"""Writing: a planned phrase becomes chords and notes. The quotations decide the chords, the chords the free lines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from music.brief import MusicBrief
from music.studio.chance import stream, weighted
from music.studio.composing.form import Form, Phrase
from music.studio.composing.harmonisation import Heard, Slot, harmonise
from music.studio.composing.harmony import Chord, Key, home_key, sounding
from music.studio.composing.melody import EPSILON, Ground, Sung
from music.studio.composing.plan import Kind, Planner, Segment
from music.studio.composing.progressions import TASTES, closes, dominants, farewells, grammar, opens, regions
from music.studio.composing.singing import Singer, quoted
from music.studio.composing.style import Style
from music.studio.score import Meter, Quotation

STRONG_LENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Written:
    chords: list[Chord]
    notes: list[Sung]
    quotations: list[Quotation]


class Writer:
    """Writes the phrases of one piece, one after the other."""

    def __init__(self, brief: MusicBrief, form: Form, meter: Meter, planner: Planner, style: Style) -> None:
        self.brief = brief
        self.meter = meter
        self.planner = planner
        self.style = style
        self.bar = float(meter.beats)
        self.home = home_key(brief.mode)
        self.singer = Singer(brief, form.tempo, meter, planner, style)
        self.sung: list[Sung] = []
        self.came_from: tuple[int, int] | None = None

    def write(
        self, phrase: Phrase, plan: Sequence[Segment], following: Phrase | None, upcoming: Sequence[Segment]
    ) -> Written:
        """Chords, melody and the record of what is quoted where, all in beats from the piece's beginning; `upcoming`
        is the plan of the phrase `following`."""
        key = self._key(phrase)
        start = phrase.start * self.bar
        plan = [replace(segment, start=segment.start + start) for segment in plan]
        plan = [self._carried(segment, phrase) for segment in plan]
        fixed = [note for segment in plan for note in quoted(segment)]
        first = self._carried(upcoming[0], following) if upcoming and following is not None else None
        chords = self._chords(phrase, plan, fixed, key, following, first)
        ground = Ground(chords, self.style.pentatonic)
        notes = self.singer.sing(phrase, plan, ground, self.sung, first)
        quotations = [
            Quotation(round(s.start, 4), round(s.length, 4), s.of, str(s.form), s.number)
            for s in plan
            if s.kind is Kind.QUOTE
        ]
        self.sung = notes[-2:] or self.sung
        if notes:
            final = ground.chord(notes[-1].start)
            self.came_from = ground.semitones(notes[-1].step, notes[-1].start), final.offset(final.bass)
        return Written(chords, notes, quotations)

    def _key(self, phrase: Phrase) -> Key:
        """Contrasts and episodes leave home; everything else is there."""
        if self.style.pentatonic or phrase.kind not in ("B", "C"):
            return self.home
        rng = stream(self.brief.seed, "region", phrase.kind, phrase.label.count("'") // 2)
        degree, offset, mode = weighted(rng, regions(self.brief.mode, self.brief.mood))
        return Key(degree, offset, mode)

    def _carried(self, segment: Segment, phrase: Phrase) -> Segment:
        """A quotation taken along to the phrase's key, by the shorter way that stays in range."""
        key = self._key(phrase)
        if segment.kind is not Kind.QUOTE or not key.degree:
            return segment
        shift = segment.shift + (key.degree if key.degree <= 3 else key.degree - 7)
        low, high = self.planner.compass(phrase)
        lowest, highest = min(tone.step for tone in segment.idea), max(tone.step for tone in segment.idea)

        def strain(moved: int) -> float:
            return 1.5 * max(0, highest + moved - high) + max(0, low - lowest - moved)

        return replace(segment, shift=min((shift, shift - 7, shift + 7), key=strain))

    def _chords(
        self,
        phrase: Phrase,
        plan: Sequence[Segment],
        fixed: Sequence[Sung],
        key: Key,
        following: Phrase | None,
        upcoming: Segment | None,
    ) -> list[Chord]:
        rng = stream(self.brief.seed, "harmony", phrase.label)
        pentatonic = bool(self.style.pentatonic)
        start, end = phrase.start * self.bar, (phrase.start + phrase.bars) * self.bar
        returning = phrase.closed or following is None or following.kind == "A"
        ending = self._ending(phrase, plan, rng, self.home if returning else key)
        body_end = end - len(ending) * self.bar
        goes_to = (
            upcoming.idea[0].step + upcoming.shift if upcoming is not None and upcoming.idea and not ending else None
        )
        slots = self._slots(phrase, plan, fixed, start, body_end, goes_to)
        after = ending[0].split("+")[0] if ending and (not returning or key == self.home) else ""
        words = grammar(key.mode, self.brief.mood, pentatonic=pentatonic)
        ladder = self.style.pentatonic or key.ladder()
        tokens = (
            harmonise(
                slots,
                words,
                TASTES[self.brief.mood],
                rng,
                lambda token: self.style.finish(sounding(token, key, 0.0, 0.0)),
                ladder,
                after=after,
                came_from=self.came_from,
            )
            if slots
            else []
        )
        chords: list[Chord] = []
        standing = ""
        for slot, token in zip(slots, tokens, strict=True):
            if chords and not slot.downbeat and token == standing:
                chords[-1] = replace(chords[-1], length=chords[-1].length + slot.length)
            else:
                chords.append(self._sound(token, key, slot.start, slot.length))
            standing = token
        for number, bar in enumerate(ending):
            begin = body_end + number * self.bar
            shared = bar.split("+")
            # A bar of three beats gives its first chord two of them.
            cuts = [0.0, self.bar] if len(shared) == 1 else [0.0, 2.0, self.bar]
            for token, cut, until in zip(shared, cuts, cuts[1:], strict=False):
                chords.append(self._sound(token, self.home if returning else key, begin + cut, until - cut))
        return chords

    def _ending(self, phrase: Phrase, plan: Sequence[Segment], rng: random.Random, key: Key) -> list[str]:
        """The chords of the last bars, those that nothing quoted stands on."""
        pentatonic = bool(self.style.pentatonic)
        if phrase.kind == "intro":
            return []
        tail = plan[-1]
        if tail.kind is Kind.HOLD:
            return ["1"]
        if tail.kind is not Kind.CLOSE:
            return []
        bars = min(int(tail.length / self.bar + EPSILON), 2)
        options = (closes if phrase.closed else opens)(key.mode, pentatonic=pentatonic)
        ending = weighted(rng, options).split()
        return ending[len(ending) - bars :] if bars else []

    def _slots(
        self,
        phrase: Phrase,
        plan: Sequence[Segment],
        fixed: Sequence[Sung],
        start: float,
        end: float,
        goes_to: int | None,
    ) -> list[Slot]:
        """Half bars (whole ones in triple time), each with the quoted notes that sound in it; `goes_to`
        is the step the next phrase begins with, if it is known and follows at once."""
        mode, pentatonic = self.brief.mode, bool(self.style.pentatonic)
        size = self.bar / 2 if self.meter.beats % 2 == 0 else self.bar
        half_closes = {segment.end - size for segment in plan if segment.kind is Kind.HALF}
        slots: list[Slot] = []
        count = round((end - start) / size)
        for index in range(count):
            begin = start + index * size
            allowed: tuple[str, ...] = ()
            if index == 0 and phrase.kind in ("A", "intro", "coda"):
                allowed = ("1",)
            elif begin in half_closes:
                allowed = dominants(mode, pentatonic=pentatonic)
            elif phrase.kind == "coda" and index == count - 1:
                allowed = tuple(name for name, _ in farewells(mode, pentatonic=pentatonic))
            elif (
                index == count - 1
                and phrase.closed
                and phrase.bars * self.bar + phrase.start * self.bar - end <= self.bar
            ):
                allowed = dominants(mode, pentatonic=pentatonic)
            heard = []
            for place_, note in enumerate(fixed):
                starts = begin - EPSILON <= note.start < begin + size - EPSILON
                held = note.start < begin and note.end > begin + 0.5
                if not starts and not held:
                    continue
                onset = max(note.start, begin)
                length = min(note.end, begin + size) - onset
                nxt = fixed[place_ + 1] if place_ + 1 < len(fixed) else None
                moves = nxt.step - note.step if nxt is not None else 0 if goes_to is None else goes_to - note.step
                whole = abs(onset - round(onset)) < EPSILON
                strong = whole and (note.length >= STRONG_LENGTH or abs(onset - begin) < EPSILON)
                heard.append(Heard(note.step, length, strong, moves))
            slots.append(Slot(begin, size, index * size % self.bar < EPSILON, tuple(heard), allowed))
        return slots

    def _sound(self, token: str, key: Key, start: float, length: float) -> Chord:
        return self.style.finish(sounding(token, key, start, length))
