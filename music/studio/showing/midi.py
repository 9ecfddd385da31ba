"""The score as a Standard MIDI File: what a reader opens in a notation program or a sequencer.

Format 1: one track that conducts (tempo, meter, key, the sections as markers) and one for each part. Notes stand where
the score has them, not where a performance put them, so that bars fall on bar lines; only the slowing of the end is
written into the tempo. Vibrato and ornaments are pitch bends within two semitones.

Written byte by byte: a library's objects for thousands of bends would cost a tenth of what the whole sound does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from music.studio.instruments import INSTRUMENTS, KIT_NAMES
from music.studio.pitches import parent_major, time_signature
from music.studio.playing.bending import LONG_NOTE, gesture, trembling, vibrato
from music.studio.playing.performance import Clock
from music.studio.score import Note, Part, Score

TICKS_PER_QUARTER = 960
DRUM_CHANNEL = 9
MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
# Tempo is written anew where the performance leaves it by more than its breathing in phrases.
STEADY = 0.03
# A part at 0 dB; General MIDI's controllers go with the square of their value.
LEVEL_AT_ZERO = 100
LEVEL_EXPONENT = 40
SWELL_BEATS = 0.25
RESTRIKE_TICKS = 10
BEND_STEP = 0.04
BEND_RANGE = 2
"""Semitones the wheel goes either way, which the file itself asks for."""

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, WHEEL = 0x80, 0x90, 0xB0, 0xC0, 0xE0
VOLUME, PLACE, EXPRESSION, REVERB = 7, 10, 11, 91
# Controllers 101 and 100 name a parameter, here the wheel's range; 6 and 38 set it; 127, 127 names none any more.
WHEEL_RANGE = ((101, 0), (100, 0), (6, BEND_RANGE), (38, 0), (101, 127), (100, 127))
TRACK_NAME, INSTRUMENT_NAME, MARKER, TRACK_END, TEMPO, METER, KEY = 0x03, 0x04, 0x06, 0x2F, 0x51, 0x58, 0x59
SHARPS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "C#": -5, "Db": -5, "Ab": -4, "Eb": -3, "Bb": -2,
          "F": -1}  # fmt: skip

# A message and the tick it belongs to; of those at one tick, the lower rank is sent first.
Timed = tuple[int, int, bytes]


def to_midi(score: Score) -> bytes:
    """The score as the bytes of a format 1 file; equal scores give equal bytes."""
    conductor: list[Timed] = [
        (0, 0, _meta(TRACK_NAME, _text(score.title))),
        (0, 0, _meta(METER, _meter(score))),
        (0, 0, _meta(KEY, _signature(score))),
        *_tempi(score),
        *((_tick(score, s.start * score.meter.beats), 2, _meta(MARKER, _text(s.name))) for s in score.sections),
    ]
    tracks = [_track(conductor, score)]
    tracks += [_track(_part(parts, channel, score), score) for parts, channel in _channels(score)]
    return _chunk(b"MThd", struct.pack(">HHH", 1, len(tracks), TICKS_PER_QUARTER)) + b"".join(tracks)


def _tick(score: Score, beat: float) -> int:
    """A beat is a quarter, in compound meters a dotted one."""
    return round(beat * TICKS_PER_QUARTER * _quarters(score))


def _quarters(score: Score) -> float:
    return 1.0 if score.meter.division == 2 else 1.5


def _meter(score: Score) -> bytes:
    """Numerator, the denominator's power of two, MIDI clocks a click (24 a quarter), 32nds a quarter."""
    numerator, denominator = time_signature(score.meter)
    return bytes((numerator, denominator.bit_length() - 1, 24 if score.meter.division == 2 else 36, 8))


def _signature(score: Score) -> bytes:
    """A mode has the accidentals of the major key it belongs to; minor alone is named as itself."""
    return struct.pack("bB", SHARPS[parent_major(score.tonic, score.mode)], score.mode == "minor")


def _tempi(score: Score) -> Iterator[Timed]:
    clock = Clock(score)
    written = 0.0
    for half in range(round(2 * score.beats)):
        beat = half / 2
        played = 60 * 0.5 / max(clock.seconds(beat + 0.5) - clock.seconds(beat), 1e-6)
        tempo = score.tempo if abs(played / score.tempo - 1) <= STEADY else played
        if abs(tempo - written) > 1e-9:
            written = tempo
            quarter = round(60_000_000 / tempo / _quarters(score))
            yield _tick(score, beat), 1, _meta(TEMPO, quarter.to_bytes(3, "big"))


