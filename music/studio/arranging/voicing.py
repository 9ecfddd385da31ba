"""Voice-leading: where each tone of a chord lies, so that the voices move little and keep their independence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, permutations

PARALLEL_COST = 20.0
HANGING_COST = 3.0
WIDE_GAP, NARROW_LOW_GAP = 12, 3
LOW_REGISTER = 52


def voice(
    pitch_classes: tuple[int, ...], previous: Sequence[int], low: int, high: int, centre: float
) -> tuple[int, ...]:
    """The best voicing of these pitch classes between `low` and `high`, coming from `previous` (may be empty)."""
    options = _candidates(pitch_classes, low, high)
    return min(options, key=lambda option: (_cost(option, previous, centre), option))


def parallels(first: Sequence[int], second: Sequence[int]) -> int:
    """How many pairs of voices move in parallel fifths or octaves from the first chord to the second."""
    if len(first) != len(second):
        return 0
    count = 0
    for lower in range(len(first)):
        for upper in range(lower + 1, len(first)):
            before = (first[upper] - first[lower]) % 12
            after = (second[upper] - second[lower]) % 12
            moved = first[lower] != second[lower] and first[upper] != second[upper]
            count += moved and before == after and before in (0, 7)
    return count


def _cost(option: tuple[int, ...], previous: Sequence[int], centre: float) -> float:
    cost = 0.35 * abs(sum(option) / len(option) - centre)
    cost += sum(2.0 for a, b in pairwise(option) if b - a > WIDE_GAP)
    cost += sum(4.0 for a, b in pairwise(option) if b - a < NARROW_LOW_GAP and a < LOW_REGISTER)
    if len(previous) == len(option):
        cost += sum(abs(a - b) for a, b in zip(previous, option, strict=True))
        cost += PARALLEL_COST * parallels(previous, option)
        cost += HANGING_COST * _hanging(previous, option)
    elif previous:
        # A voice comes in or falls silent; the others still go where it is nearest.
        cost += sum(min(abs(pitch - old) for old in previous) for pitch in option)
    return cost


def _hanging(previous: Sequence[int], option: Sequence[int]) -> int:
    """Voices that could rise a semitone into the new chord, as a leading note wants to, and go elsewhere."""
    present = {pitch % 12 for pitch in option}
    return sum(
        1
        for before, after in zip(previous, option, strict=True)
        if (before + 1) % 12 in present and before % 12 not in present and after != before + 1
    )


@lru_cache(maxsize=4096)
def _candidates(pitch_classes: tuple[int, ...], low: int, high: int) -> tuple[tuple[int, ...], ...]:
    found: set[tuple[int, ...]] = set()
    for order in permutations(pitch_classes):
        start = low + (order[0] - low) % 12
        for first in range(start, high + 1, 12):
            pitches = [first]
            for pitch_class in order[1:]:
                pitches.append(pitches[-1] + ((pitch_class - pitches[-1]) % 12 or 12))
            if pitches[-1] <= high:
                found.add(tuple(pitches))
    if not found:
        # The range is too narrow for the stack: fold every tone into it.
        found.add(tuple(sorted(low + (pitch_class - low) % 12 for pitch_class in pitch_classes)))
    return tuple(sorted(found))
