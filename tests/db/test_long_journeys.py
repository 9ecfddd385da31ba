"""A journey with many logs: pages of them, links that find each, its picture, and logs without music."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Journey, ReadingLog
from journeys.record.logs import PER_PAGE, log_page
from journeys.record.timeline import MOST_POINTS, timeline_of
from journeys.services import LogEntry, add_log, ask_for_music, finish_journey
from music.brief import Mood
from music.models import MusicTrack
from music.presentation import audio_path, card_for, page_url
from tests.db.steps import advance

pytestmark = pytest.mark.django_db
MANY = 130


@pytest.fixture
def long(journey: Journey) -> Journey:
    """v0 with its piece, and imported logs without."""
    ReadingLog.objects.bulk_create(
        ReadingLog(journey=journey, version=version, memo=f"{version}", emotions=["joy"], logged_on=date(2026, 1, 1))
        for version in range(1, MANY + 1)
    )
    return journey


def versions(client: Client, url: str) -> list[int]:
    return [entry.log.version for entry in client.get(url).context["entries"]]


def test_older_and_newer_pages_lead_through_all_of_them(as_alice: Client, long: Journey) -> None:
    url = long.get_absolute_url()
    seen: list[int] = []
    before = None
    while True:
        page = log_page(long, before=before)
        seen += [log.version for log in page.logs]
        before = page.older
        if before is None:
            break
    assert seen == list(range(MANY, -1, -1))
    assert versions(as_alice, url) == seen[:PER_PAGE]
    assert versions(as_alice, f"{url}?before=20") == list(range(19, -1, -1))
    assert log_page(long, before=20).newer == 40
    assert log_page(long, before=MANY).newer is None


@pytest.mark.parametrize("version", [0, 1, 57, MANY - 20, MANY - 19, MANY])
def test_a_link_to_a_log_opens_the_page_that_it_is_on(as_alice: Client, long: Journey, version: int) -> None:
    log = long.logs.get(version=version)
    page = as_alice.get(log.get_absolute_url()).content.decode()
    assert f'id="log-{log.pk}"' in page


def test_a_link_to_a_piece_opens_the_page_that_it_is_on(as_alice: Client, long: Journey) -> None:
    track = MusicTrack.objects.get()
    address, anchor = page_url(track).split("#")
    assert f'id="{anchor}"' in as_alice.get(address).content.decode()


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=99999999999999999999", "log=", "log=٣", "before=0"])
def test_an_address_that_was_tampered_with_is_a_page(as_alice: Client, long: Journey, asked: str) -> None:
    assert as_alice.get(f"{long.get_absolute_url()}?{asked}").status_code == 200


def test_its_picture_has_a_link_for_each_log_or_for_a_few_of_a_long_one(as_alice: Client, long: Journey) -> None:
    timeline = timeline_of(long)
    assert timeline
    assert len(timeline.dots) <= MOST_POINTS
    assert (timeline.dots[0].labels, timeline.dots[-1].labels.split("–")[-1]) == ("v0–v2", f"v{MANY}")
    for dot in (timeline.dots[0], timeline.dots[-1]):
        address, anchor = dot.url.split("#")
        assert f'id="{anchor}"' in as_alice.get(address).content.decode()


def test_pleasant_is_up_and_the_list_says_the_same_as_the_picture(as_alice: Client, journey: Journey) -> None:
    add_log(journey, LogEntry(memo="x", emotions=(Mood.SADNESS,)))
    add_log(journey, LogEntry(memo="x", emotions=(Mood.JOY,)))
    finish_journey(journey, LogEntry())
    timeline = timeline_of(journey)
    assert timeline
    assert [dot.labels for dot in timeline.dots] == ["v0", "v1", "v2", "vFinal"]
    assert timeline.dots[1].mood == Mood.SADNESS
    assert timeline.dots[1].y > timeline.dots[2].y
    page = as_alice.get(journey.get_absolute_url()).content.decode()
    assert len(re.findall(r'<a class="timeline-dot" href="[^"]+#log-[^"]+" tabindex="-1"', page)) == 4
    assert "v1, " in page


def test_the_list_tells_and_plays_the_piece_of_each_log(as_alice: Client, journey: Journey) -> None:
    add_log(journey, LogEntry(memo="x", emotions=(Mood.SADNESS,)))
    ReadingLog.objects.create(journey=journey, version=2, emotions=["joy"], logged_on=date(2026, 1, 1))
    first = advance(MusicTrack.objects.get(log__version=0))
    MusicTrack.objects.filter(pk=first.pk).update(audio_seconds=59.98)
    addresses = (page_url(first), audio_path(first))
    with CaptureQueriesContext(connection) as seen:
        timeline = timeline_of(journey)
        assert timeline
        ready, waiting, silent = [dot.piece for dot in timeline.dots]
        assert (ready and ready.page_url, ready and ready.audio_url) == addresses
    assert len(seen) == 1
    assert silent is None
    told = card_for(first).explanation
    assert ready
    assert told
    assert ready.facts.startswith(f"{told.key.split(' — ')[0]}, {told.tempo}, ")
    assert ready.facts.endswith(", 1:00")
    assert timeline.dots[0].title.endswith(f"데미안 · v0 — {ready.facts}")
    assert waiting
    assert (waiting.is_ready, waiting.audio_url, waiting.facts) == (False, "", "음악 생성 중")
    html = as_alice.get(journey.get_absolute_url()).content.decode()
    listed = html[html.index("timeline-list") :].split("</ol>")[0]
    assert listed.count('<a class="play" href="/api/music/') == 1
    assert listed.count('<a class="play" hidden data-play') == 1
    assert (
        f'data-id="{first.pk}" data-title="데미안 · v0" data-album-title="데미안" data-artist="헤르만 헤세"' in listed
    )


def test_where_a_dot_stands_for_several_logs_the_first_that_can_be_heard_is(journey: Journey) -> None:
    for _ in range(MOST_POINTS + 1):
        add_log(journey, LogEntry(memo="x"))
    for version in (3, 4, 5):
        advance(MusicTrack.objects.get(log__version=version))
    timeline = timeline_of(journey)
    assert timeline
    first, second, third, *_others = timeline.dots
    assert [dot.labels for dot in (first, second, third)] == ["v0–v1", "v2–v3", "v4–v5"]
    assert [(dot.piece and dot.piece.track.title, dot.more) for dot in (first, second, third)] == [
        ("데미안 · v0", 0),
        ("데미안 · v3", 0),
        ("데미안 · v4", 1),
    ]


def test_one_log_is_no_picture(journey: Journey) -> None:
    assert timeline_of(journey) is None


def test_a_log_without_music_says_so_everywhere(as_alice: Client, alice_api: APIClient, long: Journey) -> None:
    log = long.logs.get(version=MANY)
    page = as_alice.get(long.get_absolute_url()).content.decode()
    assert f"/logs/{log.pk}/music" in page
    assert alice_api.get(f"/api/journeys/{long.pk}/logs/{log.pk}").json()["music_track"] is None
    bodies = alice_api.get(f"/api/journeys/{long.pk}/logs").json()["logs"]
    assert [body["music_track"] is None for body in bodies[:2]] == [False, True]
    assert as_alice.get("/").status_code == 200


def test_its_music_is_asked_for_once_as_if_it_had_just_been_written(journey: Journey) -> None:
    log = ReadingLog.objects.create(
        journey=journey, version=7, memo="너무 슬퍼서 펑펑 울었다", logged_on=date(2026, 1, 1)
    )
    track = ask_for_music(log)
    assert ask_for_music(log) == track
    assert (track.title, track.number, track.brief["role"], track.mood) == ("데미안 · v7", 8, "entry", "sadness")
    assert track.brief["theme_seed"] == journey.theme_seed


def test_the_page_and_the_api_ask_for_it(as_alice: Client, alice_api: APIClient, long: Journey) -> None:
    first, second = long.logs.get(version=1), long.logs.get(version=2)
    answer = as_alice.post(f"/journeys/{long.pk}/logs/{first.pk}/music")
    assert (answer.status_code, answer["Location"]) == (303, first.get_absolute_url())
    for _ in range(2):
        asked = alice_api.post(f"/api/journeys/{long.pk}/logs/{second.pk}/music")
        assert (asked.status_code, asked.json()["log_id"]) == (202, str(second.pk))
    assert MusicTrack.objects.count() == 3
