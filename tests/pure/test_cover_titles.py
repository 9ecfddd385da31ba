"""A drawn cover's title is made smaller where a long word would be broken."""

from __future__ import annotations

import pytest

from journeys.templatetags.covers import title_fit


@pytest.mark.parametrize(
    ("title", "fit"),
    [
        ("", ""),
        ("데미안", ""),
        ("Jane Eyre", ""),
        ("The Fellowship of the Ring", "cover-title-long"),
        ("=HYPERLINK", "cover-title-longer"),
        ("잃어버린시간을 찾아서", "cover-title-longer"),
    ],
)
def test_the_longest_word_decides(title: str, fit: str) -> None:
    assert title_fit(title) == fit
