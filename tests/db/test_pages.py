"""Pages as the server sends them: right without any script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys.models import Book, Journey, Reader
from journeys.services import LogEntry, add_log
from journeys.services.logins import MAILS
from music import generation
from music.models import MusicTrack
from music.services import cancel_track, request_prompted_track
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db
PASSWORD = "wonderland-7"


def text(answer: Any) -> str:
    html = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<(script|template|style).*?</\1>|<[^>]+>", " ", html, flags=re.S))


def test_a_visitor_sees_what_this_is_in_their_language(client: Client) -> None:
    korean = client.get("/", headers={"Accept-Language": "ko-KR"})
    english = client.get("/", headers={"Accept-Language": "en-GB"})
    assert '<html lang="ko">' in korean.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert "독서 여정" in text(korean)
    assert "Reading Journey" in text(english)


def test_without_a_wish_it_is_korean(client: Client) -> None:
    assert '<html lang="ko">' in client.get("/").content.decode()


def test_signing_up_logs_in_and_keeps_language_and_zone(client: Client) -> None:
    answer = client.post(
        "/signup",
        {
            "username": "새독자",
            "email": "new@example.org",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "time_zone": "Europe/Berlin",
        },
        headers={"Accept-Language": "en"},
    )
    assert (answer.status_code, answer["Location"]) == (303, "/")
    reader = Reader.objects.get(username="새독자")
    assert (reader.language, reader.time_zone) == ("en", "Europe/Berlin")
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a@b"),
        ("username", "a b"),
        ("username", "ALICE"),
        ("email", "Alice@Example.org"),
        ("email", "x"),
        ("password2", "other"),
    ],
)
def test_signing_up_refuses_and_keeps_what_was_typed(client: Client, alice: Reader, field: str, value: str) -> None:
    form = {"username": "dora", "email": "dora@example.org", "password1": PASSWORD, "password2": PASSWORD, field: value}
    answer = client.post("/signup", form)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert f'value="{form["username"]}"' in answer.content.decode()


@pytest.mark.parametrize("name", ["alice", "alice@example.org", "ALICE@example.org"])
def test_logging_in_by_name_or_mail_address(client: Client, alice: Reader, name: str) -> None:
    assert client.post("/login", {"username": name, "password": PASSWORD})["Location"] == "/"


def test_an_account_whose_name_is_anothers_mail_address_is_not_locked_out(client: Client, alice: Reader) -> None:
    Reader.objects.create_superuser("alice@example.org", "root@example.org", "rooted-in-77")
    client.post("/login", {"username": "alice@example.org", "password": "rooted-in-77"})
    assert client.session["_auth_user_id"] == str(Reader.objects.get(email="root@example.org").pk)


def test_a_forgotten_password_is_reset_by_mail(client: Client, alice: Reader) -> None:
    assert client.post("/account/reset", {"email": "alice@example.org"}).status_code == 302
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/account/reset/\S+)", message.body)
    assert link
    form = client.get(link.group(1), follow=True)
    done = client.post(
        form.redirect_chain[-1][0], {"new_password1": "looking-glass-9", "new_password2": "looking-glass-9"}
    )
    assert done["Location"] == "/account/reset/done"
    assert client.login(username="alice", password="looking-glass-9")


def test_nobody_has_an_address_flooded_with_links(client: Client, alice: Reader) -> None:
    for _again in range(MAILS + 3):
        assert client.post("/account/reset", {"email": "Alice@example.org"})["Location"] == "/account/reset/sent"
    assert len(mail.outbox) == MAILS


def test_an_answer_goes_to_the_first_page_where_the_address_is_longer_than_any_of_ours(
    as_alice: Client, journey: Journey
) -> None:
    track = MusicTrack.objects.get()
    generation.advance(track.pk)
    content = {"next": f"/?tag={'%EA%B0%80' * 60}", "request_key": "once"}
    assert as_alice.post(f"/music/{track.pk}/remake", content).status_code == 303


def test_searching_choosing_and_landing_on_the_journey(as_alice: Client) -> None:
    found = as_alice.get("/journeys/new", {"q": "데미안"})
    record = found.context["results"][0]
    answer = as_alice.post("/journeys/new", {"source": record.source, "source_id": record.source_id}, follow=True)
    assert answer.redirect_chain[0][1] == 303
    page = text(answer)
    assert "독서 여정이 시작되었습니다! v0 음악을 생성하고 있습니다." in page
    assert "음악 생성 중" in page
    assert "🎵 음악 생성 중… (" in page


def test_a_book_typed_in_is_started_too_and_a_wrong_one_keeps_its_words(as_alice: Client) -> None:
    wrong = as_alice.post("/journeys/new", {"manual": "1", "title": "우리 집 이야기", "isbn": "123"})
    assert wrong.status_code == 422
    assert 'value="우리 집 이야기"' in wrong.content.decode()
    right = as_alice.post("/journeys/new", {"manual": "1", "title": "우리 집 이야기"})
    assert right.status_code == 303
    assert Book.objects.get().added_by is not None


def test_a_badge_for_every_state(as_alice: Client, journey: Journey, alice: Reader) -> None:
    track = MusicTrack.objects.get()
    url = f"/journeys/{journey.pk}"
    assert "음악 생성 중" in text(as_alice.get(url))
    claimed(track)
    assert "음악 생성 중" in text(as_alice.get(url))
    cancel_track(track)
    page = text(as_alice.get(url))
    assert "취소됨" in page
    assert "생성 실패" not in page
    track.retry(provider="gone")
    generation.advance(track.pk)
    page = text(as_alice.get(url))
    assert "생성 실패" in page
    assert "다시 시도" in page
    as_alice.post(f"/music/{track.pk}/retry", {"next": url})
    generation.advance(track.pk)
    assert "음악 준비됨" in text(as_alice.get(url))


def test_small_actions_go_back_only_to_our_own_pages(as_alice: Client, journey: Journey) -> None:
    track = MusicTrack.objects.get()
    url = f"/journeys/{journey.pk}"
    assert as_alice.post(f"/music/{track.pk}/cancel", {"next": url})["Location"] == url
    assert as_alice.post(f"/music/{track.pk}/retry", {"next": "https://evil.example"})["Location"] == "/music"


def test_a_refused_log_keeps_what_was_typed(as_alice: Client, journey: Journey) -> None:
    answer = as_alice.post(f"/journeys/{journey.pk}", {"memo": "오래 쓴 글", "page": "1", "percent": "2"})
    assert answer.status_code == 422
    assert "오래 쓴 글" in answer.content.decode()


def test_a_stopped_journey_shows_no_form_and_a_log_sent_anyway_is_kept(as_alice: Client, journey: Journey) -> None:
    as_alice.post(f"/journeys/{journey.pk}/stop")
    assert as_alice.get(f"/journeys/{journey.pk}").context["can_write"] is False
    answer = as_alice.post(f"/journeys/{journey.pk}", {"memo": "늦은 글"})
    assert answer.status_code == 422
    assert "늦은 글" in answer.content.decode()
    assert "지금 읽고 있는 여정이 아닙니다" in text(answer)
    assert journey.logs.count() == 1
    as_alice.post(f"/journeys/{journey.pk}/resume")
    assert as_alice.post(f"/journeys/{journey.pk}", {"memo": "늦은 글"}).status_code == 303


def test_finishing_editing_and_deleting(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}"
    as_alice.post(url, {"memo": "하나"})
    log = journey.logs.get(version=1)
    edited = as_alice.post(f"{url}/logs/{log.pk}/edit", {"memo": "하나 고침"})
    assert edited["Location"] == f"{url}?log=1#log-{log.pk}"
    assert "하나 고침" in text(as_alice.get(url))
    assert as_alice.get(f"{url}/logs/{log.pk}/delete").status_code == 200
    as_alice.post(f"{url}/logs/{log.pk}/delete")
    assert journey.logs.count() == 1
    assert as_alice.get(f"{url}/finish").status_code == 200
    as_alice.post(f"{url}/finish", {"memo": "끝"})
    assert "vFinal" in text(as_alice.get(url))
    assert as_alice.get(f"{url}/finish").status_code == 302
    too_late = as_alice.post(f"{url}/finish", {"memo": "또 다른 끝말"})
    assert too_late.status_code == 422
    assert "또 다른 끝말" in too_late.content.decode()
    assert as_alice.get(f"{url}/delete").status_code == 200
    assert as_alice.post(f"{url}/delete")["Location"] == "/"
    assert not Journey.objects.exists()


def test_the_shelf_shows_each_journey_with_its_latest_piece(as_alice: Client, journey: Journey) -> None:
    add_log(journey, LogEntry(memo="x"))
    (shelf,) = as_alice.get("/").context["shelf"]
    assert (shelf.journey, shelf.log_count) == (journey, 2)
    assert shelf.card.title.endswith("v1")


def test_an_empty_shelf_says_what_to_do(as_alice: Client) -> None:
    assert "/journeys/new" in as_alice.get("/").content.decode()


def test_the_music_page_takes_a_prompt_and_waits_for_the_piece(as_alice: Client) -> None:
    answer = as_alice.post("/music", {"prompt": "calm piano"}, follow=True)
    page = answer.content.decode()
    assert "백그라운드에서 생성 중…" in page
    assert re.search(r"<button[^>]*data-disable-while-making[^>]*disabled", page)
    generation.advance(MusicTrack.objects.get().pk)
    page = as_alice.get("/music").content.decode()
    assert not re.search(r"<button[^>]*data-disable-while-making[^>]*disabled", page)
    assert as_alice.post("/music", {"prompt": ""}).status_code == 422


def test_a_piece_of_its_own_can_be_deleted_and_a_logs_piece_cannot(
    as_alice: Client, alice: Reader, journey: Journey
) -> None:
    own = request_prompted_track(owner=alice, prompt="calm")
    assert as_alice.post(f"/music/{own.pk}/delete").status_code == 303
    assert not MusicTrack.objects.filter(pk=own.pk).exists()
    of_log = MusicTrack.objects.get()
    assert as_alice.post(f"/music/{of_log.pk}/delete").status_code == 404


def test_settings_change_language_and_zone(as_alice: Client, alice: Reader) -> None:
    as_alice.post("/settings", {"language": "en", "time_zone": "America/New_York"})
    assert '<html lang="en">' in as_alice.get("/").content.decode()
    refused = as_alice.post("/settings", {"language": "xx", "time_zone": "Mars/Base"})
    assert refused.status_code == 422
    assert '<html lang="en">' in refused.content.decode()


def test_a_name_that_will_not_do_is_told_its_rule_once(client: Client) -> None:
    form = client.get("/signup").context["form"]
    assert "@" not in form["username"].help_text
    for name in ("앨리스 리델", "alice@example.org", "a/b"):
        assert len(client.post("/signup", {"username": name}).context["form"].errors["username"]) == 1


@pytest.mark.parametrize("zone", ["Asia/Seoul", "Asia/Kathmandu", "ROK"])
def test_a_readers_time_zone_is_the_first_to_choose_and_stays(as_alice: Client, alice: Reader, zone: str) -> None:
    Reader.objects.filter(pk=alice.pk).update(time_zone=zone)
    field = as_alice.get("/settings").context["form"]["time_zone"]
    groups = dict(field.field.choices)
    offered = [value for choices in groups.values() for value, _name in choices]
    assert offered[0] == zone
    assert "Asia/Seoul" in offered[:2]
    assert len(offered) == len(set(offered)) > 400
    assert "UTC+9" in dict(next(iter(groups.values())))["Asia/Seoul"]
    assert str(field).count(" selected") == 1
    assert as_alice.post("/settings", {"language": "ko", "time_zone": zone}).status_code == 303


def test_dates_are_the_readers_own(alice: Reader, as_alice: Client, demian: Book, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 11, 21, 20, 0, tzinfo=UTC), tick=True)  # already the 22nd in Seoul
    as_alice.post("/journeys/new", {"manual": "1", "title": "밤"})
    assert str(Journey.objects.get(book__title="밤").started_on) == "2026-11-22"


def test_an_unknown_address_is_a_page_and_below_api_a_problem(as_alice: Client) -> None:
    assert as_alice.get("/nowhere")["Content-Type"].startswith("text/html")
    assert as_alice.get("/api/nowhere")["Content-Type"] == "application/problem+json"


def test_pages_carry_a_strict_policy_and_no_inline_script(as_alice: Client, journey: Journey) -> None:
    for url in ("/", "/music", "/settings", "/journeys/new", f"/journeys/{journey.pk}"):
        answer = as_alice.get(url)
        policy = answer["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), url
        assert not re.search(r"\son\w+=|\sstyle=", page), url


def queries_of_a_journey_page(client: Client, journey: Journey, logs: int) -> int:
    while journey.logs.count() < logs:
        add_log(journey, LogEntry(memo="x"))
    client.get("/help")  # the first visit of a session is written down
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/journeys/{journey.pk}")
    return len(seen)


def test_a_journey_page_costs_the_same_for_thirty_and_for_fifty_logs_that_wait(
    as_alice: Client, journey: Journey
) -> None:
    assert queries_of_a_journey_page(as_alice, journey, 30) == queries_of_a_journey_page(as_alice, journey, 50)


def test_a_journey_page_costs_the_same_for_five_and_for_fifty_logs_whose_pieces_have_ended(
    as_alice: Client, journey: Journey
) -> None:
    def queries(logs: int) -> int:
        queries_of_a_journey_page(as_alice, journey, logs)
        for track in MusicTrack.objects.unfinished():
            cancel_track(track)
        return queries_of_a_journey_page(as_alice, journey, logs)

    assert queries(5) == queries(50)
