"""What an examiner of harmony and counterpoint would mark in a score: shares, 0 is flawless."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from music.studio.instruments import INSTRUMENTS
from music.studio.score import Harmony, Note, Part, Score

GRACE = 0.13
SUNG = ("melody", "second")


def lead(score: Score) -> list[Note]:
    """The melody of the whole piece, its ornaments left out; of notes together the highest."""
    notes = sorted(
        (note for part in score.parts if part.name in SUNG for note in part.notes if note.length > GRACE),
        key=lambda note: (round(note.start, 2), -note.pitch),
    )
    return [note for index, note in enumerate(notes) if index == 0 or note.start - notes[index - 1].start > 0.05]


def sounding(notes: Sequence[Note], starts: Sequence[float], beat: float, *, lowest: bool = False) -> Note | None:
    """The note of a line that sounds at `beat`."""
    index = bisect_right(starts, beat + 0.13) - 1
    if index < 0:
        return None
    near = [note for note in notes[max(0, index - 3) : index + 1] if note.start + note.length > beat + 0.14]
    return min(near, key=lambda note: note.pitch if lowest else -note.start) if near else None


def chord_at(score: Score, beat: float) -> Harmony:
    starts = [harmony.start for harmony in score.harmony]
    return score.harmony[max(bisect_right(starts, beat + 1e-3) - 1, 0)]


def outer_parallels(score: Score) -> float:
    """Changes of chord at which melody and bass move from a fifth or octave to the same, by all changes."""
    melody = lead(score)
    bass = sorted((n for p in score.parts if p.name == "bass" for n in p.notes), key=lambda note: note.start)
    tops, lows = [note.start for note in melody], [note.start for note in bass]
    pairs = [
        (sounding(melody, tops, harmony.start), sounding(bass, lows, harmony.start, lowest=True))
        for harmony in score.harmony
    ]
    found = changes = 0
    for (top, low), (next_top, next_low) in pairwise(pairs):
        if top is None or low is None or next_top is None or next_low is None:
            continue
        changes += 1
        moved = top.pitch != next_top.pitch and low.pitch % 12 != next_low.pitch % 12
        gap = (top.pitch - low.pitch) % 12
        found += moved and gap in (0, 7) and gap == (next_top.pitch - next_low.pitch) % 12
    return found / max(1, changes)


def inner_parallels(voicings: Sequence[Sequence[int]]) -> float:
    """Pairs of voicings of one size with a parallel fifth or octave in them, by all pairs that move."""
    found = changes = 0
    for before, after in pairwise(voicings):
        if len(before) != len(after) or tuple(before) == tuple(after):
            continue
        changes += 1
        found += any(
            before[high] != after[high]
            and before[low] != after[low]
            and (before[high] - before[low]) % 12 in (0, 7)
            and (before[high] - before[low]) % 12 == (after[high] - after[low]) % 12
            for low in range(len(before))
            for high in range(low + 1, len(before))
        )
    return found / max(1, changes)


def unresolved_leading_notes(score: Score) -> float:
    """Leading notes in the melody, over a major dominant before its tonic, that do not rise (or stay until they do), in
    whatever octave the next phrase begins."""
    leading, tonic = (score.tonic + 11) % 12, score.tonic
    dominant = (score.tonic + 7) % 12
    notes = lead(score)
    found = total = 0
    for note, following in pairwise(notes):
        chord = chord_at(score, note.start)
        after = chord_at(score, following.start)
        if note.pitch % 12 != leading or chord.pitches[1] != dominant or chord is after:
            continue
        if leading not in chord.pitches or after.pitches[1] != tonic:
            continue
        total += 1
        found += (following.pitch - note.pitch) % 12 not in (0, 1)
    return found / max(1, total)


def range_violations(score: Score) -> float:
    """Notes outside their instrument, by all notes."""
    outside = total = 0
    for part in score.parts:
        if not part.drums:
            instrument = INSTRUMENTS[part.program]
            total += len(part.notes)
            outside += sum(not instrument.low <= note.pitch <= instrument.high for note in part.notes)
    return outside / max(1, total)


def repeated_bars(score: Score) -> float:
    """Bars of melody that have been heard before, pitch and rhythm, by all bars with melody."""
    bars: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for note in lead(score):
        bar = int(note.start // score.meter.beats + 1e-6)
        bars[bar].append((round(note.start - bar * score.meter.beats, 2), note.pitch))
    seen: set[tuple[tuple[float, int], ...]] = set()
    repeated = 0
    for _, bar_notes in sorted(bars.items()):
        content = tuple(bar_notes)
        repeated += content in seen
        seen.add(content)
    return repeated / max(1, len(bars))


def silent_bars(score: Score) -> float:
    """Bars in which no pitched note sounds, by all bars."""
    covered = [False] * score.bars
    for part in score.parts:
        if part.drums:
            continue
        for note in part.notes:
            first = int(note.start // score.meter.beats)
            last = int((note.start + note.length - 0.05) // score.meter.beats)
            for bar in range(first, min(last, score.bars - 1) + 1):
                covered[bar] = True
    return covered.count(False) / max(1, score.bars)


def bars_without_melody(score: Score) -> float:
    """Bars between introduction and end in which the melody neither begins nor holds a note, by all such bars."""
    first = 0 if score.sections[0].name != "intro" else score.sections[0].bars
    covered = [False] * score.bars
    for note in lead(score):
        begin = int(note.start // score.meter.beats)
        end = int((note.start + note.length - 0.05) // score.meter.beats)
        for bar in range(begin, min(end, score.bars - 1) + 1):
            covered[bar] = True
    return covered[first:].count(False) / max(1, score.bars - first)


def clashes(score: Score) -> float:
    """Strong melody notes of a beat or more that grind a semitone against their chord and do not resolve by step."""
    notes = lead(score)
    found = total = 0
    for index, note in enumerate(notes):
        if abs(note.start - round(note.start)) > 0.15 or note.length < 0.95:
            continue
        total += 1
        chord = chord_at(score, note.start)
        members = set(chord.pitches)
        pitch_class = note.pitch % 12
        if pitch_class in members or not {(pitch_class - 1) % 12, (pitch_class + 1) % 12} & members:
            continue
        following = notes[index + 1] if index + 1 < len(notes) else None
        found += following is None or not 1 <= abs(following.pitch - note.pitch) <= 2
    return found / max(1, total)


def unrecovered_leaps(score: Score) -> float:
    """Leaps of a sixth or more that are followed by another leap the same way, by all melody intervals."""
    moves = [after.pitch - before.pitch for before, after in pairwise(lead(score))]
    found = sum(abs(a) >= 8 and a * b > 0 and abs(b) > 4 for a, b in pairwise(moves))
    return found / max(1, len(moves))


def chords_of(part: Part) -> list[tuple[int, ...]]:
    """The notes that begin together, chord by chord."""
    stacks: defaultdict[float, list[int]] = defaultdict(list)
    for note in part.notes:
        stacks[round(note.start, 2)].append(note.pitch)
    return [tuple(sorted(stacks[beat])) for beat in sorted(stacks)]
