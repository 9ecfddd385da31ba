"""Another e-mail address: asked for with the password, confirmed where it leads, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone

from journeys.models import Reader
from journeys.services.emails import email_change_token

PASSWORD = "wonderland-7"
NEW = "looking@glass.example"
pytestmark = pytest.mark.django_db


class BrokenMail(EmailBackend):
    """A mail server that is not there."""

    def open(self) -> None:
        raise ConnectionRefusedError

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError


def ask(client: Client, email: str = NEW, password: str = PASSWORD) -> Any:
    return client.post("/account/email", {"email": email, "password": password})


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(/account/email/\S+)", str(message.body))
    assert found
    return found.group(1)


def email_of(name: str = "alice") -> str:
    return Reader.objects.get(username=name).email


def test_the_address_changes_by_the_link_and_its_button(as_alice: Client) -> None:
    assert ask(as_alice)["Location"] == "/settings"
    to_new, to_old = mail.outbox
    assert (to_new.to, to_old.to) == ([NEW], ["alice@example.org"])
    link = link_in(to_new)
    page = as_alice.get(link)
    assert NEW in page.content.decode()
    assert email_of() == "alice@example.org", "looking changes nothing: mail programs look into links"
    assert as_alice.post(link)["Location"] == "/settings"
    assert email_of() == NEW


def test_it_can_be_confirmed_on_a_device_without_a_login(as_alice: Client) -> None:
    ask(as_alice)
    phone = Client()
    assert phone.get(link_in(mail.outbox[0])).status_code == 200
    assert phone.post(link_in(mail.outbox[0]))["Location"] == "/login"
    assert email_of() == NEW
    assert "_auth_user_id" not in phone.session


def test_the_link_works_once_even_when_the_old_address_is_back(as_alice: Client, alice: Reader) -> None:
    ask(as_alice)
    link = link_in(mail.outbox[0])
    as_alice.post(link)
    assert as_alice.post(link).status_code == 410
    assert as_alice.get(link).status_code == 410


@pytest.mark.parametrize("event", ["time", "password", "forgery", "deletion", "shut"])
def test_the_link_dies_with_what_it_was_bound_to(
    as_alice: Client, alice: Reader, event: str, time_machine: Any
) -> None:
    ask(as_alice)
    link = link_in(mail.outbox[0])
    if event == "time":
        time_machine.move_to(timezone.now() + timedelta(hours=24, minutes=1))
    elif event == "password":
        alice.set_password("looking-glass-9")
        alice.save()
    elif event == "forgery":
        link = link[:-1] + ("A" if link[-1] != "A" else "B")
    elif event == "deletion":
        Reader.objects.all().delete()
    else:
        Reader.objects.update(is_active=False)
    answers = [Client().get(link), Client().post(link)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert not Reader.objects.filter(email=NEW).exists()


def test_the_notice_does_not_tell_the_new_address(as_alice: Client) -> None:
    ask(as_alice)
    assert NEW not in str(mail.outbox[1].body)
    assert "/account/email/" not in str(mail.outbox[1].body)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_messages_are_in_the_readers_language(as_alice: Client, language: str) -> None:
    Reader.objects.update(language=language)
    ask(as_alice)
    for message in mail.outbox:
        english = "Hello alice" in str(message.body)
        assert english == (language == "en")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        (NEW, "wrong", "password"),
        (NEW, "", "password"),
        ("not an address", PASSWORD, "email"),
        ("alice@example.org", PASSWORD, "email"),
        ("BOB@example.org", PASSWORD, "email"),
    ],
)
def test_a_refused_wish_keeps_what_was_typed_and_sends_nothing(
    as_alice: Client, bob: Reader, email: str, password: str, field: str
) -> None:
    answer = ask(as_alice, email, password)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'value="{email}"' in answer.content.decode()
    assert f'aria-describedby="id_{field}_error"' in answer.content.decode()
    assert mail.outbox == []


def test_the_case_of_ones_own_address_can_be_changed(as_alice: Client) -> None:
    assert ask(as_alice, "Alice@Example.org").status_code == 303
    as_alice.post(link_in(mail.outbox[0]))
    assert email_of() == "Alice@Example.org"


def test_whoever_is_first_at_an_address_has_it(as_alice: Client, bob: Reader, alice: Reader) -> None:
    ask(as_alice)
    bob.email = NEW.upper()
    bob.save()
    answer = as_alice.post(link_in(mail.outbox[0]))
    assert answer.status_code == 409
    assert email_of() == "alice@example.org"
    assert connection.in_atomic_block  # and the test's transaction is whole: the refusal was undone by itself
    assert Reader.objects.count() == 2


def test_without_mail_it_says_so_and_keeps_what_was_typed(as_alice: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.db.test_email_change.BrokenMail"
    answer = ask(as_alice)
    assert answer.status_code == 503
    assert f'value="{NEW}"' in answer.content.decode()
    assert "errorlist nonfield" in answer.content.decode()


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_a_forgotten_password_is_told_the_same_without_mail_whoever_asks(
    client: Client, alice: Reader, settings: Any, email: str
) -> None:
    settings.EMAIL_BACKEND = "tests.db.test_email_change.BrokenMail"
    answer = client.post("/account/reset", {"email": email})
    assert answer.status_code == 503
    assert f'value="{email}"' in answer.content.decode()
    assert "errorlist nonfield" in answer.content.decode()


def test_an_account_without_an_address_gets_one(client: Client) -> None:
    root = Reader.objects.create_superuser("root", "", PASSWORD)
    client.force_login(root)
    ask(client)
    (message,) = mail.outbox
    client.post(link_in(message))
    assert email_of("root") == NEW


def test_two_wishes_can_be_open_and_the_first_to_be_confirmed_counts(as_alice: Client, alice: Reader) -> None:
    one, two = email_change_token(alice, "one@example.org"), email_change_token(alice, "two@example.org")
    as_alice.post(f"/account/email/{two}")
    assert as_alice.post(f"/account/email/{one}").status_code == 410
    assert email_of() == "two@example.org"


def test_a_visitor_is_asked_to_log_in(client: Client) -> None:
    assert ask(client)["Location"].startswith("/login")


def test_signing_up_with_an_address_that_is_taken_at_that_moment_is_refused(
    client: Client, alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.forms.account.SignUpForm.clean_email", lambda form: form.cleaned_data["email"])
    monkeypatch.setattr(Reader, "validate_constraints", lambda *_args, **_more: None)
    form = {"username": "dora", "email": "ALICE@example.org", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/signup", form)
    assert answer.status_code == 422
    assert 'value="dora"' in answer.content.decode()
    assert Reader.objects.count() == 1


def test_nobody_has_mail_sent_to_strangers_without_end(as_alice: Client) -> None:
    answers = [ask(as_alice, f"stranger{number}@glass.example").status_code for number in range(6)]
    assert answers == [303] * 5 + [422]
    assert len([message for message in mail.outbox if message.to != ["alice@example.org"]]) == 5