def _channels(score: Score) -> list[tuple[list[Part], int]]:
    """The parts with their channels: all drums together on the tenth, the others one each while there are enough."""
    pitched = [part for part in score.parts if not part.drums]
    drums = [part for part in score.parts if part.drums]
    channels = [([part], MELODIC_CHANNELS[index % len(MELODIC_CHANNELS)]) for index, part in enumerate(pitched)]
    return [*channels, (drums, DRUM_CHANNEL)] if drums else channels


def _part(parts: list[Part], channel: int, score: Score) -> list[Timed]:
    first = parts[0]
    name = KIT_NAMES[first.program] if first.drums else INSTRUMENTS[first.program].name

    def control(number: int, value: int) -> bytes:
        return bytes((CONTROL | channel, number, value))

    events: list[Timed] = [
        (0, 0, _meta(TRACK_NAME, _text(name if first.drums else f"{name} ({first.name})"))),
        (0, 0, _meta(INSTRUMENT_NAME, _text(name))),
        (0, 1, bytes((PROGRAM | channel, first.program))),
        (0, 1, control(VOLUME, _controller(first.level, LEVEL_AT_ZERO))),
        (0, 1, control(PLACE, min(127, max(0, round(64 + 63 * first.pan))))),
        (0, 1, control(REVERB, min(127, round(127 * score.wet)))),
    ]
    if any(part.vibrato or part.ornaments for part in parts):
        events += [(0, 1, control(number, value)) for number, value in WHEEL_RANGE]
    for part in parts:
        events += [(_tick(score, beat), 2, control(EXPRESSION, value)) for beat, value in _expression(part)]
        events += _bends(part, channel, score)
        events += _notes(part.notes, channel, score)
    return events


def _bends(part: Part, channel: int, score: Score) -> Iterator[Timed]:
    """The wheel's way, where it moves; level notes between are reached by its return to the middle."""
    beat = 60 / score.tempo
    shaken = trembling(part)
    moves: list[tuple[float, float]] = []
    for note in part.notes:
        if note in shaken and note.length * beat >= LONG_NOTE:
            curve = vibrato(note.length * beat, part.vibrato, BEND_STEP)
            moves += [(note.start + since / beat, bend) for since, bend in curve]
    for ornament in part.ornaments:
        curve = gesture(ornament, ornament.length * beat, BEND_STEP)
        moves += [(ornament.start + since / beat, bend) for since, bend in curve]
    last = 0.0
    for at, bend in sorted(moves):
        if bend != last:
            last = bend
            value = min(max(8192 + round(bend * 8192 / BEND_RANGE), 0), 16383)
            yield _tick(score, at), 3, bytes((WHEEL | channel, value & 0x7F, value >> 7))


def _expression(part: Part) -> Iterator[tuple[float, int]]:
    """The part's swells as controller values, where they change."""
    last = -1
    for (beat, level), (next_beat, next_level) in zip(part.swells, part.swells[1:], strict=False):
        steps = max(1, int((next_beat - beat) / SWELL_BEATS))
        for step in range(steps):
            value = _controller(level + (next_level - level) * step / steps, 127)
            if value != last:
                last = value
                yield beat + (next_beat - beat) * step / steps, value


def _notes(notes: Iterable[Note], channel: int, score: Score) -> Iterator[Timed]:
    following: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: (note.start, note.length, note.velocity), reverse=True):
        start, end = _tick(score, note.start), _tick(score, note.start + note.length)
        # One channel cannot hold a pitch twice: an end that comes late would silence the note struck meanwhile.
        again = following.get(note.pitch)
        if again is not None and again <= start:
            continue
        if again is not None:
            end = min(end, max(start + 1, again - RESTRIKE_TICKS))
        following[note.pitch] = start
        yield start, 5, bytes((NOTE_ON | channel, note.pitch, note.velocity))
        yield max(end, start + 1), 4, bytes((NOTE_OFF | channel, note.pitch, 64))


def _track(events: list[Timed], score: Score) -> bytes:
    """Events in order, and the end of the track where the piece ends."""
    content = bytearray()
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        content += _length(tick - now)
        content += message
        now = tick
    content += _length(max(0, _tick(score, score.beats) - now)) + _meta(TRACK_END, b"")
    return _chunk(b"MTrk", bytes(content))


def _chunk(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(4, "big") + content


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _length(len(content)) + content


def _text(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _length(value: int) -> bytes:
    """A number in the format's variable length: seven bits a byte, the highest first."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def _controller(decibels: float, at_zero: int) -> int:
    return min(127, max(1, round(at_zero * 10 ** (decibels / LEVEL_EXPONENT))))
