"""Nobody guesses a password at leisure, on any of the doors; and nobody shuts them for somebody else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from journeys.models import LoginTries, Reader
from journeys.services.logins import network_of, take_a_try
from readingjourney.tasks import tidy

PASSWORD = "wonderland-7"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_tries(settings: Any) -> None:
    settings.LOGIN_TRIES = 3
    settings.LOGIN_TRIES_ANYWHERE = 7


WRONG = "wrong-wrong-1"


def guess(client: Client, password: str = WRONG, name: str = "alice", address: str = "192.0.2.1") -> Any:
    return client.post("/login", {"username": name, "password": password}, REMOTE_ADDR=address)


def exhaust(client: Client, **more: Any) -> None:
    for _ in range(3):
        assert guess(client, **more).status_code == 422


def test_after_some_wrong_passwords_not_even_the_right_one_is_looked_at(client: Client, alice: Reader) -> None:
    exhaust(client)
    answer = guess(client, PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert "_auth_user_id" not in client.session


def test_the_page_that_says_so_speaks_both_languages(client: Client, alice: Reader) -> None:
    exhaust(client)
    english = client.post(
        "/login", {"username": "alice", "password": "x"}, REMOTE_ADDR="192.0.2.1", headers={"Accept-Language": "en"}
    )
    assert "Please try again in 15 minutes" in english.content.decode()
    korean = guess(client).content.decode()
    assert '<html lang="ko">' in korean
    assert "/account/reset" in korean


def test_a_quarter_of_an_hour_later_one_may_try_again(client: Client, alice: Reader, time_machine: Any) -> None:
    exhaust(client)
    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
    assert guess(client, PASSWORD).status_code == 302


def test_the_right_password_begins_the_count_anew(client: Client, alice: Reader) -> None:
    for _ in range(3):
        guess(client)
        guess(client)
        assert guess(client, PASSWORD).status_code == 302
        client.logout()


def test_who_is_shut_out_in_one_place_shuts_nobody_out_in_another(client: Client, alice: Reader) -> None:
    exhaust(client, address="203.0.113.9")
    assert guess(client, address="203.0.113.9").status_code == 429
    assert guess(Client(), PASSWORD, address="198.51.100.7").status_code == 302


def test_another_account_can_be_used_from_the_same_place(client: Client, alice: Reader, bob: Reader) -> None:
    exhaust(client)
    assert guess(client, "builder-of-7", name="bob").status_code == 302


def test_guesses_from_many_places_come_to_an_end_too(client: Client, alice: Reader, time_machine: Any) -> None:
    for number in range(7):
        assert guess(client, address=f"192.0.2.{number}").status_code == 422
    assert guess(client, address="192.0.2.99").status_code == 429
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    assert guess(client, address="192.0.2.99").status_code == 429
    time_machine.move_to(timezone.now() + timedelta(minutes=45))
    assert guess(client, PASSWORD, address="192.0.2.99").status_code == 302


def test_name_and_address_of_an_account_share_its_tries(client: Client, alice: Reader) -> None:
    for name in ("alice", "alice@example.org", "ALICE@example.org"):
        guess(client, name=name)
    assert guess(client, PASSWORD).status_code == 429


def test_a_name_that_nobody_has_is_shut_out_like_one_that_somebody_has(client: Client, db: None) -> None:
    exhaust(client, name="nobody-here")
    assert guess(client, name="nobody-here").status_code == 429


def test_the_same_limit_holds_at_the_api_and_for_staff(client: Client, charlie: Reader) -> None:
    api = APIClient()
    wrong = {"username": "charlie", "password": "x"}
    assert api.post("/api/token", wrong).status_code == 401
    assert client.post("/admin/login/", wrong).status_code == 200
    assert client.post("/api/auth/login/", wrong).status_code == 200
    right = {"username": "charlie", "password": "chocolate-7"}
    answer = api.post("/api/token", right)
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert int(answer["Retry-After"]) > 0
    for door in ("/admin/login/", "/api/auth/login/", "/login"):
        assert client.post(door, right).status_code == 429, door


def test_a_new_password_by_mail_opens_the_door_again(client: Client, alice: Reader) -> None:
    exhaust(client)
    client.post("/account/reset", {"email": "alice@example.org"})
    link = re.search(r"http://testserver(/account/reset/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link.group(1), follow=True).redirect_chain[-1][0]
    client.post(form, {"new_password1": "looking-glass-9", "new_password2": "looking-glass-9"})
    assert guess(client, "looking-glass-9").status_code == 302


def test_staff_open_it_with_a_command(client: Client, alice: Reader, capsys: Any) -> None:
    exhaust(client)
    call_command("unlock_login", "alice@example.org")
    assert "alice" in capsys.readouterr().out
    assert guess(client, PASSWORD).status_code == 302


def test_staff_open_it_in_the_admin(client: Client, alice: Reader, charlie: Reader) -> None:
    exhaust(client)
    staff = Client()
    staff.force_login(charlie)
    staff.post("/admin/journeys/reader/", {"action": "let_try_again", "_selected_action": str(alice.pk)})
    assert guess(client, PASSWORD).status_code == 302


def test_neither_a_name_nor_an_address_is_stored(client: Client, alice: Reader) -> None:
    guess(client, address="203.0.113.77")
    stored = str(list(LoginTries.objects.values()))
    assert LoginTries.objects.count() == 2
    assert "alice" not in stored
    assert "203.0.113" not in stored


def test_counts_that_are_over_are_forgotten(client: Client, alice: Reader) -> None:
    guess(client)
    LoginTries.objects.update(since=LoginTries.objects.latest("since").since - timedelta(hours=2))
    guess(client, name="bob")
    tidy()
    assert LoginTries.objects.count() == 2


def test_a_program_that_checks_a_password_is_not_counted(alice: Reader) -> None:
    for _ in range(5):
        assert authenticate(username="alice", password="wrong") is None
    assert authenticate(username="alice", password=PASSWORD) == alice
    assert not LoginTries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_at_the_same_moment_is_counted_one_by_one(alice: Reader) -> None:
    def one(_number: int) -> int:
        try:
            return int(guess(Client()).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(one, range(8)))
    assert answers == [422] * 3 + [429] * 5


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.1", "192.0.2.1"),  # anybody can write that
        (1, "", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "10.9.9.9, 198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "unknown", "unknown"),
    ],
)
def test_behind_proxies_it_is_what_they_saw(settings: Any, proxies: int, forwarded: str, network: str) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/login", REMOTE_ADDR="192.0.2.1", headers=headers)
    assert network_of(request) == network


def test_a_try_that_is_refused_everywhere_does_not_count_here(settings: Any, db: None) -> None:
    settings.LOGIN_TRIES_ANYWHERE = 1
    assert take_a_try("alice", "192.0.2.1") == 0
    for _ in range(5):
        assert take_a_try("alice", "192.0.2.2") > 0
    settings.LOGIN_TRIES_ANYWHERE = 7
    assert take_a_try("alice", "192.0.2.2") == 0


@pytest.mark.parametrize(
    ("address", "more"), [("/account/delete", {}), ("/account/email", {"email": "looking@glass.example"})]
)
def test_passwords_asked_for_once_more_are_not_guessed_either(
    as_alice: Client, address: str, more: dict[str, str]
) -> None:
    for _ in range(3):
        as_alice.post(address, {"password": WRONG, **more})
    answer = as_alice.post(address, {"password": PASSWORD, **more}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert Reader.objects.filter(username="alice").exists()
    assert mail.outbox == []
    assert guess(Client(), PASSWORD).status_code == 302, "the door is not shut by it"
