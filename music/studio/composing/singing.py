"""Singing: the melody of a planned phrase over its chords. Quotations stand; closes, spans and upbeats are drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from music.brief import MusicBrief
from music.studio.chance import stream
from music.studio.composing.form import Phrase
from music.studio.composing.harmony import DARK_MODES, home_key
from music.studio.composing.manner import Arc, bar_rhythm
from music.studio.composing.melody import EPSILON, Ground, Line, Sung, breathe, place
from music.studio.composing.plan import Kind, Planner, Segment
from music.studio.composing.style import Style
from music.studio.composing.theme import head
from music.studio.score import Meter

PICKUP_REST = 0.25
QUOTE_BREATH = 0.25
APEX_BY = 0.7
APEX_AT, APEX_PULL = 0.4, 8.0


def quoted(segment: Segment) -> list[Sung]:
    """The notes of a quotation, none of any other segment."""
    if segment.kind is not Kind.QUOTE:
        return []
    return place(segment.idea, segment.start, segment.shift, segment.end)


class Singer:
    """Sings the phrases of one piece."""

    def __init__(self, brief: MusicBrief, tempo: float, meter: Meter, planner: Planner, style: Style) -> None:
        self.brief = brief
        self.tempo = tempo
        self.meter = meter
        self.planner = planner
        self.style = style
        self.manner = planner.manner
        self.bar = float(meter.beats)
        self.home = home_key(brief.mode)

    def sing(
        self,
        phrase: Phrase,
        plan: Sequence[Segment],
        ground: Ground,
        before: Sequence[Sung],
        upcoming: Segment | None,
    ) -> list[Sung]:
        """The melody of a phrase over its chords, coming from the notes `before`; `upcoming` is what the next phrase
        begins with."""
        rng = stream(self.brief.seed, "melody", phrase.label, phrase.start)
        low, high = self.planner.compass(phrase)
        line = Line(ground, self.manner, low, high)
        notes: list[Sung] = []
        for number, segment in enumerate(plan):
            following = plan[number + 1] if number + 1 < len(plan) else upcoming
            if segment.kind is Kind.QUOTE:
                fresh = quoted(segment)
                if segment.touch < 1:
                    fresh = [replace(note, length=note.length * segment.touch) for note in fresh]
                if following is None or following.kind in (Kind.QUOTE, Kind.REST):
                    fresh = breathe(fresh, QUOTE_BREATH)
            elif segment.kind is Kind.HOLD:
                fresh = [Sung(segment.start, segment.length, self._tonic(before, line))]
            elif segment.kind is Kind.REST:
                fresh = []
            else:
                fresh = self._free(phrase, segment, following, line, before, rng)
            notes += fresh
            before = notes or before
        return notes

    def _free(
        self,
        phrase: Phrase,
        segment: Segment,
        following: Segment | None,
        line: Line,
        before: Sequence[Sung],
        rng: random.Random,
    ) -> list[Sung]:
        ground = line.ground
        origin = before[-1].step if before else 0
        closing = segment.kind in (Kind.CLOSE, Kind.HALF)
        goals: dict[int, float] = {}
        times = self._times(segment, closing=closing, rng=rng)
        if closing and times:
            beat = times[-1][0]
            if phrase.closed and segment.kind is Kind.CLOSE:
                nearest = self._tonic(before, line)
                goals = {nearest: 0.0}
            else:
                goals = self._open_goals(origin, line, beat, following, rng)
        aim = min(goals, key=lambda step: (goals[step], step)) if goals else origin
        if goals:
            pass
        elif following is not None and following.kind is Kind.QUOTE:
            first = following.idea[0].step + following.shift
            aim = first + (1 if origin >= first else -1)
        elif following is not None and following.kind is Kind.HOLD:
            aim = self._tonic(before, line) + 1
        reach = self.manner.reach * ground.rungs / 7
        arc = self.manner.arc
        count = max(1, len(times) - 1)
        pulls = [1.0] * len(times)
        if phrase.climax and segment.start < (phrase.start + APEX_BY * phrase.bars) * self.bar and len(times) > 2:
            # The summit of the piece, whatever the mood's habit.
            summit = max(1, round(count * APEX_AT))
            reach, arc = max(reach, line.high - (origin + aim) / 2), Arc.ARCH
            pulls[summit] = APEX_PULL
        targets = [
            origin + (aim - origin) * index / count + reach * arc.height(index / count) for index in range(len(times))
        ]
        if APEX_PULL in pulls:
            targets[pulls.index(APEX_PULL)] = line.high
        drawn = line.draw(times, targets, before, goals, pulls)
        if ground.pentatonic and closing:
            drawn = self._sigh(drawn)
        if goals and drawn and not (phrase.closed and segment.kind is Kind.CLOSE):
            drawn += self._pickup(segment, following, line, [*before, *drawn], rng)
        return drawn

    def _pickup(
        self, segment: Segment, following: Segment | None, line: Line, before: Sequence[Sung], rng: random.Random
    ) -> list[Sung]:
        """Two quick notes that lead into what comes next, after a breath; some moods like them, some never do."""
        if following is None or following.kind is not Kind.QUOTE or rng.random() >= self.manner.pickup:
            return []
        last = before[-1]
        begin = segment.end - 1.0
        if last.end > begin - PICKUP_REST:
            return []
        first = following.idea[0].step + following.shift
        longer = 0.5 if self.meter.division == 2 else 2 / 3
        times = [(begin, longer), (begin + longer, 1 - longer)]
        goals = {first - 1: 0.0, first + 1: 0.2, first - 2: 0.6, first + 2: 0.8}
        middle = (last.step + first) / 2
        return line.draw(times, [middle, first], before, goals, [1.0, 1.0])

    def _times(self, segment: Segment, *, closing: bool, rng: random.Random) -> list[tuple[float, float]]:
        """Starts and lengths of a free segment's notes: bars in the mood's rhythms or the theme's own, and for a close
        one long note with a breath after it."""
        bar = self.bar
        times: list[tuple[float, float]] = []
        begin = segment.start
        bars = int(segment.length / bar + EPSILON)
        rest = segment.length - bars * bar
        if rest > EPSILON:
            times.append((begin, rest))
            begin += rest
        for index in range(bars):
            if closing and index == bars - 1:
                times += self._goal_times(begin, segment, rng)
            else:
                for length in self._bar_lengths(rng):
                    if length > 0:
                        times.append((begin, length))
                    begin += abs(length)
                continue
            begin += bar
        return times

    def _goal_times(self, begin: float, segment: Segment, rng: random.Random) -> list[tuple[float, float]]:
        bar = self.bar
        breath = min(max(self.manner.breath, 0.5), bar / 3)
        if segment.kind is Kind.HALF:
            return [(begin, max(bar - max(breath + 0.5, 1.5), bar / 2))]
        if bar >= 4 and rng.random() < 0.4:
            # The leaning note comes first, the goal on the second half of the bar.
            return [(begin, 1.0), (begin + 1.0, bar - 1.0 - breath)]
        return [(begin, bar - breath)]

    def _bar_lengths(self, rng: random.Random) -> tuple[float, ...]:
        if rng.random() < self.manner.kinship and self.style.shortest < 1:
            return tuple(tone.length for tone in head(self.planner.material.theme, self.meter))
        lengths = bar_rhythm(self.manner, self.meter, self.tempo, rng)
        return _eased(lengths, self.style.shortest)

    def _tonic(self, before: Sequence[Sung], line: Line) -> int:
        """The nearest tonic within the line's range."""
        rungs = line.ground.rungs
        origin = before[-1].step if before else 0
        options = [rungs * octave for octave in (-1, 0, 1, 2)]
        inside = [option for option in options if line.low - 1 <= option <= line.high + 1] or [0]
        return min(inside, key=lambda option: (abs(option - origin), option))

    def _open_goals(
        self, origin: int, line: Line, beat: float, following: Segment | None, rng: random.Random
    ) -> dict[int, float]:
        """Members of the chord at `beat` near the line, and what speaks against each: what follows at home wants no
        leading note left hanging and no fifth or octave carried over into the tonic chord."""
        ground = line.ground
        chord = ground.chord(beat)
        reach = range(max(line.low, origin - 4), min(line.high, origin + 4) + 1)
        options = [step for step in reach if ground.consonant(step, beat)] or [ground.nearest(origin, beat)]
        first = following.idea[0].step + following.shift if following is not None and following.idea else None

        def price(step: int) -> float:
            cost = abs(step - origin - 0.5 * self.manner.sequence) + rng.random()
            if first is None:
                return cost
            here = ground.semitones(step, beat) % 12
            if chord.leading is not None and here == chord.offset(chord.leading) and first != step + 1:
                cost += 4.0
            ladder = ground.pentatonic or self.home.ladder()
            gap = (here - chord.offset(chord.bass)) % 12
            if gap in (0, 7) and gap == ladder[first % len(ladder)] % 12 and first != step:
                cost += 4.0
            return cost + 0.3 * max(0, abs(first - step) - 3)

        return {step: price(step) for step in options}

    def _sigh(self, notes: list[Sung]) -> list[Sung]:
        """꺾는목: a long note of a dark Korean mode is reached from the rung above, by a short lean."""
        if self.brief.mode not in DARK_MODES or not notes or notes[-1].length < 1.5:
            return notes
        goal = notes[-1]
        lean = round(0.5 if self.meter.division == 2 else 2 / 3, 4)
        return [
            *notes[:-1],
            Sung(goal.start, lean, goal.step + 1),
            Sung(goal.start + lean, goal.length - lean, goal.step),
        ]


def _eased(lengths: Sequence[float], shortest: float) -> tuple[float, ...]:
    """Fewer notes: one shorter than `shortest` beats lends its time to the note before it."""
    kept: list[float] = []
    for length in lengths:
        if kept and 0 < length < shortest - EPSILON and kept[-1] > 0:
            kept[-1] += length
        else:
            kept.append(length)
    return tuple(kept)
