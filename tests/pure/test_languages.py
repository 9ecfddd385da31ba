"""Texts in another language than the page's are marked, where their letters say for certain which one it is."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format

from readingjourney.templatetags.languages import lang


@pytest.mark.parametrize(
    ("page", "text", "attribute"),
    [
        ("en", "데미안", ' lang="ko"'),
        ("en", "Demian (데미안)", ' lang="ko"'),
        ("en", "雪国（ゆきぐに）", ' lang="ja"'),
        ("ko", "ノルウェイの森", ' lang="ja"'),
        ("ko", "데미안", ""),
        ("ko", "Demian", ""),
        ("en", "Der Prozess", ""),
        ("en", "", ""),
        ("en", None, ""),
    ],
)
def test_a_text_is_marked_by_its_letters(page: str, text: str | None, attribute: str) -> None:
    with translation.override(page):
        assert lang(text) == attribute


@pytest.mark.parametrize(("page", "text"), [("ko", "2026년 11월 22일 오후 1:38"), ("en", "Nov. 22, 2026, 1:38 p.m.")])
def test_an_hour_is_written_as_its_language_does(page: str, text: str) -> None:
    with translation.override(page):
        assert date_format(datetime(2026, 11, 22, 13, 38), "DATETIME_FORMAT") == text
