"""Memory: how a finale recalls the motifs of its journey, each in its turn, however many they are."""

from __future__ import annotations

from collections.abc import Sequence

from music.brief import Chapter, Mode, Mood
from music.studio.composing.form import Phrase
from music.studio.composing.harmony import DARK_MODES
from music.studio.composing.plan import Kind, Planner, Segment
from music.studio.composing.theme import Idea, Variation, idea, make_motif, narrow, vary
from music.studio.score import Meter

DARK_MOODS = frozenset({Mood.MELANCHOLY, Mood.SADNESS, Mood.TENSION, Mood.ANGER})
SHORT_TOUCH = {Mood.JOY: 0.75, Mood.ANGER: 0.7, Mood.TENSION: 0.65}
# How much of a motif is heard, fullest first, and the bars that takes.
_SIZES = ((Variation.STATEMENT, 2.0), (Variation.HEAD, 1.0), (Variation.CELL, 0.5))


def remember(
    phrases: Sequence[Phrase], chapters: Sequence[Chapter], planner: Planner, meter: Meter, mode: Mode
) -> dict[int, list[Segment]]:
    """A plan for each of these phrases, by its first bar: all chapters in order, spread evenly.

    Whole motifs where there is room, else their first bars, else those at double speed; if even that is too much, a
    sample that keeps the first and the last.
    """
    if not phrases or not chapters:
        return {}
    rooms = {phrase.start: phrase.bars - _reserve(phrase, phrase is phrases[-1]) for phrase in phrases}
    # The smallest size stands when even it has too few slots.
    for variation, size in _SIZES:
        form = variation
        slots = [(phrase, index * size) for phrase in phrases for index in range(int(rooms[phrase.start] / size))]
        if len(chapters) <= len(slots):
            break
    count = min(len(chapters), len(slots))
    numbers = [round(index * (len(chapters) - 1) / max(1, count - 1)) for index in range(count)]
    begins = [index * len(slots) // count for index in range(count)]
    plans: dict[int, list[Segment]] = {phrase.start: [] for phrase in phrases}
    for place, (phrase, bar) in enumerate(slots):
        turn = max(index for index, begin in enumerate(begins) if begin <= place)
        number = numbers[turn]
        echo = place - begins[turn]
        plans[phrase.start].append(
            _quotation(planner, phrase, chapters[number], number, bar, form, echo=echo, meter=meter, mode=mode)
        )
    for phrase in phrases:
        plan = plans[phrase.start]
        used = plan[-1].end / meter.beats if plan else 0.0
        if used < phrase.bars:
            plan.append(planner.free(Kind.CLOSE, used, phrase.bars - used))
    return plans


def _reserve(phrase: Phrase, last: bool) -> int:
    """Bars kept for the close."""
    return 0 if phrase.bars < 3 else 2 if last and phrase.bars >= 6 else 1 if last or phrase.bars % 2 else 0


def _quotation(
    planner: Planner,
    phrase: Phrase,
    chapter: Chapter,
    number: int,
    bar: float,
    form: Variation,
    *,
    echo: int,
    meter: Meter,
    mode: Mode,
) -> Segment:
    """A chapter's motif in its mood's light: dark moods of a bright piece in the relative minor, bright moods of a dark
    one in the relative major; lively ones short. Its echoes move away by step."""
    whole: Idea = idea(make_motif(chapter.seed), meter)
    if planner.rungs == 5:
        whole = narrow(whole)
    shift = 0
    if planner.rungs == 7:
        dark, dark_piece = chapter.mood in DARK_MOODS, mode in DARK_MODES
        shift = -2 if dark and not dark_piece else 2 if dark_piece and not dark else 0
    heard = vary(whole, form, meter)
    if echo and form is Variation.STATEMENT:
        form = Variation.SEQUENCE
    shift = planner.kept(heard, shift, phrase)
    for _ in range(echo % 3):
        shift = planner.elsewhere(heard, shift, planner.manner.sequence, phrase)
    touch = SHORT_TOUCH.get(chapter.mood, 1.0)
    return planner.quote(bar, heard, "chapter", form, shift=shift, number=number, touch=touch)
