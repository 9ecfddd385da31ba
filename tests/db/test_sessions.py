"""A reader sees where they are logged in, and ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import OperationalError
from django.test import Client
from django.utils import timezone, translation

from journeys import middleware
from journeys.browsers import browser_text
from journeys.models import Reader, ReaderSession
from journeys.services.sessions import record_session
from readingjourney.tasks import tidy

PASSWORD = "wonderland-7"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36"
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    caches["process"].clear()


def logged_in(user_agent: str = FIREFOX, name: str = "alice", password: str = PASSWORD) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    assert client.post("/login", {"username": name, "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings").status_code == 200


def test_logging_in_is_recorded_with_the_browser_and_without_an_address(alice: Reader) -> None:
    client = logged_in()
    row = ReaderSession.objects.get()
    assert (row.reader, row.session_key, row.user_agent) == (alice, client.session.session_key, FIREFOX)
    assert not [field.name for field in ReaderSession._meta.fields if "ip" in field.name or "address" in field.name]


def test_a_visitor_leaves_no_row(client: Client) -> None:
    client.get("/")
    client.post("/login", {"username": "nobody", "password": "x"})
    assert not ReaderSession.objects.exists()


def test_the_time_is_kept_to_ten_minutes_and_costs_no_query_in_between(
    alice: Reader, django_assert_num_queries: Any
) -> None:
    client = logged_in()
    old = timezone.now() - timedelta(hours=1)
    ReaderSession.objects.update(seen_at=old)
    with django_assert_num_queries(2):  # the session and the reader
        client.get("/account/sessions/1/end")
    assert ReaderSession.objects.get().seen_at == old
    caches["process"].clear()  # ten minutes later
    client.get("/help")
    assert ReaderSession.objects.get().seen_at > old


def test_the_page_lists_each_browser_and_marks_this_one(alice: Reader, bob: Reader) -> None:
    laptop, _phone = logged_in(), logged_in(PHONE)
    logged_in(name="bob", password="builder-of-7")
    Reader.objects.update(language="en")
    answer = laptop.get("/account/sessions")
    assert [(browser, here) for _row, browser, here in answer.context["sessions"]] == [
        ("Firefox on Linux", True),
        ("Samsung Internet on Android", False),
    ]
    page = answer.content.decode()
    assert page.count("This browser") == 1
    assert page.count('/end"') == 1


def test_one_other_is_ended(alice: Reader) -> None:
    laptop, phone = logged_in(), logged_in(PHONE)
    row = ReaderSession.objects.get(session_key=phone.session.session_key)
    assert laptop.post(f"/account/sessions/{row.pk}/end").status_code == 303
    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert ReaderSession.objects.count() == 1


def test_nobody_ends_anothers(alice: Reader, bob: Reader) -> None:
    alices, bobs = logged_in(), logged_in(name="bob", password="builder-of-7")
    row = ReaderSession.objects.get(reader=alice)
    assert bobs.post(f"/account/sessions/{row.pk}/end").status_code == 404
    assert Client().post(f"/account/sessions/{row.pk}/end")["Location"].startswith("/login")
    assert is_in(alices)


def test_all_others_are_ended_those_without_a_record_too(alice: Reader, bob: Reader) -> None:
    here, phone, old = logged_in(), logged_in(PHONE), logged_in()
    ReaderSession.objects.filter(session_key=old.session.session_key).delete()  # it began before they were recorded
    bobs = Client()
    bobs.force_login(bob)
    assert here.post("/account/sessions/end-others").status_code == 303
    assert [is_in(each) for each in (here, phone, old, bobs)] == [True, False, False, True]


def test_a_new_password_ends_the_others_and_leaves_none_in_the_list(alice: Reader) -> None:
    here, phone = logged_in(), logged_in(PHONE)
    new = {"new_password1": "looking-glass-9", "new_password2": "looking-glass-9"}
    assert here.post("/account/password", {"old_password": PASSWORD, **new}).status_code == 302
    assert (is_in(here), is_in(phone)) == (True, False)
    assert [here for _row, _browser, here in here.get("/account/sessions").context["sessions"]] == [True]


def test_logging_out_takes_it_off_the_list(alice: Reader) -> None:
    here, phone = logged_in(), logged_in(PHONE)
    phone.post("/logout")
    assert len(here.get("/account/sessions").context["sessions"]) == 1


def test_records_go_with_their_sessions(alice: Reader) -> None:
    logged_in(), logged_in(PHONE)
    Session.objects.filter(pk=ReaderSession.objects.first().session_key).update(expire_date=timezone.now())  # type: ignore[union-attr]
    tidy()
    assert ReaderSession.objects.count() == Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_visit_at_the_moment_in_which_the_account_goes_is_no_error(alice: Reader) -> None:
    Reader.objects.filter(pk=alice.pk).delete()  # in another window, since this request began
    record_session(alice, "a" * 32, FIREFOX)
    assert not ReaderSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "text"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Samsung Internet on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Whale/4.28 Safari/537.36", "Whale on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0.0.0 Safari/537.36", "Chrome on macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/130.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        ("curl/8.5.0", "an unknown browser"),
        ("", "an unknown browser"),
    ],
)
def test_a_browser_is_named_in_words_a_person_knows(user_agent: str, text: str) -> None:
    with translation.override("en"):
        assert browser_text(user_agent) == text


def test_a_session_that_cannot_be_noted_is_noted_the_next_time(alice: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(middleware, "record_session", locked)
        client = logged_in()
        assert is_in(client)
    assert not ReaderSession.objects.exists()
    assert is_in(client)
    assert ReaderSession.objects.count() == 1
