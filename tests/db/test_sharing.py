"""Sharing a journey: private by default, looked at before it is published, changed, and taken back at once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journeys import publication
from journeys.models import Journey, Reader, Share
from journeys.services import delete_journey, delete_reader
from tests.db.shared import MEMO, QUOTE, shared, written

pytestmark = pytest.mark.django_db

CHOICES = {"visibility": "unlisted", "line": "나의 알을 깨다", "shows_quotes": "on"}


def share_page(journey: Journey) -> str:
    return f"/journeys/{journey.pk}/share"


def public_part(html: str) -> str:
    """What of a page is the journey as others see it, without what the two pages address differently."""
    part = html[html.index('<header class="journey-head">') :]
    part = re.split(r'</div>\s*<figure class="share-card">|<footer class="section soft">', part)[0]
    part = re.sub(r"</?h\d", "<h", part)
    return re.sub(r'(href|src|data-page|data-cover)="[^"]*"', r'\1=""', unescape(part)).strip()


def test_a_journey_is_private_until_it_is_published(as_alice: Client, journey: Journey) -> None:
    page = as_alice.get(share_page(journey))
    assert page.status_code == 200
    assert not Share.objects.exists()


def test_what_is_only_looked_at_is_not_kept(as_alice: Client, journey: Journey) -> None:
    page = as_alice.get(share_page(journey), {**CHOICES, "shows_memos": "on"})
    assert "나의 알을 깨다" in page.content.decode()
    assert not Share.objects.exists()


@pytest.mark.parametrize("more", [{}, {"shows_memos": "on", "shows_feelings": "on", "shows_name": "on"}])
def test_the_preview_is_what_the_public_page_then_shows(
    as_alice: Client, journey: Journey, more: dict[str, str]
) -> None:
    written(journey)
    preview = as_alice.get(share_page(journey), {**CHOICES, **more}).content.decode()
    form = preview[preview.index('<form class="row" method="post"') :].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    del fields["csrfmiddlewaretoken"]
    assert as_alice.post(share_page(journey), fields).status_code == 303
    token = Share.objects.get().token
    page = as_alice.get(f"/j/{token}").content.decode()
    assert public_part(page) == public_part(preview)
    assert QUOTE in page
    assert (MEMO in page) is bool(more)


def test_a_long_journey_is_looked_at_page_by_page(
    as_alice: Client, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "LOGS_A_PAGE", 1)
    written(journey)
    first = as_alice.get(share_page(journey), CHOICES).content.decode()
    assert QUOTE not in public_part(first)
    further = unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
    second = as_alice.get(share_page(journey) + further).content.decode()
    assert QUOTE in public_part(second)
    assert 'name="line" value="나의 알을 깨다"' in second


def test_the_default_shows_no_memo_and_no_name(as_alice: Client, journey: Journey) -> None:
    html = as_alice.get(share_page(written(journey))).content.decode()
    shown = public_part(html)
    assert QUOTE in shown
    assert MEMO not in shown
    assert "alice" not in shown


def test_a_change_keeps_the_address(as_alice: Client, journey: Journey) -> None:
    as_alice.post(share_page(journey), CHOICES)
    token = Share.objects.get().token
    as_alice.post(share_page(journey), {**CHOICES, "visibility": "public", "line": " 다른\n 문장 "})
    share = Share.objects.get()
    assert (share.token, share.visibility, share.line) == (token, "public", "다른 문장")


def test_a_line_that_is_too_long_is_refused_and_kept(as_alice: Client, journey: Journey) -> None:
    line = "가" * 201
    for answer in (
        as_alice.get(share_page(journey), {**CHOICES, "line": line}),
        as_alice.post(share_page(journey), {**CHOICES, "line": line}),
    ):
        assert answer.status_code == 422
        assert f'value="{line}"' in answer.content.decode()
    assert not Share.objects.exists()


def test_a_page_that_is_taken_back_is_gone_at_once_and_comes_back_elsewhere(as_alice: Client, journey: Journey) -> None:
    old = shared(journey).token
    assert as_alice.get(f"{share_page(journey)}/revoke").status_code == 200
    assert Share.objects.exists(), "asking is not doing"
    assert as_alice.post(f"{share_page(journey)}/revoke").status_code == 303
    assert as_alice.get(f"/j/{old}").status_code == 404
    as_alice.post(share_page(journey), CHOICES)
    assert as_alice.get(f"/j/{old}").status_code == 404
    assert Share.objects.get().token != old


def test_a_new_address_ends_the_old_one(as_alice: Client, journey: Journey) -> None:
    old = shared(journey).token
    as_alice.post(f"{share_page(journey)}/renew")
    new = Share.objects.get().token
    assert as_alice.get(f"/j/{old}").status_code == 404
    assert as_alice.get(f"/j/{new}").status_code == 200


def test_with_the_journey_its_address_dies(client: Client, journey: Journey) -> None:
    token = shared(journey).token
    assert client.get(f"/j/{token}").status_code == 200
    delete_journey(journey)
    assert client.get(f"/j/{token}").status_code == 404


def test_with_the_account_all_its_addresses_die(client: Client, journey: Journey, alice: Reader) -> None:
    token = shared(journey).token
    delete_reader(alice)
    assert client.get(f"/j/{token}").status_code == 404
    assert not Share.objects.exists()


def test_an_account_that_staff_locked_shows_nothing(client: Client, journey: Journey, alice: Reader) -> None:
    token = shared(journey).token
    Reader.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(f"/j/{token}").status_code == 404


def test_strangers_share_nothing_of_alices(journey: Journey, bob: Reader, bob_api: APIClient, client: Client) -> None:
    shared(journey)
    client.force_login(bob)
    for path in ("", "/revoke", "/card.png"):
        assert client.get(f"{share_page(journey)}{path}").status_code == 404, path
    for path in ("", "/revoke", "/renew"):
        assert client.post(f"{share_page(journey)}{path}", CHOICES).status_code == 404, path
    for method in ("get", "put", "delete"):
        assert getattr(bob_api, method)(f"/api/journeys/{journey.pk}/share").status_code == 404, method
    assert Share.objects.get().line == ""


def test_the_music_of_a_preview_is_for_its_reader_alone(
    client: Client, journey: Journey, alice: Reader, bob: Reader
) -> None:
    written(journey)
    client.force_login(alice)
    address = re.search(r'href="(/journeys/[^"]+/audio\?v=[^"]+)"', client.get(share_page(journey)).content.decode())
    assert address
    heard = client.get(address[1], headers={"Range": "bytes=0-9"})
    assert (heard.status_code, len(b"".join(heard.streaming_content))) == (206, 10)
    client.force_login(bob)
    assert client.get(address[1]).status_code == 404
    client.logout()
    assert client.get(address[1]).status_code == 401


def test_the_api_publishes_changes_and_takes_back(alice_api: APIClient, client: Client, journey: Journey) -> None:
    url = f"/api/journeys/{journey.pk}/share"
    missing = alice_api.get(url)
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    made = alice_api.put(url, {"visibility": "public", "line": "한 줄"})
    assert made.status_code == 201
    body = made.json()
    assert (body["line"], body["shows_memos"], body["shows_quotes"]) == ("한 줄", False, True)
    assert body["feed_url"] == f"{body['url']}/feed.xml"
    changed = alice_api.put(url, {"visibility": "unlisted"})
    assert changed.status_code == 200
    assert (changed.json()["url"], changed.json()["feed_url"], changed.json()["line"]) == (body["url"], None, "")
    assert alice_api.get(url).json() == changed.json()
    assert client.get(body["url"]).status_code == 200
    assert alice_api.delete(url).status_code == 204
    assert client.get(body["url"]).status_code == 404
    assert alice_api.delete(url).status_code == 204


def test_the_api_refuses_what_it_does_not_know(alice_api: APIClient, journey: Journey) -> None:
    url = f"/api/journeys/{journey.pk}/share"
    for wrong in ({"visibility": "everybody"}, {"line": "가" * 201}, {"shows_name": "perhaps"}):
        answer = alice_api.put(url, wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == next(iter(wrong))
    assert not Share.objects.exists()


def test_staff_see_public_pages_and_take_them_down(client: Client, charlie: Reader, journey: Journey) -> None:
    share = shared(journey, line="한 줄")
    client.force_login(charlie)
    listed = client.get("/admin/journeys/share/").content.decode()
    assert "한 줄" in listed
    assert "alice" in listed
    client.post("/admin/journeys/share/", {"action": "revoke", "_selected_action": [str(journey.pk)]})
    assert client.get(f"/j/{share.token}").status_code == 404
    assert Journey.objects.filter(pk=journey.pk).exists()


def test_staff_can_still_delete_a_shared_journey(client: Client, charlie: Reader, journey: Journey) -> None:
    shared(journey)
    client.force_login(charlie)
    assert client.post(f"/admin/journeys/journey/{journey.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Journey.objects.exists()


IMPORTS_TOO = "What you write or import from now on appears there too:"
TO_COME = {
    (): "Of what you write or import from now on only its music appears there."
    " Kept private: quotes, feelings and memos.",
    ("quotes",): f"{IMPORTS_TOO} quotes. Kept private: feelings and memos.",
    ("quotes", "feelings"): f"{IMPORTS_TOO} quotes and feelings. Kept private: memos.",
    ("memos",): f"{IMPORTS_TOO} memos. Kept private: quotes and feelings.",
    ("quotes", "feelings", "memos"): f"{IMPORTS_TOO} quotes, feelings and memos.",
}
OF_A_LOG = {
    (): "the music. Kept private: the quote, the feelings and the memo.",
    ("quotes",): "the quote and the music. Kept private: the feelings and the memo.",
    ("quotes", "feelings"): "the quote, the feelings and the music. Kept private: the memo.",
    ("memos",): "the memo and the music. Kept private: the quote and the feelings.",
    ("quotes", "feelings", "memos"): "the quote, the feelings, the memo and the music.",
}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.fixture
def in_english(as_alice: Client, alice: Reader) -> Client:
    Reader.objects.filter(pk=alice.pk).update(language="en")
    return as_alice


@pytest.mark.parametrize("choice", TO_COME, ids="+".join)
def test_before_publishing_it_is_said_what_of_later_logs_will_be_shown(
    in_english: Client, journey: Journey, choice: tuple[str, ...]
) -> None:
    chosen = {"visibility": "unlisted", **{f"shows_{part}": "on" for part in choice}}
    before = words(in_english.get(share_page(journey), chosen).content.decode())
    assert f"New pieces are added by themselves when they are ready. {TO_COME[choice]}" in before
    assert ("Kept private" in before) is ("Kept private" in TO_COME[choice])
    in_english.post(share_page(journey), chosen)
    assert TO_COME[choice] in words(in_english.get(share_page(journey)).content.decode())


@pytest.mark.parametrize("choice", OF_A_LOG, ids="+".join)
def test_where_a_log_is_written_it_is_said_what_of_it_others_will_see(
    in_english: Client, journey: Journey, choice: tuple[str, ...]
) -> None:
    written(journey)
    log = journey.logs.get(version=1)
    paths = (journey.get_absolute_url(), f"/journeys/{journey.pk}/finish", f"/journeys/{journey.pk}/logs/{log.pk}/edit")
    for path in paths:
        assert "will see of this log" not in words(in_english.get(path).content.decode()), "a private journey"
    wishes = {f"shows_{part}": part in choice for part in ("quotes", "feelings", "memos")}
    for visibility, who in (
        ("unlisted", "This journey is shared. Whoever has the link will see of this log:"),
        ("public", "This journey is public. Everybody will see of this log:"),
    ):
        shared(journey, visibility=visibility, **wishes)
        for path in paths:
            html = in_english.get(path).content.decode()
            assert f"{who} {OF_A_LOG[choice]} Change what is shown" in words(html), path
            assert f'href="{share_page(journey)}">Change what is shown' in html


def test_what_was_refused_is_sent_again_from_a_form_that_says_it_too(in_english: Client, journey: Journey) -> None:
    shared(journey)
    refused = in_english.post(journey.get_absolute_url(), {"memo": "", "page": "x"})
    assert refused.status_code == 422
    assert "Whoever has the link will see of this log:" in refused.content.decode()
