"""What everybody with the address sees of a shared journey, and what nobody does."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from journeys import publication
from journeys.models import Journey, ReadingLog
from journeys.pages import feed
from journeys.services import LogEntry, add_log
from music.models import MusicTrack
from music.presentation import cards_for
from tests.db.shared import MEMO, QUOTE, finish, shared, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(journey: Journey) -> Journey:
    """Two logs, both with their music."""
    written(journey)
    finish(journey, 1)
    return journey


def page(client: Client, token: str) -> str:
    return client.get(f"/j/{token}").content.decode()


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wish", "words"),
    [("shows_quotes", QUOTE), ("shows_memos", MEMO), ("shows_feelings", "슬픔"), ("shows_name", "alice")],
)
def test_each_thing_is_there_only_if_it_was_chosen(client: Client, full: Journey, wish: str, words: str) -> None:
    none = dict.fromkeys(("shows_quotes", "shows_memos", "shows_feelings", "shows_name"), False)
    assert words not in page(client, shared(full, **none).token)
    assert words in page(client, shared(full, **{**none, wish: True}).token)


def test_never_shown_are_pages_dates_reviews_and_why_a_piece_sounds_as_it_does(client: Client, full: Journey) -> None:
    Journey.objects.filter(pk=full.pk).update(review="나만의 서평", rating=17)
    every = dict.fromkeys(("shows_quotes", "shows_memos", "shows_feelings", "shows_name"), True)
    html = page(client, shared(full, visibility="public", **every).token)
    for track, card in zip(tracks := list(MusicTrack.objects.for_cards()), cards_for(tracks), strict=True):
        assert card.explanation
        assert card.explanation.headline not in html
        assert not any(reason in html for reason in card.why), track.title
    day = ReadingLog.objects.get(version=1).logged_on
    text = re.sub(r"<[^>]*>", " ", html)  # a digest in an address has any digits
    assert "137" not in text
    for private in ("나만의 서평", f"{day:%Y-%m-%d}", f"{day.year}년"):
        assert private not in html, private


def test_it_has_no_address_of_the_owners(client: Client, full: Journey) -> None:
    html = page(client, shared(full, visibility="public", shows_memos=True).token)
    addresses = re.findall(r'(?:href|src|action|content|data-[\w-]+)="([^"]*/[^"]*)"', html)
    assert addresses
    for address in addresses:
        assert "/journeys" not in address
        assert not re.search(r"/music/[0-9a-f-]{36}", address), address
    for secret in (str(full.pk), *(str(log.pk) for log in full.logs.all())):
        assert secret not in html
    assert "<form" not in html.split("<main")[1].split("</main>")[0]


def test_only_finished_pieces_are_there_and_the_next_one_comes_by_itself(client: Client, journey: Journey) -> None:
    token = shared(written(journey)).token
    assert page(client, token).count("data-wave-time") == 1
    finish(journey, 1)
    assert page(client, token).count("data-wave-time") == 2


def test_logs_stand_in_the_order_they_were_written(client: Client, full: Journey) -> None:
    labels = re.findall(r'class="log-label">(\w+)<', page(client, shared(full).token))
    assert labels == ["v0", "v1"]


def test_a_log_with_nothing_to_show_is_left_out(client: Client, journey: Journey) -> None:
    add_log(journey, LogEntry(memo=MEMO))
    html = page(client, shared(journey).token)
    assert "log-label" not in html
    assert "아직 들을 것이 없습니다" in html or "There is nothing to hear yet" in html


def test_a_log_without_music_is_shown_with_its_words(client: Client, journey: Journey) -> None:
    ReadingLog.objects.create(journey=journey, version=9, quote=QUOTE, logged_on=journey.started_on)
    assert QUOTE in page(client, shared(journey).token)


def test_a_book_that_is_only_wanted_can_be_shared(client: Client, alice: object, demian: object) -> None:
    journey = Journey.objects.create(reader=alice, book=demian, status="want", theme_seed=7)
    token = shared(journey, line="언젠가").token
    assert "언젠가" in page(client, token)
    assert client.get(f"/j/{token}/card.png").status_code == 200


def test_words_of_the_reader_are_text_and_never_markup(client: Client, journey: Journey) -> None:
    add_log(journey, LogEntry(quote='<script>alert(1)</script>" onload="x'))
    html = page(client, shared(journey, line='"><script>alert(2)</script>').token)
    assert "<script>alert" not in html
    assert 'onload="' not in html


def test_unlisted_is_listed_nowhere(client: Client, full: Journey) -> None:
    token = shared(full).token
    answer = client.get(f"/j/{token}")
    html = answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert "canonical" not in html
    assert "feed.xml" not in html
    assert client.get(f"/j/{token}/feed.xml").status_code == 404
    for path in ("card.png", "album.jpg"):
        assert client.get(f"/j/{token}/{path}")["X-Robots-Tag"] == "noindex, nofollow"


def test_public_may_be_found(client: Client, full: Journey) -> None:
    token = shared(full, visibility="public").token
    answer = client.get(f"/j/{token}")
    html = answer.content.decode()
    assert "X-Robots-Tag" not in answer
    assert "noindex" not in html
    assert f'<link rel="canonical" href="http://testserver/j/{token}">' in html
    assert f'type="application/rss+xml" href="http://testserver/j/{token}/feed.xml"' in html


def test_nobody_keeps_the_page_and_no_other_site_learns_its_address(client: Client, full: Journey) -> None:
    answer = client.get(f"/j/{shared(full).token}")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_other_sites_get_a_preview_with_card_and_sound(client: Client, full: Journey, settings: object) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    token = shared(full, line="나의 알을 깨다").token
    answer = client.get(
        f"/j/{token}", SERVER_PORT="443", headers={"X-Forwarded-Proto": "https", "Accept-Language": "en"}
    )
    tags = dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', answer.content.decode())
    )
    assert tags["og:title"] == "데미안"
    assert tags["og:description"] == "나의 알을 깨다"
    assert tags["og:url"] == f"https://testserver/j/{token}"
    assert tags["og:image"].startswith(f"https://testserver/j/{token}/card.png?v=")
    assert tags["og:audio"].startswith(f"https://testserver/j/{token}/tracks/")
    assert tags["og:audio:type"] == "audio/mpeg"
    assert (tags["og:locale"], tags["og:type"]) == ("en_US", "music.album")
    assert tags["twitter:card"] == "summary_large_image"
    assert client.get(tags["og:image"].removeprefix("https://testserver"))["Content-Type"] == "image/png"


def test_the_page_speaks_the_visitors_language(client: Client, full: Journey) -> None:
    token = shared(full).token
    for language in ("ko", "en"):
        html = client.get(f"/j/{token}", headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{language}"' in html


def test_the_music_plays_in_ranges_for_a_visitor(client: Client, full: Journey) -> None:
    token = shared(full).token
    url = re.search(rf'href="(/j/{token}/tracks/[^"]+)"', page(client, token)).group(1)  # type: ignore[union-attr]
    whole = client.get(url)
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/mpeg")
    data = body(whole)
    part = client.get(url, headers={"Range": "bytes=100-199", "Accept": "audio/*;q=0.9,*/*;q=0.5"})
    assert (part.status_code, body(part)) == (206, data[100:200])
    assert client.get(url, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert client.get(url, headers={"Range": "bytes=999999999-"}).status_code == 416
    assert whole["Cache-Control"] == "private, no-cache"
    assert whole["X-Robots-Tag"] == "noindex, nofollow"


def test_music_is_heard_only_under_its_own_journeys_address(client: Client, full: Journey, bob: object) -> None:
    token = shared(full).token
    other = Journey.objects.create(reader=bob, book=full.book, theme_seed=3)
    others = shared(other).token
    track = MusicTrack.objects.get(log__version=0)
    heard = client.get(f"/j/{token}/tracks/{track.pk}/audio")
    assert heard.status_code == 200
    body(heard)
    assert client.get(f"/j/{others}/tracks/{track.pk}/audio").status_code == 404
    assert client.get(f"/j/{token}/tracks/{uuid.uuid4()}/audio").status_code == 404
    assert client.get(f"/j/{token}/tracks/{track.pk}/audio?v=000000000000").status_code == 404
    assert client.get(f"/api/music/{track.pk}/audio").status_code == 401


def test_a_piece_that_is_not_ready_is_not_to_be_heard(client: Client, journey: Journey) -> None:
    token = shared(journey).token
    assert client.get(f"/j/{token}/tracks/{journey.logs.get().track.pk}/audio").status_code == 404


def test_once_revoked_nothing_of_it_answers(client: Client, full: Journey) -> None:
    token = shared(full, visibility="public").token
    track = MusicTrack.objects.get(log__version=0)
    paths = ["", "/card.png", "/album.jpg", "/feed.xml", f"/tracks/{track.pk}/audio"]
    for path in paths:
        answer = client.get(f"/j/{token}{path}")
        assert answer.status_code == 200, path
        list(answer)  # read to its end, which closes the file
    full.share.delete()
    for path in paths:
        assert client.get(f"/j/{token}{path}").status_code == 404, path


def test_robots_are_told_where_they_may_look(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Disallow: /\n" in answer.content.decode()


def test_it_takes_as_many_queries_for_ten_logs_as_for_two(
    client: Client, full: Journey, django_assert_max_num_queries: object
) -> None:
    token = shared(full).token
    for _more in range(8):
        add_log(full, LogEntry(quote=QUOTE))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page(client, token)


def test_a_long_journey_is_shown_page_by_page(client: Client, full: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "LOGS_A_PAGE", 1)
    monkeypatch.setattr(feed, "LOGS_A_PAGE", 1)
    share = shared(full, visibility="public", shows_quotes=True)
    first, second = page(client, share.token), client.get(f"/j/{share.token}?page=2").content.decode()
    assert (first.count("log-label"), second.count("log-label")) == (1, 1)
    assert (QUOTE in first, QUOTE in second) == (False, True)
    assert 'href="?page=2"' in first
    assert f'rel="canonical" href="http://testserver/j/{share.token}?page=2"' in second
    assert QUOTE not in page(client, f"{share.token}?page=x")
    piece = MusicTrack.objects.get(log__version=1)
    assert f"/j/{share.token}?page=2#shared-{piece.pk}" in client.get(f"/j/{share.token}/feed.xml").content.decode()
