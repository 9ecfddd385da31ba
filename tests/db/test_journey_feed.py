"""The feed of a public journey, as podcast players read it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.test import Client

from journeys.models import Journey, Reader, Share
from music.models import MusicTrack
from tests.db.shared import MEMO, QUOTE, finish, shared, written

pytestmark = pytest.mark.django_db

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


@pytest.fixture
def full(journey: Journey) -> Journey:
    written(journey)
    finish(journey, 1)
    return journey


def channel(client: Client, token: str, **headers: str) -> ElementTree.Element:
    answer = client.get(f"/j/{token}/feed.xml", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own answer
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    found = root.find("channel")
    assert found is not None
    return found


def test_it_says_what_it_is(client: Client, full: Journey) -> None:
    token = shared(full, visibility="public", line="나의 알을 깨다").token
    feed = channel(client, token)
    assert (feed.findtext("title"), feed.findtext("description")) == ("데미안 · 독서 여정", "나의 알을 깨다")
    assert feed.findtext("link") == f"http://testserver/j/{token}"
    assert feed.findtext("language") == "ko"
    picture = feed.find(f"{ITUNES}image").get("href")  # type: ignore[union-attr]
    assert feed.findtext("image/url") == picture == f"http://testserver/j/{token}/album.jpg"
    answer = client.get(f"/j/{token}/album.jpg")
    assert (answer["Content-Type"], answer.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")


def test_every_finished_piece_is_an_episode_with_its_sound(client: Client, full: Journey) -> None:
    items = channel(client, shared(full, visibility="public").token).findall("item")
    assert [item.findtext("title") for item in items] == ["데미안 · v1", "데미안 · v0"]
    assert [item.findtext(f"{ITUNES}episode") for item in items] == ["2", "1"]
    for item, track in zip(items, MusicTrack.objects.order_by("-log__version"), strict=True):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        assert enclosure.get("type") == "audio/mpeg"
        whole = client.get(enclosure.get("url", "").removeprefix("http://testserver"))
        data = b"".join(whole.streaming_content)
        assert int(enclosure.get("length", "")) == len(data) == track.file_size
        assert int(item.findtext(f"{ITUNES}duration") or 0) == round(track.audio_seconds or 0)


def test_an_episode_is_the_same_one_tomorrow(client: Client, full: Journey) -> None:
    token = shared(full, visibility="public").token
    ids = [item.findtext("guid") for item in channel(client, token).findall("item")]
    assert len(set(ids)) == 2
    shared(full, visibility="public", line="다른 줄")
    assert [item.findtext("guid") for item in channel(client, token).findall("item")] == ids


def test_dates_tell_when_it_was_published_and_not_when_it_was_read(client: Client, full: Journey) -> None:
    share = shared(full, visibility="public")
    for item in channel(client, share.token).findall("item"):
        date = parsedate_to_datetime(item.findtext("pubDate") or "")
        assert date >= share.created_at.replace(microsecond=0)


def test_only_what_was_chosen_is_told(client: Client, full: Journey) -> None:
    def told(**wishes: bool) -> str:
        token = shared(full, visibility="public", **wishes).token
        return client.get(f"/j/{token}/feed.xml").content.decode()

    assert QUOTE in told()
    assert MEMO not in told()
    assert "alice" not in told()
    assert QUOTE not in told(shows_quotes=False)
    assert MEMO in told(shows_memos=True)
    assert "<itunes:author>alice</itunes:author>" in told(shows_name=True)


def test_it_is_in_its_readers_language_whoever_asks(client: Client, full: Journey, alice: Reader) -> None:
    token = shared(full, visibility="public").token
    assert channel(client, token, **{"Accept-Language": "en"}).findtext("language") == "ko"
    Reader.objects.filter(pk=alice.pk).update(language="en")
    assert channel(client, token, **{"Accept-Language": "ko"}).findtext("language") == "en"


def test_an_unlisted_journey_has_none(client: Client, full: Journey) -> None:
    assert client.get(f"/j/{shared(full).token}/feed.xml").status_code == 404


def test_what_xml_cannot_say_is_left_out(client: Client, full: Journey) -> None:
    full.logs.filter(version=1).update(quote="a\x0bbc\x1b")
    share = shared(full, visibility="public", shows_quotes=True)
    Share.objects.update(line="x\x07y")
    feed = channel(client, share.token)
    assert feed.findtext("description") == "xy"
    assert "abc" in (feed.findtext("item/description") or "")
