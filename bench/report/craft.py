"""What a teacher of harmony would mark in a score: parallels, leading tones, ranges, copies, gaps, clashes.

Everything is counted against how often it could have happened, so that long and short pieces compare. The ranges are
the instruments' usual ones, not the studio's own table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from music.studio.score import Note, Part, Score

UNISON, FIFTH = 0, 7
LEADS = ("melody", "second")
"""The parts that take turns in leading."""
TOGETHER = 0.05
"""Beats within which notes start together."""
PAUSE = 1.0
"""Beats of silence after which a line starts anew and owes nothing to what was before."""
CLASH_LENGTH = 1.0
"""Beats from which a note on a strong beat is heard as a clash rather than in passing."""

RANGES: dict[int, tuple[int, int]] = {
    0: (21, 108), 4: (28, 103), 8: (60, 108), 9: (67, 108), 10: (55, 108), 11: (53, 89), 12: (45, 96), 14: (53, 79),
    15: (50, 98), 21: (41, 96), 22: (48, 93), 24: (40, 88), 25: (40, 88), 26: (40, 90), 32: (28, 67), 33: (28, 67),
    40: (55, 103), 41: (48, 88), 42: (36, 81), 43: (24, 60), 45: (28, 96), 46: (23, 103), 47: (36, 60), 48: (28, 96),
    49: (28, 96), 52: (41, 81), 56: (52, 84), 57: (34, 74), 58: (26, 60), 60: (34, 77), 64: (56, 88), 65: (49, 81),
    66: (44, 76), 68: (58, 93), 69: (52, 84), 70: (34, 76), 71: (50, 94), 73: (59, 98), 74: (60, 91), 75: (60, 96),
    77: (52, 90), 104: (43, 90), 107: (38, 90),
}  # fmt: skip
"""Lowest and highest note by General MIDI program from 0; a synthesiser's sound has no range."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    bad: int
    of: int

    def __add__(self, other: Share) -> Share:
        return Share(self.bad + other.bad, self.of + other.of)

    @property
    def rate(self) -> float:
        return self.bad / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Craft:
    """What was found in one score."""

    outer_parallels: Share
    """Parallel fifths and octaves between melody and bass, of the steps in which both move."""
    inner_parallels: Share
    """The same between voices of a pad's or accompaniment's block chords."""
    leading_tones: Share
    """Raised sevenths over a dominant that goes home, not resolved upwards in the melody or the pad."""
    out_of_range: Share
    repeated_bars: Share
    """Bars of the melody that copy an earlier one note for note, of all that have notes."""
    empty_bars: Share
    """Bars in which no pitched part sounds."""
    clashes: Share
    """Long melody notes on strong beats a minor second or ninth above or below a sounding note, unresolved."""
    longest_rest: float
    """Bars for which the melody is silent at most, between its first and last note."""


def craft(score: Score) -> Craft:
    parts = {part.name: part for part in score.parts if not part.drums}
    tune, bass = _line(parts, *LEADS), _line(parts, "bass", highest=False)
    blocks = [parts[name] for name in ("pad", "accompaniment") if name in parts]
    inner = sum((_within(_chords(part.notes)) for part in blocks), Share(0, 0))
    return Craft(
        outer_parallels=_between(tune, bass, [harmony.start for harmony in score.harmony]),
        inner_parallels=inner,
        leading_tones=_leading(score, tune) + sum((_led(score, part.notes) for part in blocks[:1]), Share(0, 0)),
        out_of_range=sum((_range(part) for part in parts.values()), Share(0, 0)),
        repeated_bars=_copies(score, tune),
        empty_bars=_empty(score, list(parts.values())),
        clashes=_clashes(score, tune, [part for part in parts.values() if part.name not in LEADS]),
        longest_rest=max((b.start - a.start - a.length for a, b in pairwise(tune)), default=0.0) / score.meter.beats,
    )


def _line(parts: Mapping[str, Part], *names: str, highest: bool = True) -> list[Note]:
    """One note at a time: of those that start together in these parts the highest or the lowest."""
    notes = [note for name in names if name in parts for note in parts[name].notes]
    line: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start, -n.pitch if highest else n.pitch)):
        if not line or note.start - line[-1].start > TOGETHER:
            line.append(note)
    return line


def _sounding(line: Sequence[Note], beat: float) -> Note | None:
    moment = beat + TOGETHER
    return next((note for note in reversed(line) if note.start <= moment < note.start + note.length), None)


def _parallel(low: tuple[int, int], high: tuple[int, int]) -> bool:
    """Whether two voices go from a perfect fifth or octave to another of the same kind in one direction."""
    before, after = (high[0] - low[0]) % 12, (high[1] - low[1]) % 12
    same_way = (low[1] - low[0]) * (high[1] - high[0]) > 0
    return same_way and before == after and before in (UNISON, FIFTH)


