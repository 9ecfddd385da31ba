"""`manage.py compose`: a piece from the command line, without the database."""

from __future__ import annotations

import io
import json
from pathlib import Path

import mido
import pytest
import soundfile
from django.core.management import CommandError, call_command

from music.brief import Genre, Mood
from music.id3 import without_tags
from music.studio import compose, make_piece
from tests.pure.studio.commissions import commission

BRIEF = commission(Genre.FOLK, Mood.JOY, duration=10)


@pytest.fixture
def brief_file(tmp_path: Path) -> Path:
    file = tmp_path / "brief.json"
    file.write_text(json.dumps(BRIEF.to_json()))
    return file


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("compose", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_it_writes_the_piece_its_midi_file_and_its_score(brief_file: Path, tmp_path: Path) -> None:
    out, midi, score = (tmp_path / name for name in ("piece.mp3", "piece.mid", "score.json"))
    run("--brief", brief_file, "--out", out, "--midi", midi, "--json", score)
    piece = make_piece(BRIEF)
    assert out.read_bytes()[:3] == b"ID3"
    assert without_tags(out.read_bytes()) == piece.mp3
    assert soundfile.info(io.BytesIO(piece.mp3)).duration == pytest.approx(10, abs=1)
    assert midi.read_bytes() == piece.midi
    assert len(mido.MidiFile(midi).tracks) > 3
    told = json.loads(score.read_text())
    composed = compose(BRIEF)
    assert told["title"] == composed.title
    assert [part["name"] for part in told["parts"]] == [part.name for part in composed.parts]
    assert len(told["parts"][0]["notes"]) == len(composed.parts[0].notes)


def test_it_reads_a_brief_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(BRIEF.to_json())))
    assert compose(BRIEF).digest() in run("--brief", "-", "--explain")


def test_it_explains_the_score(brief_file: Path) -> None:
    told = run("--brief", brief_file, "--explain")
    score = compose(BRIEF)
    assert told.startswith("folk · joy · opening\nD major, ♩")
    assert f"{score.bars} bars" in told
    for heading in ("Form", "Theme", "Motifs", "Chords", "Parts"):
        assert f"\n{heading}" in told
    for section in score.sections:
        assert f"  {section.name} " in told
    for part in score.parts:
        assert f"{len(part.notes)} notes" in told
    chords = told[told.index("\nChords") : told.index("\nParts")]
    assert chords.count("|") >= score.bars + len(score.sections)
    assert all(harmony.name in chords for harmony in score.harmony)


def test_it_writes_the_brief_for_free_words() -> None:
    told = run("--prompt", "calm jazz ballad, 70 bpm", "--duration", "20", "--seed", "5", "--explain")
    assert told.startswith("jazz ballad · ")
    assert "♩ = 7" in told or "♩ = 6" in told
    assert run("--prompt", "calm jazz ballad, 70 bpm", "--duration", "20", "--seed", "5", "--explain") == told
    assert run("--prompt", "calm jazz ballad, 70 bpm", "--duration", "20", "--seed", "6", "--explain") != told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"duration": 9}, "duration: 10 to 300 s"),
        ({"tempo": 500}, "tempo: 40 to 180 bpm"),
        ({"tempo": "fast"}, "tempo: "),
        ({"tempo": float("inf")}, "tempo: "),
        ({"genre": "polka"}, "genre: "),
        ({"moods": "x"}, "moods: "),
        ({"moods": []}, "moods: at least one"),
        ({"key": "H"}, "key: unknown tonic"),
        ({"mode": 3}, "mode: "),
        ({"role": None}, "role: "),
        ({"chapters": [{"seed": 1}]}, "chapters: "),
        ({"valence": float("nan")}, "valence: "),
    ],
)
def test_it_names_the_field_that_is_wrong(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    file = tmp_path / "brief.json"
    file.write_text(json.dumps(BRIEF.to_json() | changes))
    with pytest.raises(CommandError, match=message):
        run("--brief", file, "--explain")


def test_it_names_the_field_that_is_missing(tmp_path: Path) -> None:
    data = BRIEF.to_json()
    del data["theme_seed"]
    file = tmp_path / "brief.json"
    file.write_text(json.dumps(data))
    with pytest.raises(CommandError, match="theme_seed: missing"):
        run("--brief", file, "--explain")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "\ufeff"])
def test_it_refuses_what_is_no_brief_at_all(text: str, tmp_path: Path) -> None:
    file = tmp_path / "brief.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=r"brief\.json"):
        run("--brief", file, "--explain")


def test_it_refuses_what_it_cannot_do(brief_file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing to do"):
        run("--brief", brief_file)
    with pytest.raises(CommandError, match="required"):
        run("--explain")
    with pytest.raises(CommandError, match="a brief has its own"):
        run("--brief", brief_file, "--seed", "3", "--explain")
    with pytest.raises(CommandError, match="duration: 10 to 300 s"):
        run("--prompt", "rain", "--duration", "5", "--explain")
    with pytest.raises(CommandError, match=r"none\.json"):
        run("--brief", tmp_path / "none.json", "--explain")
    with pytest.raises(CommandError, match=r"no\.mid"):
        run("--brief", brief_file, "--midi", tmp_path / "missing" / "no.mid")
