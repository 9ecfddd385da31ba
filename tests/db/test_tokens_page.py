"""Tokens for scripts on their page: made, shown once, given up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from journeys.models import Reader
from journeys.services.tokens import TOKENS_KEPT

pytestmark = pytest.mark.django_db


def make(client: Client) -> str:
    answer = client.post("/account/tokens")
    assert answer.status_code == 201
    shown = re.search(r'id="new-token"[^>]*value="([^"]+)"', answer.content.decode())
    assert shown
    return shown.group(1)


def opens(token: str) -> bool:
    return APIClient().get("/api/journeys", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_token_is_shown_once_and_opens_the_api(as_alice: Client) -> None:
    token = make(as_alice)
    assert opens(token)
    answer = as_alice.get("/account/tokens")
    assert token not in answer.content.decode()
    assert token[:8] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_looking_makes_none(as_alice: Client) -> None:
    assert as_alice.get("/account/tokens").status_code == 200
    assert not AuthToken.objects.exists()


def test_one_is_given_up_and_the_others_stay(as_alice: Client) -> None:
    first, second = make(as_alice), make(as_alice)
    row = AuthToken.objects.get(token_key__startswith=first[:8])
    assert as_alice.post("/account/tokens/end", {"token": row.pk}).status_code == 303
    assert (opens(first), opens(second)) == (False, True)


def test_nobody_gives_up_anothers(as_alice: Client, bob: Reader) -> None:
    _row, token = AuthToken.objects.create(bob)
    assert as_alice.post("/account/tokens/end", {"token": AuthToken.objects.get().pk}).status_code == 404
    assert as_alice.post("/account/tokens/end").status_code == 404
    assert token[:8] not in as_alice.get("/account/tokens").content.decode()
    assert opens(token)


def test_the_oldest_goes_when_there_are_too_many(as_alice: Client) -> None:
    oldest = make(as_alice)
    AuthToken.objects.update(created=timezone.now() - timedelta(days=1))
    for _ in range(TOKENS_KEPT):
        make(as_alice)
    assert AuthToken.objects.count() == TOKENS_KEPT
    assert not opens(oldest)


def test_a_token_that_has_ended_is_not_listed(as_alice: Client) -> None:
    make(as_alice)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert list(as_alice.get("/account/tokens").context["tokens"]) == []


def test_a_new_password_ends_them(as_alice: Client) -> None:
    token = make(as_alice)
    new = {"new_password1": "looking-glass-9", "new_password2": "looking-glass-9"}
    as_alice.post("/account/password", {"old_password": "wonderland-7", **new})
    assert not opens(token)


def test_a_visitor_is_asked_to_log_in(client: Client) -> None:
    for answer in (client.get("/account/tokens"), client.post("/account/tokens"), client.post("/account/tokens/end")):
        assert answer["Location"].startswith("/login")
