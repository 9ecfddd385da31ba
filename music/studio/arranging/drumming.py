"""The percussion parts: when drums come in, leave, fill and fall silent; the kettledrums of an orchestra."""

from __future__ import annotations

import random
from dataclasses import replace

from music.studio.arranging.band import Desk, near, tidy
from music.studio.arranging.jangdan import GUNG, JANGDAN
from music.studio.arranging.percussion import ARRIVALS, FILLS, GROOVES
from music.studio.arranging.scenes import Scene, Stage, Task
from music.studio.arranging.strokes import Stroke, Strokes
from music.studio.chance import stream
from music.studio.instruments import INSTRUMENTS, TIMPANI
from music.studio.score import Note

# Below this fullness nobody drums, unless the groove is what the genre rests on.
QUIET, QUIET_GROUNDED = 0.6, 0.3
ROLL_STEP = 0.125
BARE, LEANING = 0.25, 0.7
"""Share of percussion below which a drum cycle is only hinted at, and the accent of strokes that stay."""


def drums(desk: Desk, stage: Stage) -> list[Note]:
    """Strokes of the kit or the hourglass drum, bar by bar."""
    band = desk.band
    if not band.groove or band.palette.kit is None:
        return []
    rng = stream(desk.brief.seed, "drums")
    share = desk.character.percussion
    cycle = JANGDAN.get(band.groove)
    fill = FILLS.get(band.palette.fill)
    bar_beats = desk.meter.beats
    offset = round(12 * (share - 0.6))
    notes: list[Note] = []
    arrival: int | None = None
    for bar in range(desk.form.bars):
        start = float(bar * bar_beats)
        scene = stage.at(start)
        number = bar - scene.phrase.start
        playing = _playing(desk, scene, number)
        full = scene.fullness * (0.55 + 0.45 * share)
        strokes: Strokes = []
        if start >= desk.last_bar:
            strokes = [stroke for stroke in _bar(band.groove, desk, 0, full, rng) if stroke.at == 0] if playing else []
        elif playing:
            strokes = _bar(band.groove, desk, number, full, rng)
            if cycle is not None and share < BARE:
                # The hourglass drum behind a quiet mood: the deep skin, and the stick where the cycle leans on it.
                strokes = [stroke for stroke in strokes if stroke.what == GUNG or stroke.accent >= LEANING]
        if cycle is None and arrival is not None and number == 0 and scene.fullness > 0.8:
            strokes.append(Stroke(0, 1.0, arrival, 0.5))
        arrival = None
        if (
            fill is not None
            and number == scene.phrase.bars - 1
            and start < desk.last_bar
            and _leads_on(desk, stage, scene)
        ):
            filling = fill(desk.meter, scene.fullness, rng)
            if playing or share > 0.25 or band.palette.atmospheric:
                begin = min(stroke.at for stroke in filling)
                strokes = [stroke for stroke in strokes if stroke.at < begin - 1e-6] + filling
                arrival = ARRIVALS.get(band.palette.fill)
        for stroke in strokes:
            at = desk.swung(start + stroke.at)
            notes.append(Note(tidy(at), stroke.length, stroke.what, stage.behind(at, stroke.accent, offset)))
    return _once(notes)


def timpani(desk: Desk, stage: Stage) -> list[Note]:
    """Root strokes under full phrases, a roll that grows into the climax."""
    if not desk.band.timpani:
        return []
    instrument = INSTRUMENTS[TIMPANI]
    heavy = desk.character.percussion > 0.7
    notes: list[Note] = []
    previous = instrument.low + 5
    for chord in desk.ground.chords:
        scene = stage.at(chord.start)
        thin = scene.fullness < (0.5 if heavy else 0.65) or scene.task in (Task.INTRODUCTION, Task.ENDING)
        if thin and chord.start < desk.last_bar:
            continue
        pitch = near(desk.bass_pitch_class(chord), previous, instrument.low, instrument.high)
        notes.append(Note(tidy(chord.start), 0.9, pitch, stage.velocity(chord.start, 0.66, 2)))
        if heavy and chord.length >= 4:
            for at in (1.5, 3.0):
                notes.append(Note(tidy(chord.start + at), 0.5, pitch, stage.velocity(chord.start + at, 0.56)))
        previous = pitch
    for scene in stage.scenes:
        if scene.climax and scene.start > 0:
            beats = float(min(2, desk.meter.beats))
            count = round(beats / ROLL_STEP)
            begin = scene.start - beats
            notes = [note for note in notes if not begin - 1e-6 <= note.start < scene.start - 1e-6]
            for index in range(count):
                at = begin + index * ROLL_STEP
                velocity = round(34 + 46 * index / count)
                notes.append(Note(tidy(at), ROLL_STEP * 0.9, previous, velocity))
    return _once(notes)


def _playing(desk: Desk, scene: Scene, bar: int) -> bool:
    """Whether the groove runs in this bar of the scene."""
    grounded = desk.band.palette.grounded
    share = desk.character.percussion
    if scene.task is Task.INTRODUCTION or (scene.task is Task.ENDING and not scene.first):
        return False
    if scene.fullness < (QUIET_GROUNDED if grounded else QUIET) + 0.25 * (0.4 - share):
        return False
    # The contrast begins without the drums, and they are missed.
    if scene.task is Task.CONTRAST and share < 0.7 and bar < scene.phrase.bars // 2:
        return False
    return not (scene.first and scene.phrase.bars > 4 and share < 0.3 and bar < scene.phrase.bars // 2)


def _bar(groove: str, desk: Desk, number: int, full: float, rng: random.Random) -> Strokes:
    cycle = JANGDAN.get(groove)
    if cycle is None:
        return GROOVES[groove](desk.meter, full, rng)
    return [stroke for stroke in cycle.strokes(number % cycle.bars, full, rng) if stroke.at < desk.meter.beats - 1e-6]


def _leads_on(desk: Desk, stage: Stage, scene: Scene) -> bool:
    """Whether the phrase after this one is worth announcing: a fuller one, or the theme come home."""
    if scene.end >= desk.end:
        return False
    following = stage.at(scene.end)
    return following.task is not Task.ENDING and (following.fullness > scene.fullness or following.task is Task.RETURN)


def _once(notes: list[Note]) -> list[Note]:
    """Of two strokes on one skin at one time the harder."""
    kept: dict[tuple[float, int], Note] = {}
    for note in notes:
        place = (note.start, note.pitch)
        if place not in kept or kept[place].velocity < note.velocity:
            kept[place] = replace(note)
    return list(kept.values())
