"""What comes out, measured on the decoded MP3 with instruments of the tests' own."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from music.brief import Genre, Mood, Role
from music.studio import STUDIO_VERSION, Cancelled, Piece, compose, make_piece
from music.studio.finishing.loudness import loudness
from music.studio.playing.synth.midi import MidiRendererSynth
from tests.pure.studio.commissions import commission

Sound = NDArray[np.float32]

PIECES = {
    "solo piano sadness": commission(Genre.SOLO_PIANO, Mood.SADNESS),
    "chamber love": commission(Genre.CHAMBER, Mood.LOVE, role=Role.ENTRY),
    "cinematic joy, two minutes": commission(Genre.CINEMATIC, Mood.JOY, duration=120),
    "ambient calm": commission(Genre.AMBIENT, Mood.CALM),
    "lo-fi melancholy": commission(Genre.LOFI, Mood.MELANCHOLY),
    "folk wonder, ten seconds": commission(Genre.FOLK, Mood.WONDER, duration=10),
    # Ride and brushes: of all genres the one whose peaks the encoder raises most.
    "jazz melancholy": commission(Genre.JAZZ_BALLAD, Mood.MELANCHOLY, duration=40, role=Role.ENTRY, seed=26),
    "korean anger": commission(Genre.KOREAN, Mood.ANGER),
}


@cache
def made(name: str) -> Piece:
    return make_piece(PIECES[name])


@cache
def heard(name: str) -> Sound:
    sound, rate = soundfile.read(io.BytesIO(made(name).mp3), dtype="float32")
    assert rate == 44_100
    return np.asarray(sound)


each_piece = pytest.mark.parametrize("name", PIECES)


@each_piece
def test_it_lasts_as_long_as_asked(name: str) -> None:
    seconds = len(heard(name)) / 44_100
    assert seconds == pytest.approx(PIECES[name].duration, abs=3)
    assert made(name).seconds == pytest.approx(seconds, abs=0.2)


@each_piece
def test_it_is_as_loud_as_every_other_piece(name: str) -> None:
    assert loudness(heard(name)) == pytest.approx(-16.0, abs=0.3)


@each_piece
def test_it_never_clips_nor_peaks_between_samples(name: str) -> None:
    peak = max(float(np.abs(resample_poly(heard(name)[:, side], 4, 1)).max()) for side in range(2))
    assert 20 * np.log10(peak) <= -1.0


@each_piece
def test_it_has_no_silence_inside_and_ends_in_one(name: str) -> None:
    sound = heard(name)
    windows = [np.square(sound[start : start + 22_050]).mean() for start in range(0, len(sound) - 22_050, 22_050)]
    levels = 10 * np.log10(np.array(windows) + 1e-12)
    assert levels[1:-5].min() > -50
    assert 10 * np.log10(np.square(sound[-4_410:]).mean() + 1e-12) < -50
    # The fade goes down and does not come back.
    assert levels[-1] < levels[-3] < levels[-6:-3].max() + 1


@each_piece
def test_it_begins_soon_and_does_not_end_long_before_the_file(name: str) -> None:
    sound = heard(name)
    windows = np.sqrt(np.square(sound[: len(sound) // 441 * 441]).reshape(-1, 882).mean(axis=1))
    audible = np.flatnonzero(windows > 1e-3)
    assert audible[0] * 0.01 <= 0.3
    assert (len(windows) - 1 - audible[-1]) * 0.01 <= 1.0


@each_piece
def test_it_is_stereo_without_leaning_to_a_side(name: str) -> None:
    left, right = heard(name)[:, 0], heard(name)[:, 1]
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.99
    assert abs(10 * np.log10(np.square(left).mean() / np.square(right).mean())) < 2.5


@each_piece
def test_it_is_neither_boomy_nor_shrill(name: str) -> None:
    power = np.abs(np.fft.rfft(heard(name).mean(axis=1))) ** 2
    frequencies = np.fft.rfftfreq(len(heard(name)), 1 / 44_100)
    share = {edge: power[frequencies < edge].sum() / power.sum() for edge in (30, 120, 6_000)}
    assert share[30] < 0.01
    assert share[120] < 0.35
    assert share[6_000] > 0.85


@pytest.mark.parametrize("name", ["solo piano sadness", "chamber love", "lo-fi melancholy", "ambient calm"])
def test_it_sounds_in_its_key(name: str) -> None:
    """The scale's tones carry the sound: chroma of the spectrum between two octaves below and two above middle C."""
    spectrum = np.abs(np.fft.rfft(heard(name).mean(axis=1)))
    frequencies = np.fft.rfftfreq(len(heard(name)), 1 / 44_100)
    audible = (frequencies > 65) & (frequencies < 1_100)
    pitch = 69 + 12 * np.log2(frequencies[audible] / 440)
    near = np.abs(pitch - np.round(pitch)) < 0.25
    chroma = np.bincount(np.round(pitch[near]).astype(int) % 12, weights=spectrum[audible][near] ** 2, minlength=12)
    scale = {"C": 0, "F": 5, "A": 9}[PIECES[name].key]
    steps = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10)}
    inside = sum(chroma[(scale + step) % 12] for step in steps[PIECES[name].mode])
    assert inside / chroma.sum() > 0.85
    # The tune is the loudest and need not dwell on the tonic; but more than an even share of the twelve is the tonic's.
    assert chroma[scale] / chroma.sum() > 1 / 12