def _between(tune: Sequence[Note], bass: Sequence[Note], changes: Sequence[float]) -> Share:
    """Where the chord changes and both lines move: within one chord they only spell it out."""
    bad = moves = 0
    for earlier, later in pairwise(bass):
        if not any(abs(later.start - change) <= TOGETHER for change in changes):
            continue
        if later.start - earlier.start - earlier.length > PAUSE:
            continue
        arrived = next((n for n in tune if abs(n.start - later.start) <= TOGETHER), None)
        left = _sounding(tune, later.start - 2 * TOGETHER)
        if arrived is None or left is None or arrived.pitch == left.pitch or earlier.pitch == later.pitch:
            continue
        moves += 1
        bad += _parallel((earlier.pitch, later.pitch), (left.pitch, arrived.pitch))
    return Share(bad, moves)


def _chords(notes: Sequence[Note]) -> list[tuple[float, tuple[int, ...]]]:
    """Notes of at least three voices that start together, lowest first."""
    chords: list[tuple[float, list[int]]] = []
    for note in sorted(notes, key=lambda n: (n.start, n.pitch)):
        if chords and note.start - chords[-1][0] <= TOGETHER:
            chords[-1][1].append(note.pitch)
        else:
            chords.append((note.start, [note.pitch]))
    return [(start, tuple(pitches)) for start, pitches in chords if len(set(pitches)) >= 3]


def _within(chords: Sequence[tuple[float, tuple[int, ...]]]) -> Share:
    bad = moves = 0
    for (_, before), (_, after) in pairwise(chords):
        if len(before) != len(after) or before == after:
            continue
        for low, high in combinations(range(len(before)), 2):
            if before[low] == after[low] or before[high] == after[high]:
                continue
            moves += 1
            bad += _parallel((before[low], after[low]), (before[high], after[high]))
    return Share(bad, moves)


def _homecomings(score: Score) -> list[float]:
    """The beats at which a dominant with the raised seventh gives way to the tonic chord."""
    leading, dominant = (score.tonic + 11) % 12, (score.tonic + 7) % 12
    return [
        later.start
        for earlier, later in pairwise(score.harmony)
        if earlier.pitches[1] == dominant and leading in earlier.pitches and later.pitches[1] == score.tonic
    ]


def _leading(score: Score, tune: Sequence[Note]) -> Share:
    bad = owed = 0
    for beat in _homecomings(score):
        last = next((n for n in reversed(tune) if n.start < beat - TOGETHER), None)
        following = next((n for n in tune if n.start >= beat - TOGETHER), None)
        if last is None or following is None or (last.pitch - score.tonic) % 12 != 11:
            continue
        if last.start + last.length < beat - PAUSE:
            continue
        owed += 1
        bad += following.pitch - last.pitch not in (0, 1)
    return Share(bad, owed)


def _led(score: Score, notes: Sequence[Note]) -> Share:
    """The same in block chords: the voice with the raised seventh finds the tonic above it in the next chord."""
    chords = _chords(notes)
    homecomings = _homecomings(score)
    bad = owed = 0
    for (_, before), (start, after) in pairwise(chords):
        if not any(abs(start - beat) <= TOGETHER for beat in homecomings):
            continue
        for pitch in before:
            if (pitch - score.tonic) % 12 == 11:
                owed += 1
                # Kept, it is the seventh of a tonic chord that has one.
                bad += pitch + 1 not in after and pitch not in after
    return Share(bad, owed)


def _range(part: Part) -> Share:
    low, high = RANGES.get(part.program, (0, 127))
    return Share(sum(not low <= note.pitch <= high for note in part.notes), len(part.notes))


def _copies(score: Score, tune: Sequence[Note]) -> Share:
    bar = score.meter.beats
    seen: set[tuple[tuple[float, float, int], ...]] = set()
    copies = bars = 0
    for number in range(score.bars):
        inside = tuple(
            (round(n.start - number * bar, 2), round(n.length, 2), n.pitch)
            for n in tune
            if number * bar - TOGETHER <= n.start < (number + 1) * bar - TOGETHER
        )
        if not inside:
            continue
        bars += 1
        copies += inside in seen
        seen.add(inside)
    return Share(copies, bars)


def _empty(score: Score, parts: Sequence[Part]) -> Share:
    bar = score.meter.beats
    filled = {
        number
        for part in parts
        for note in part.notes
        for number in range(int(note.start // bar), int((note.start + note.length - TOGETHER) // bar) + 1)
    }
    return Share(sum(number not in filled for number in range(score.bars)), score.bars)


def _clashes(score: Score, tune: Sequence[Note], others: Sequence[Part]) -> Share:
    strong = (0, 2) if score.meter.beats == 4 else (0,)
    bad = count = 0
    for index, note in enumerate(tune):
        place = note.start % score.meter.beats
        if note.length < CLASH_LENGTH or not any(abs(place - beat) <= TOGETHER for beat in strong):
            continue
        count += 1
        following = tune[index + 1] if index + 1 < len(tune) else None
        resolves = following is not None and following.pitch - note.pitch in (-1, -2)
        sounding = [
            other.pitch
            for part in others
            for other in part.notes
            if other.start <= note.start + TOGETHER and other.start + other.length >= note.start + CLASH_LENGTH / 2
        ]
        # A semitone apart in whatever octave but the major seventh, which is a colour of its own.
        clash = any(abs(note.pitch - pitch) in (1, 13) for pitch in sounding)
        bad += clash and not resolves
    return Share(bad, count)
