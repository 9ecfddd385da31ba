"""The MIDI file, read back with mido and by hand."""

from __future__ import annotations

import io
from dataclasses import replace

import mido
import pytest

from music.brief import Genre, Mood
from music.studio import compose
from music.studio.playing.performance import Clock
from music.studio.score import Gesture, Harmony, Meter, Note, Ornament, Part, Score, Section
from music.studio.showing.midi import TICKS_PER_QUARTER, to_midi
from tests.pure.studio.commissions import commission

FOUR, TWELVE_EIGHT = Meter(4, 2), Meter(4, 3)


def score(*parts: Part, meter: Meter = FOUR, **changes: object) -> Score:
    plain = Score(
        title="chamber · love · opening",
        tonic=9,
        mode="minor",
        scale=(9, 11, 0, 2, 4, 5, 7),
        tempo=90.0,
        meter=meter,
        swing=0.5,
        bars=8,
        sections=(Section("intro", 0, 2), Section("A", 2, 6)),
        harmony=(Harmony(0, 32, "Am", (9, 0, 4)),),
        motifs=(),
        parts=parts,
        slowing=0.3,
        tail=2.0,
        room=1.5,
        wet=0.2,
        seed=1,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


MELODY = Part(
    "melody",
    40,
    (Note(0.0, 1.0, 69, 80), Note(1.0, 0.5, 72, 90), Note(1.5, 2.5, 76, 100)),
    level=-2.0,
    pan=0.5,
    swells=((0.0, -6.0), (4.0, 0.0), (8.0, -6.0)),
)
BASS = Part("bass", 32, (Note(0.0, 4.0, 45, 70),), pan=-1.0)
DRUMS = Part("drums", 40, (Note(0.0, 0.25, 36, 100), Note(1.0, 0.25, 38, 90)))


def read(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data))


def absolute(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    now, events = 0, []
    for message in track:
        now += message.time
        events.append((now, message))
    return events


def notes(track: mido.MidiTrack) -> list[tuple[int, int, int, int]]:
    """(start, length, pitch, velocity) in ticks."""
    open_notes: dict[int, tuple[int, int]] = {}
    found = []
    for tick, message in absolute(track):
        if message.type == "note_on":
            assert message.note not in open_notes
            open_notes[message.note] = (tick, message.velocity)
        elif message.type == "note_off":
            start, velocity = open_notes.pop(message.note)
            found.append((start, tick - start, message.note, velocity))
    assert not open_notes
    return sorted(found)


def test_it_gives_each_part_a_track_with_its_notes_program_and_place() -> None:
    file = read(to_midi(score(MELODY, BASS, DRUMS)))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, TICKS_PER_QUARTER, 4)
    melody, bass, drums = file.tracks[1:]
    assert [track.name for track in (melody, bass, drums)] == ["violin (melody)", "double bass (bass)", "brushes"]
    assert notes(melody) == [(0, 960, 69, 80), (960, 480, 72, 90), (1440, 2400, 76, 100)]
    assert notes(bass) == [(0, 3840, 45, 70)]
    programs = {m.channel: m.program for track in file.tracks for m in track if m.type == "program_change"}
    assert programs == {0: 40, 1: 32, 9: 40}
    pans = [m.value for track in (melody, bass) for m in track if m.type == "control_change" and m.control == 10]
    assert pans == [96, 1]
    levels = [m.value for track in (melody, bass) for m in track if m.type == "control_change" and m.control == 7]
    assert levels[0] < levels[1] == 100


def test_it_writes_swells_as_expression() -> None:
    melody = read(to_midi(score(MELODY))).tracks[1]
    values = [(tick, m.value) for tick, m in absolute(melody) if m.type == "control_change" and m.control == 11]
    assert values[0] == (0, 90)
    assert max(values, key=lambda entry: entry[1]) == (3840, 127)
    assert [value for tick, value in values if tick <= 3840] == sorted(value for tick, value in values if tick <= 3840)


def test_it_tells_tempo_meter_key_and_sections() -> None:
    conductor = read(to_midi(score(MELODY))).tracks[0]
    events = absolute(conductor)
    assert [m.key for _, m in events if m.type == "key_signature"] == ["Am"]
    assert [(m.numerator, m.denominator) for _, m in events if m.type == "time_signature"] == [(4, 4)]
    assert [(tick, m.text) for tick, m in events if m.type == "marker"] == [(0, "intro"), (2 * 3840, "A")]
    tempi = [(tick, mido.tempo2bpm(m.tempo)) for tick, m in events if m.type == "set_tempo"]
    assert tempi[0] == (0, pytest.approx(90, abs=0.01))
    assert all(tick >= 6 * 3840 for tick, _ in tempi[1:])
    assert [bpm for _, bpm in tempi] == sorted((bpm for _, bpm in tempi), reverse=True)
    assert 60 < tempi[-1][1] < 75


