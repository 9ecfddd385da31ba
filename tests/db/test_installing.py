"""The installable app: its manifest, its service worker, and the page without a network."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from readingjourney import installing

pytestmark = pytest.mark.django_db


def manifest(client: Client, language: str) -> dict[str, Any]:
    answer = client.get(f"/manifest.webmanifest?language={language}")
    assert answer["Content-Type"] == "application/manifest+json"
    body: dict[str, Any] = json.loads(answer.content)
    return body


def kept(client: Client) -> list[str]:
    found = re.search(r"const KEPT = (\[.*?\]);", client.get("/sw.js").content.decode())
    assert found
    paths: list[str] = json.loads(found.group(1))
    return paths


@pytest.mark.parametrize(("language", "name"), [("ko", "독서 여정"), ("en", "Reading Journey"), ("tlh", "독서 여정")])
def test_the_manifest_names_the_app_in_the_pages_language(client: Client, language: str, name: str) -> None:
    body = manifest(client, language)
    assert body["name"] == name
    assert body["display"] == "standalone"
    assert body["start_url"] == body["scope"] == "/"


def test_a_page_links_the_manifest_in_its_own_language(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest?language=en">' in page


def test_every_icon_of_the_manifest_has_the_size_it_says(client: Client) -> None:
    icons = manifest(client, "ko")["icons"]
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        path = finders.find(icon["src"].removeprefix("/static/"))
        assert path
        with open(path, "rb") as picture:
            width, height = struct.unpack(">II", picture.read(24)[16:])
        assert f"{width}x{height}" == icon["sizes"]


def test_the_shortcuts_lead_to_pages(as_alice: Client) -> None:
    for shortcut in manifest(as_alice, "ko")["shortcuts"]:
        assert as_alice.get(shortcut["url"]).status_code == 200


def test_the_service_worker_is_asked_for_anew_and_answers_for_the_whole_site(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Service-Worker-Allowed"] == "/"


def test_the_service_worker_keeps_the_offline_page_and_all_that_it_is_drawn_with(client: Client) -> None:
    page = client.get("/offline").content.decode()
    drawn_with = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert kept(client)[0] == "/offline"
    assert sorted(kept(client)[1:]) == sorted(drawn_with)


def test_nothing_that_is_kept_knows_who_asked(client: Client, as_alice: Client) -> None:
    for path in kept(client):
        if not path.startswith("/static/"):
            assert as_alice.get(path).content == Client().get(path).content
            assert b"alice" not in as_alice.get(path).content


def test_another_offline_page_is_another_service_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.get("/sw.js").content
    assert client.get("/sw.js").content == before
    real = installing.render_to_string

    def changed(name: str, *args: Any) -> str:
        return real(name, *args) + ("<!-- new -->" if name == "offline.html" else "")

    monkeypatch.setattr(installing, "render_to_string", changed)
    assert client.get("/sw.js").content != before


def test_the_offline_page_speaks_both_languages_and_says_that_nothing_is_lost(client: Client) -> None:
    page = client.get("/offline").content.decode()
    assert "잃어버린 것은 없습니다" in page
    assert "Nothing is lost" in page
