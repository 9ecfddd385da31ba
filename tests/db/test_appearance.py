"""Light and dark pages: what the device has, what a reader set, what a visitor chose."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from journeys.models import Reader

pytestmark = pytest.mark.django_db


def scheme(client: Client, path: str = "/") -> str:
    found = re.search(r'<meta name="color-scheme" content="([^"]+)">', client.get(path).content.decode())
    assert found
    return found.group(1)


def test_a_page_follows_the_device_until_somebody_chooses(client: Client, as_alice: Client) -> None:
    assert scheme(as_alice) == "light dark"
    as_alice.logout()
    assert scheme(as_alice) == "light dark"


def test_a_readers_setting_holds_on_every_page_and_in_every_browser(alice: Reader) -> None:
    Reader.objects.filter(pk=alice.pk).update(theme="dark")
    for _ in range(2):
        browser = Client()
        browser.force_login(alice)
        assert scheme(browser) == scheme(browser, "/nothing-here") == "only dark"


def test_the_browsers_own_bars_take_the_colour_of_the_page(as_alice: Client, alice: Reader) -> None:
    colours = r'<meta name="theme-color" content="([^"]+)" media="([^"]+)">'
    device = re.findall(colours, as_alice.get("/").content.decode())
    assert [medium for _, medium in device] == ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]
    Reader.objects.filter(pk=alice.pk).update(theme="light")
    assert re.findall(colours, as_alice.get("/").content.decode()) == [(device[0][0], "all")]


def test_a_visitor_chooses_and_comes_back_to_the_page_they_were_on(client: Client) -> None:
    answer = client.post("/theme", {"theme": "dark", "next": "/login?next=/settings"})
    assert (answer.status_code, answer["Location"]) == (303, "/login?next=/settings")
    assert scheme(client) == scheme(client, "/login") == "only dark"
    assert 'value="dark" aria-pressed="true"' in client.get("/").content.decode()
    client.post("/theme", {"theme": "system"})
    assert scheme(client) == "light dark"


def test_a_visitors_choice_gives_way_to_the_readers_setting(client: Client, alice: Reader) -> None:
    client.post("/theme", {"theme": "dark"})
    client.force_login(alice)
    assert scheme(client) == "light dark"


@pytest.mark.parametrize("theme", ["", "pink", "only dark"])
def test_an_unknown_appearance_is_refused_and_changes_nothing(client: Client, theme: str) -> None:
    assert client.post("/theme", {"theme": theme}).status_code == 400
    assert scheme(client) == "light dark"


def test_a_cookie_that_somebody_made_up_is_the_device(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert scheme(client) == "light dark"


def test_a_choice_does_not_lead_away_to_another_site(client: Client) -> None:
    assert client.post("/theme", {"theme": "dark", "next": "https://example.org/"})["Location"] == "/"
