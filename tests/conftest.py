"""The cast: alice owns, bob is another reader, charlie is staff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Reader
from journeys.services import start_journey


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """The limits on logging in are counted in the cache."""
    cache.clear()


@pytest.fixture
def alice(db: None) -> Reader:
    return Reader.objects.create_user("alice", "alice@example.org", "wonderland-7", language="ko")


@pytest.fixture
def bob(db: None) -> Reader:
    return Reader.objects.create_user("bob", "bob@example.org", "builder-of-7", language="ko")


@pytest.fixture
def charlie(db: None) -> Reader:
    return Reader.objects.create_superuser("charlie", "charlie@example.org", "chocolate-7", language="en")


@pytest.fixture
def as_alice(alice: Reader, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def alice_api(alice: Reader) -> APIClient:
    api = APIClient()
    api.force_authenticate(alice)
    return api


@pytest.fixture
def bob_api(bob: Reader) -> APIClient:
    api = APIClient()
    api.force_authenticate(bob)
    return api


@pytest.fixture
def demian(db: None) -> Book:
    return Book.objects.create(title="데미안", authors="헤르만 헤세", pages=240, moods=["wonder", "melancholy"])


@pytest.fixture
def journey(alice: Reader, demian: Book) -> Journey:
    return start_journey(reader=alice, book=demian)
