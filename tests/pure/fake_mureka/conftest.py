"""The fake vendor, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_mureka import FakeMureka, running_mureka
from tests.pure.fake_mureka.shop import Shop


@pytest.fixture
def mureka() -> Iterator[FakeMureka]:
    with running_mureka(latency=(100, 100)) as running:
        yield running


@pytest.fixture
def shop(mureka: FakeMureka) -> Iterator[Shop]:
    client = Shop(mureka)
    yield client
    client.session.close()
