"""A configured language model writes the brief before the piece is made, once, and can never stop it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from journeys.models import Journey
from journeys.services import LogEntry, add_log, remake_piece
from music import generation
from music.brief import Mood, MusicBrief
from music.models import MusicTrack
from tests.db.steps import advance, make_due
from tests.pure.test_llm import CHOICES, running, says, send

MEMO = "The train left and nobody waved."


@pytest.fixture
def model(settings: Any) -> Any:
    with running(lambda handler, body: says(_choices(body))(handler, body)) as model:
        settings.BRIEF_LLM_BASE_URL = model.base
        settings.BRIEF_LLM_MODEL = "small"
        settings.BRIEF_LLM_SECONDS = 2.0
        yield model


def _choices(body: dict[str, Any]) -> dict[str, Any]:
    """Choices that suit whatever genre the journey has: the first instrument the instructions allow."""
    able = body["messages"][0]["content"].split("Instruments, one to 4 of: ")[1].split(".")[0].split(", ")
    return {**CHOICES, "instruments": able[:2]}


def written(journey: Journey, memo: str = MEMO) -> MusicTrack:
    return MusicTrack.objects.get(log=add_log(journey, LogEntry(memo=memo)))


@pytest.mark.django_db
def test_it_asks_once_and_keeps_the_answer_with_the_track(journey: Journey, model: Any) -> None:
    track = written(journey)
    before = track.brief
    assert advance(track).status == "completed"
    assert (track.mood, track.tempo, track.brief_writer) == ("sadness", 58, "small")
    assert track.brief["moods"][0][0] == "sadness"
    assert track.brief["why"] == before["why"]
    assert "58 BPM" in track.prompt
    assert [event.kind for event in track.events.all()].count("rewritten") == 1
    assert len(model.requests) == 1
    assert json.loads(model.requests[0]["messages"][1]["content"]) == {"texts": [MEMO]}


@pytest.mark.django_db
def test_a_remake_is_read_from_the_log_and_not_from_the_books_title(journey: Journey, model: Any) -> None:
    track = advance(written(journey))
    assert remake_piece(track)
    make_due(remake := MusicTrack.objects.get(replaces=track))
    generation.advance(remake.pk)
    texts = [json.loads(request["messages"][1]["content"])["texts"] for request in model.requests]
    assert texts == [[MEMO], [MEMO]]


@pytest.mark.django_db
def test_a_feeling_that_the_reader_chose_is_not_asked_about(journey: Journey, model: Any) -> None:
    track = MusicTrack.objects.get(log=add_log(journey, LogEntry(memo=MEMO, emotions=(Mood.JOY,))))
    assert advance(track).mood == "joy"
    assert model.requests == []


@pytest.mark.django_db
def test_a_model_that_fails_changes_nothing(journey: Journey, model: Any) -> None:
    model.answer = lambda handler, _body: send(handler, b"out of memory", 500)
    track = written(journey)
    before = (track.brief, track.mood, track.prompt)
    assert advance(track).status == "completed"
    assert (track.brief, track.mood, track.prompt, track.brief_writer) == (*before, "")
    assert len(model.requests) == 1


@pytest.mark.django_db
def test_without_an_address_nothing_is_asked(journey: Journey, model: Any, settings: Any) -> None:
    settings.BRIEF_LLM_BASE_URL = ""
    assert advance(written(journey)).status == "completed"
    assert model.requests == []


@pytest.mark.django_db
def test_who_does_not_hold_the_track_cannot_rewrite_it(journey: Journey) -> None:
    track = written(journey)
    brief = track.brief
    assert not track.rewrite_brief(MusicBrief.from_json({**brief, "tempo": 60}), writer="small")
    track.refresh_from_db()
    assert (track.brief, track.brief_writer) == (brief, "")
