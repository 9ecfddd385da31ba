"""The OpenAPI schema is complete, and the developers' pages open."""

from __future__ import annotations

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey

pytestmark = pytest.mark.django_db


def test_it_validates_without_warnings(tmp_path: object) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", f"{tmp_path}/schema.yml")


def test_it_has_the_addresses_of_the_documents(client: Client) -> None:
    schema = yaml.safe_load(client.get("/api/schema").content)
    assert {
        "/api/music",
        "/api/music/{track_id}",
        "/api/music/{track_id}/status",
        "/api/music/generate/{track_id}",
        "/api/music/status",
        "/api/journeys/create",
        "/api/journeys/{journey_id}/logs",
    } <= schema["paths"].keys()
    created = schema["paths"]["/api/journeys/create"]["post"]
    assert "201" in created["responses"]
    assert "application/problem+json" in created["responses"]["default"]["content"]
    assert [p["name"] for p in created["parameters"]] == ["Idempotency-Key"]


def test_the_documentation_and_the_browsable_api_open(client: Client, as_alice: Client, journey: Journey) -> None:
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert "swagger" in docs.content.decode().lower()
    for url in (
        "/api/",
        "/api/journeys",
        f"/api/journeys/{journey.pk}",
        f"/api/journeys/{journey.pk}/logs",
        "/api/music",
    ):
        answer = as_alice.get(url, headers={"Accept": "text/html"})
        assert answer.status_code == 200, url
        assert "'unsafe-inline'" in answer["Content-Security-Policy"]


def test_the_browsable_api_has_forms_to_fill_in(as_alice: Client, journey: Journey) -> None:
    for url, field in (
        ("/api/music", "prompt"),
        ("/api/journeys/create", "book_title"),
        (f"/api/journeys/{journey.pk}/logs", "memo"),
        ("/api/token", "username"),
    ):
        page = as_alice.get(url, headers={"Accept": "text/html"}).content.decode()
        assert f'name="{field}"' in page, url


def test_times_are_utc(alice_api: APIClient, journey: Journey) -> None:
    assert alice_api.get(f"/api/journeys/{journey.pk}").json()["created_at"].endswith("Z")