def test_it_says_what_it_made() -> None:
    metadata = made("chamber love").metadata
    assert metadata["studio"] == STUDIO_VERSION
    assert metadata["key"] == "F"
    assert metadata["mode"] == "major"
    assert metadata["tempo"] == pytest.approx(80, rel=0.07)
    assert metadata["loudness_lufs"] == pytest.approx(-16, abs=0.3)
    assert isinstance(metadata["instruments"], dict)
    assert metadata["instruments"]["melody"] == "violin"
    assert isinstance(metadata["sections"], list)
    assert metadata["sections"][-1]["name"] == "coda"


def test_it_says_where_its_sections_and_motifs_are_heard() -> None:
    piece = made("cinematic joy, two minutes")
    score = compose(PIECES["cinematic joy, two minutes"])
    sections, motifs = piece.metadata["sections"], piece.metadata["motifs"]
    assert isinstance(sections, list)
    assert isinstance(motifs, list)
    assert sections[0]["at"] < 0.3
    assert [section["at"] for section in sections] == sorted(section["at"] for section in sections)
    assert sections[-1]["at"] < piece.seconds
    assert [(m["of"], m["form"], m["number"]) for m in motifs] == [(q.of, q.form, q.number) for q in score.motifs]
    assert all(0 <= motif["at"] < motif["until"] <= piece.seconds for motif in motifs)
    assert json.loads(json.dumps(piece.metadata)) == piece.metadata


def test_it_names_its_ensemble_the_leading_instrument_first() -> None:
    metadata = made("jazz melancholy").metadata
    assert isinstance(metadata["ensemble"], list)
    assert isinstance(metadata["instruments"], dict)
    assert metadata["ensemble"][0] == metadata["instruments"]["melody"]
    assert metadata["ensemble"][-1] == "brushes"
    assert sorted(metadata["ensemble"]) == sorted(set(metadata["instruments"].values()))


def test_it_brings_its_score_and_its_outline() -> None:
    piece = made("ambient calm")
    assert piece.midi[:4] == b"MThd"
    assert len(piece.peaks) == 400
    assert max(piece.peaks) == 100


@pytest.mark.parametrize("steps", [0, 1, 5, 12])
def test_it_stops_at_the_next_step_once_nobody_wants_it(steps: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > steps

    with pytest.raises(Cancelled):
        make_piece(commission(Genre.SOLO_PIANO, Mood.CALM, duration=30), cancelled=cancelled)
    assert asked == steps + 1


def test_it_asks_often_while_it_works() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return False

    brief = commission(Genre.FOLK, Mood.JOY, duration=60)
    piece = make_piece(brief, cancelled=cancelled)
    assert asked > 35
    assert piece == make_piece(brief)


def test_it_makes_the_same_piece_again_here_and_in_another_process() -> None:
    brief = commission(Genre.LOFI, Mood.JOY, duration=12)
    first = make_piece(brief)
    assert make_piece(brief) == first
    program = (
        "import hashlib, json, sys\n"
        "from music.brief import MusicBrief\n"
        "from music.studio import make_piece\n"
        "piece = make_piece(MusicBrief.from_json(json.load(sys.stdin)))\n"
        "print(hashlib.sha256(piece.mp3).hexdigest(), hashlib.sha256(piece.midi).hexdigest(), *piece.peaks)"
    )
    child = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(brief.to_json()),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    mp3, midi, *peaks = child.stdout.split()
    assert mp3 == hashlib.sha256(first.mp3).hexdigest()
    assert midi == hashlib.sha256(first.midi).hexdigest()
    assert tuple(map(int, peaks)) == first.peaks


def test_it_makes_a_whole_piece_on_the_second_engine(tmp_path_factory: pytest.TempPathFactory) -> None:
    piece = make_piece(
        commission(Genre.FOLK, Mood.JOY, duration=15), MidiRendererSynth(cache=tmp_path_factory.mktemp("f"))
    )
    sound, _ = soundfile.read(io.BytesIO(piece.mp3), dtype="float32")
    assert piece.metadata["engine"] == "midirenderer"
    assert loudness(sound) == pytest.approx(-16, abs=0.3)
    assert len(sound) / 44_100 == pytest.approx(15, rel=0.1)