@pytest.mark.parametrize(
    ("tonic", "mode", "signature"),
    [(0, "major", "C"), (2, "dorian", "C"), (5, "lydian", "C"), (4, "phrygian", "C"), (7, "mixolydian", "C"),
     (0, "minor", "Cm"), (10, "minor", "Bbm"), (1, "major", "Db"), (6, "major", "F#"), (8, "minor", "G#m")],
)  # fmt: skip
def test_it_signs_modes_with_their_accidentals(tonic: int, mode: str, signature: str) -> None:
    conductor = read(to_midi(score(MELODY, tonic=tonic, mode=mode))).tracks[0]
    assert [m.key for m in conductor if m.type == "key_signature"] == [signature]


def test_it_counts_a_compound_beat_as_a_dotted_quarter() -> None:
    file = read(to_midi(score(MELODY, meter=TWELVE_EIGHT)))
    conductor, melody = file.tracks
    assert [(m.numerator, m.denominator) for m in conductor if m.type == "time_signature"] == [(12, 8)]
    assert notes(melody)[1][:2] == (1440, 720)
    assert mido.tempo2bpm(next(m.tempo for m in conductor if m.type == "set_tempo")) == pytest.approx(135, abs=0.01)


def test_it_ends_a_pitch_before_striking_it_again() -> None:
    twice = Part("melody", 0, (Note(0.0, 3.0, 60, 80), Note(2.0, 1.0, 60, 80), Note(2.0, 0.5, 60, 70)))
    melody = read(to_midi(score(twice))).tracks[1]
    first, second = notes(melody)
    assert first[0] + first[1] < second[0] == 1920
    assert second[1] == 960


def test_it_has_one_drum_track_on_the_tenth_channel() -> None:
    file = read(to_midi(score(MELODY, DRUMS, replace(DRUMS, notes=(Note(2.0, 0.25, 42, 60),)))))
    assert len(file.tracks) == 3
    assert [pitch for _, _, pitch, _ in notes(file.tracks[2])] == [36, 38, 42]
    assert {m.channel for m in file.tracks[2] if not m.is_meta} == {9}


def test_it_keeps_pitched_parts_off_the_drum_channel() -> None:
    file = read(to_midi(score(*(replace(BASS, name=f"bass {n}") for n in range(12)))))
    channels = [next(m.channel for m in track if not m.is_meta) for track in file.tracks[1:]]
    assert len(set(channels)) == 12
    assert 9 not in channels


@pytest.mark.parametrize("genre", list(Genre))
def test_it_exports_every_genre_note_by_note_and_the_same_every_time(genre: Genre) -> None:
    composed = compose(commission(genre, Mood.JOY, duration=40))
    data = to_midi(composed)
    assert to_midi(composed) == data
    file = read(data)
    quarter = TICKS_PER_QUARTER * (1.5 if composed.meter.division == 3 else 1)
    for part, track in zip((p for p in composed.parts if not p.drums), file.tracks[1:], strict=False):
        struck = {(round(note.start * quarter), note.pitch) for note in part.notes}
        assert {(start, pitch) for start, _, pitch, _ in notes(track)} == struck
    assert file.length == pytest.approx(Clock(composed).seconds(composed.beats), rel=0.02)


def wheel(track: mido.MidiTrack) -> list[tuple[int, float]]:
    """(tick, semitones) of every pitch bend."""
    return [(tick, message.pitch / 4096) for tick, message in absolute(track) if message.type == "pitchwheel"]


def test_it_writes_vibrato_as_bends_that_grow_and_end_level() -> None:
    track = read(to_midi(score(replace(MELODY, vibrato=0.3)))).tracks[1]
    controls = [(m.control, m.value) for m in track if m.type == "control_change"]
    asked = controls.index((101, 0))
    assert controls[asked : asked + 4] == [(101, 0), (100, 0), (6, 2), (38, 0)]
    bends = wheel(track)
    assert max(bend for _, bend in bends) == pytest.approx(0.3, abs=0.03)
    assert min(bend for _, bend in bends) == pytest.approx(-0.3, abs=0.03)
    # The half beat in the middle is too short for any; the others set in late.
    assert not [tick for tick, bend in bends if 960 < tick < 1800 and bend]
    assert bends[-1] == (1440 + 2400, 0)


@pytest.mark.parametrize(
    ("gesture", "extreme", "first"),
    [(Gesture.BREAK, 1.5, True), (Gesture.SCOOP, -1.5, True), (Gesture.PUSH, 1.5, False), (Gesture.SIGH, -1.5, False)],
)
def test_it_writes_slides_as_bends(gesture: Gesture, extreme: float, first: bool) -> None:
    part = replace(BASS, name="melody", ornaments=(Ornament(2.0, 1.0, gesture, 1.5),))
    bends = wheel(read(to_midi(score(part))).tracks[1])
    assert bends[0][0] >= 1920
    assert bends[-1] == (2880, 0)
    assert max((bend for _, bend in bends), key=abs) == pytest.approx(extreme, abs=0.25)
    assert (bends[0][1] == pytest.approx(extreme, abs=0.01)) is first


def test_it_leaves_the_wheel_alone_where_nothing_bends() -> None:
    track = read(to_midi(score(BASS))).tracks[1]
    assert not wheel(track)
    assert not [message for message in track if message.type == "control_change" and message.control == 101]
