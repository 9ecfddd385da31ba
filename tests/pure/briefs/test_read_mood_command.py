"""`manage.py read_mood`, without a database."""

import io
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from music.brief import Mood


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("read_mood", str(path), stdout=out, stderr=err, **options)
    return [line.split("\t") for line in out.getvalue().splitlines()], err.getvalue()


def test_it_prints_a_line_of_five_fields_for_each_text(tmp_path):
    file = tmp_path / "texts.tsv"
    file.write_bytes(
        '\ufeffid\ttext\r\n1\t정말 즐겁고 행복하다!\r\nb 2\tscared,\tso scared\n\n3\t\n4\t"p. 42\n'.encode()
    )
    lines, err = run(file)
    assert [line[0] for line in lines] == ["1", "b 2", "3", "4"]
    assert [line[1] for line in lines[:2]] == ["joy", "tension"]
    for _, mood, valence, arousal, confidence in lines:
        assert mood in set(Mood)
        for number in (valence, arousal, confidence):
            assert number == f"{float(number):.3f}"
        assert -1 <= float(valence) <= 1
        assert -1 <= float(arousal) <= 1
        assert 0 < float(confidence) <= 1
    assert err == ""


def test_it_names_bad_lines_after_doing_the_others(tmp_path):
    file = tmp_path / "texts.tsv"
    file.write_text("1\thappy\nno tab here\n3\tsad\n", encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError):
        call_command("read_mood", str(file), stdout=out, stderr=err)
    assert [line.split("\t")[0] for line in out.getvalue().splitlines()] == ["1", "3"]
    assert "line 2" in err.getvalue()


def test_it_reads_standard_input(monkeypatch):
    class Input:
        buffer = io.BytesIO("x\t무서워서 잠을 못 잤다".encode())

    monkeypatch.setattr("sys.stdin", Input)
    assert [line[:2] for line in run("-")[0]] == [["x", "tension"]]


def test_it_says_that_a_file_is_missing(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.tsv"):
        run(tmp_path / "nowhere.tsv")


@pytest.mark.skipif(os.name != "posix", reason="pipes of another kind")
def test_it_ends_quietly_when_nobody_listens_any_more(tmp_path):
    file = tmp_path / "texts.tsv"
    file.write_text("1\thappy\n", encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "django", "read_mood", str(file), "--settings", "tests.settings"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1
