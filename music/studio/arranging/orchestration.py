"""Orchestration: lines and chords become parts with instruments, registers, dynamics and places on the stage."""

from __future__ import annotations

from collections.abc import Sequence

from music.brief import Genre
from music.studio.arranging import accompaniment, drumming, leads, ornaments
from music.studio.arranging.band import Desk
from music.studio.arranging.countermelody import counter, heterophony
from music.studio.arranging.leads import Line
from music.studio.arranging.scenes import Stage
from music.studio.instruments import INSTRUMENTS, KIT_TRIM, TIMPANI
from music.studio.score import Note, Ornament, Part

BALANCE = {
    "melody": 0.0,
    "second": 0.0,
    "double": -5.0,
    "counter": -7.5,
    "pad": -12.0,
    "accompaniment": -8.5,
    "texture": -11.5,
    "bass": -5.5,
    "spark": -9.0,
    "timpani": -10.0,
    "drums": -10.5,
}
STAGE = {
    "melody": 0.06,
    "second": -0.18,
    "double": 0.24,
    "counter": 0.42,
    "pad": -0.12,
    "accompaniment": -0.42,
    "texture": 0.6,
    "bass": 0.0,
    "spark": 0.5,
    "timpani": 0.15,
    "drums": 0.0,
}
VIBRATO = 0.14
PERCUSSION_DB = 2.0
# What dies away after the stroke is heard less than its beginning measures; what is bowed for long, more.
PLUCKED_LEAD_DB, BOWED_BASS_DB = 2.0, -2.0


def orchestrate(desk: Desk, lines: Sequence[Line]) -> tuple[Part, ...]:
    """All parts of the piece; those with nothing to play are left out."""
    stage = Stage(desk)
    cast = desk.band.cast
    theirs = [leads.takes_over(stage.at(phrase.start * desk.meter.beats).task) for phrase, _ in lines]
    melody = leads.sing(desk, stage, cast.lead, [line for line, other in zip(lines, theirs, strict=True) if not other])
    second = leads.sing(desk, stage, cast.second, [line for line, other in zip(lines, theirs, strict=True) if other])
    heard = sorted((*melody, *second), key=lambda note: note.start)
    parts = [_line(desk, "melody", cast.lead, melody), _line(desk, "second", cast.second, second)]
    double = cast.second if cast.double is None else cast.double
    doubled = leads.double(desk, stage, double, [(cast.lead, melody), (cast.second, second)])
    parts.append(_line(desk, "double", double, doubled))
    if cast.counter is not None:
        against = heterophony if desk.brief.genre is Genre.KOREAN else counter
        parts.append(_line(desk, "counter", cast.counter, against(desk, stage, cast.counter, heard)))
    if cast.pad is not None:
        chords, swells = accompaniment.pad(desk, stage, cast.pad, heard)
        parts.append(_part(desk, "pad", cast.pad, chords, swells=swells))
    parts.append(
        _part(
            desk,
            "accompaniment",
            cast.accompaniment,
            accompaniment.accompaniment(desk, stage, cast.accompaniment, heard),
        )
    )
    if cast.texture is not None:
        parts.append(_part(desk, "texture", cast.texture, accompaniment.texture(desk, stage, cast.texture, heard)))
    parts.append(_part(desk, "bass", cast.bass, accompaniment.bass(desk, stage, cast.bass, heard)))
    if cast.spark is not None:
        parts.append(_part(desk, "spark", cast.spark, leads.spark(desk, stage, cast.spark, melody)))
    parts.append(_part(desk, "timpani", TIMPANI, drumming.timpani(desk, stage)))
    if desk.band.palette.kit is not None:
        parts.append(_part(desk, "drums", desk.band.palette.kit, drumming.drums(desk, stage)))
    return tuple(part for part in parts if part.notes)


def _line(desk: Desk, name: str, program: int, notes: Sequence[Note]) -> Part:
    """A single line: it swells, trembles and is ornamented as its instrument can."""
    sustained = INSTRUMENTS[program].sustained
    if desk.brief.genre is Genre.KOREAN:
        graces = ornaments.korean(desk, notes, name)
        depth = 0.2 if sustained else 0.0
    else:
        graces = ornaments.scoops(desk, notes) if sustained and name in ("melody", "second") else ()
        depth = VIBRATO * desk.character.vibrato if sustained else 0.0
    swells = leads.messa_di_voce(desk, notes) if sustained else ()
    return _part(desk, name, program, notes, swells=swells, vibrato=round(depth, 3), graces=graces)


def _part(
    desk: Desk,
    name: str,
    program: int,
    notes: Sequence[Note],
    *,
    swells: tuple[tuple[float, float], ...] = (),
    vibrato: float = 0.0,
    graces: tuple[Ornament, ...] = (),
) -> Part:
    palette = desk.band.palette
    level = BALANCE[name] + palette.levels.get(name, 0.0) + desk.character.levels.get(name, 0.0)
    level += KIT_TRIM[program] if name == "drums" else INSTRUMENTS[program].trim
    if name in ("melody", "second") and not INSTRUMENTS[program].sustained:
        level += PLUCKED_LEAD_DB if desk.brief.genre is not Genre.SOLO_PIANO else 0.0
    if name == "bass" and INSTRUMENTS[program].sustained:
        level += BOWED_BASS_DB
    if name in ("drums", "timpani"):
        level += PERCUSSION_DB * (desk.character.percussion - 0.6)
    ordered = tuple(sorted(notes, key=lambda note: (note.start, note.pitch)))
    pan = round(STAGE[name] * palette.width, 3)
    return Part(name, program, ordered, round(level, 2), pan, swells, vibrato, graces)
