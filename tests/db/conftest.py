"""Tracks for the two provider families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from journeys.models import Journey, Reader
from music.models import MusicTrack
from music.services import request_prompted_track
from tests.loopback import Vendor, running_vendor


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    """A track for the studio."""
    return MusicTrack.objects.get(log__journey=journey)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with running_vendor() as vendor:
        monkeypatch.setenv("LOOPBACK_PROVIDER_URL", vendor.url)
        yield vendor


@pytest.fixture
def ordered(alice: Reader, settings: Any, vendor: Vendor) -> MusicTrack:
    """A track for the paid vendor."""
    settings.MUSIC_PROVIDER = "loopback"
    return request_prompted_track(owner=alice, prompt="calm piano")
