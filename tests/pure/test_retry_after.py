"""How long another service asks us to wait."""

from __future__ import annotations

import pytest

from music.providers.http import retry_after

NOON = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120", "Date": NOON}, 120.0),
        ({"Retry-After": " 7 "}, 7.0),
        ({"Retry-After": "Sat, 21 Nov 2026 12:01:30 GMT", "Date": NOON}, 90.0),
        ({"Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT", "Date": NOON}, None),
        ({"Retry-After": "999999999"}, 3600.0),
        ({"Retry-After": "0"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Date": NOON}, None),
        ({}, None),
    ],
)
def test_it_reads_both_forms_and_nothing_else(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
