"""The four book services on the loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import caches

from tests.doubles.books import Bookshop, running_bookshop


@pytest.fixture
def shop() -> Iterator[Bookshop]:
    caches["books"].clear()
    with running_bookshop() as shop:
        yield shop
    caches["books"].clear()
