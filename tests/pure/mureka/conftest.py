"""A provider, the Mureka it asks, and what it says when that goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from music.brief import Genre, MusicBrief, Role
from music.briefs import Words, brief_for_log
from music.providers.base import ProviderError
from music.providers.mureka import MurekaProvider
from tests.fake_mureka import FakeMureka, running_mureka


@pytest.fixture
def mureka(settings: Any) -> Iterator[FakeMureka]:
    with running_mureka() as fake:
        settings.MUREKA_API_BASE = fake.url
        settings.MUREKA_API_KEY = fake.key
        settings.MUREKA_AUDIO_HOSTS = [fake.host]
        yield fake
        assert fake.leaks == []


@pytest.fixture
def provider() -> MurekaProvider:
    return MurekaProvider()


@pytest.fixture(scope="session")
def brief() -> MusicBrief:
    return brief_for_log(Words(memo="It rained all day."), role=Role.ENTRY, seed=3, theme_seed=4, genre=Genre.CHAMBER)


@pytest.fixture
def task_id(mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief) -> str:
    return provider.submit(brief).task_id


def told_by(call: Callable[[], object]) -> tuple[type[ProviderError], str, bool]:
    """What the call fails with: the kind of error, its code, and whether it is permanent."""
    with pytest.raises(ProviderError) as caught:
        call()
    return type(caught.value), caught.value.code, caught.value.permanent
