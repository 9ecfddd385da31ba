"""Harmonisation: the likeliest chords under a melody that is already there, or under none.

The melody is given and is not bent: a chord that would alter one of its notes, or clash with a long one, gives way to
another. Among what remains the grammar of the mode and the mood decides, with a little chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from music.studio.composing.harmony import Chord
from music.studio.composing.progressions import Grammar, Taste

NEVER = 1e6
HOME = ("1",)
OPENINGS = ("2", "3", "4", "6", "1/3")
BENT = 9.0
PARALLEL = 3.0
UNRESOLVED = 3.0
JITTER = 0.9


@dataclass(frozen=True, slots=True)
class Heard:
    """One melody note within a slot."""

    step: int
    length: float
    strong: bool
    move: int
    """Steps to the note after it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time that has one chord."""

    start: float
    length: float
    downbeat: bool
    heard: tuple[Heard, ...] = ()
    allowed: tuple[str, ...] = ()
    """If not empty, one of these."""


def harmonise(
    slots: Sequence[Slot],
    grammar: Grammar,
    taste: Taste,
    rng: random.Random,
    chord: Callable[[str], Chord],
    ladder: tuple[int, ...],
    *,
    after: str = "",
    came_from: tuple[int, int] | None = None,
) -> list[str]:
    """One token a slot: the cheapest way through the grammar, by dynamic programming.

    `chord` gives the sound of a token, `ladder` the scale the melody was meant in, `after` the token that follows;
    `came_from` is what sounded before, melody and bass as semitones above the tonic.
    """
    tokens = list(grammar.tokens)
    tokens += sorted({token for slot in slots for token in slot.allowed} - set(tokens))
    chords = [chord(token) for token in tokens]
    known = len(grammar.before)
    costs = [0.0] * len(tokens)
    paths: list[list[int]] = []
    for index, slot in enumerate(slots):
        fits = [
            NEVER
            if slot.allowed and token not in slot.allowed
            else _misfit(slot, sound, ladder) + JITTER * rng.random()
            for token, sound in zip(tokens, chords, strict=True)
        ]
        if index == 0:
            costs = [
                fit
                + _carried(came_from, slot, sound, ladder)
                + (0.0 if slot.allowed or token in HOME else 1.5 if token in OPENINGS else 5.0)
                for fit, token, sound in zip(fits, tokens, chords, strict=True)
            ]
            continue
        fresh, path = [], []
        stay = taste.standing if slot.downbeat else 0.0
        move = 0.0 if slot.downbeat else taste.halfway
        anywhere, cheapest = min((cost, place) for place, cost in enumerate(costs))
        for place, token in enumerate(tokens):
            # A suspension resolves; it does not stand.
            best, source = costs[place] + stay * (2.5 if "/" in token else 1.0), place
            if "s" in token:
                best += NEVER
            for earlier, price in grammar.before[place] if place < known else ():
                total = costs[earlier] + price + move + _parallel(slots, index, chords[earlier], chords[place], ladder)
                if total < best:
                    best, source = total, earlier
            if slot.allowed and anywhere + 4.0 + move < best:
                best, source = anywhere + 4.0 + move, cheapest
            fresh.append(best + fits[place])
            path.append(source)
        costs = fresh
        paths.append(path)
    if after:
        costs = [
            cost + (0.5 if token == after else grammar.cost.get((token, after), 3.0))
            for cost, token in zip(costs, tokens, strict=True)
        ]
    place = min(range(len(tokens)), key=lambda which: (costs[which], which))
    chosen = [place]
    for path in reversed(paths):
        place = path[place]
        chosen.append(place)
    return [tokens[place] for place in reversed(chosen)]


def _misfit(slot: Slot, chord: Chord, ladder: tuple[int, ...]) -> float:
    """What the slot's melody suffers from this chord."""
    if not slot.heard:
        return 0.0
    members = chord.offsets()
    rungs = len(ladder)
    cost = 0.0
    for note in slot.heard:
        letter = note.step % rungs
        if rungs == 7 and chord.scale[letter] != ladder[letter]:
            cost += BENT
        pitch_class = ladder[letter] % 12
        if pitch_class in members:
            if chord.leading is not None and pitch_class == chord.offset(chord.leading) and note.move not in (0, 1):
                cost += UNRESOLVED
            continue
        harsh = (pitch_class - 1) % 12 in members or (pitch_class + 1) % 12 == chord.offset(0)
        weight = note.length * ((2.6 if harsh else 1.7) if note.strong else (0.9 if harsh else 0.5))
        cost += weight * (0.45 if abs(note.move) == 1 and note.length < 2 else 1.0)
    return cost


def _carried(came_from: tuple[int, int] | None, slot: Slot, chord: Chord, ladder: tuple[int, ...]) -> float:
    """The first chord would carry a fifth or octave over from the phrase before."""
    if came_from is None or not slot.heard:
        return 0.0
    top, bass = came_from
    new_top, new_bass = ladder[slot.heard[0].step % len(ladder)], chord.offset(chord.bass)
    gap = (new_top - new_bass) % 12
    moved = new_bass != bass % 12 and (new_top - top) % 12 != 0
    return PARALLEL if moved and gap in (0, 7) and gap == (top - bass) % 12 else 0.0


def _parallel(slots: Sequence[Slot], index: int, first: Chord, second: Chord, ladder: tuple[int, ...]) -> float:
    """Melody and bass would move from one perfect consonance to the same."""
    before, here = slots[index - 1].heard, slots[index].heard
    if not before or not here:
        return 0.0
    old, new = first.offset(first.bass), second.offset(second.bass)
    if old == new:
        return 0.0
    rungs = len(ladder)
    gap = (ladder[here[0].step % rungs] - new) % 12
    if gap not in (0, 7):
        return 0.0
    return sum(
        PARALLEL
        for note in {before[0].step, before[-1].step}
        if note != here[0].step and (ladder[note % rungs] - old) % 12 == gap
    )
