"""The share card: one picture of a journey, for whoever sees its address."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from journeys.models import Book, Journey, Reader
from journeys.services.sharing import Showing
from journeys.sharecard import card_png, plan_card
from journeys.sharecard.lettering import break_lines, fit, font, writable
from tests.db.shared import shared

pytestmark = pytest.mark.django_db


def picture(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def painted(journey: Journey, **wishes: Any) -> bytes:
    return card_png(plan_card(journey, Showing(**wishes)))


def test_it_is_a_png_of_the_size_that_previews_have(client: Client, journey: Journey) -> None:
    answer = client.get(f"/j/{shared(journey).token}/card.png")
    assert answer["Content-Type"] == "image/png"
    image = picture(answer.content)
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.content) < 600_000


def test_the_line_the_name_the_title_and_the_journey_each_change_it(journey: Journey, demian: Book) -> None:
    cards = [
        painted(journey),
        painted(journey, line="한 줄"),
        painted(journey, line="두 줄"),
        painted(journey, shows_name=True),
    ]
    demian.title = "싯다르타"
    journey.book = demian
    cards.append(painted(journey))
    assert len(set(cards)) == len(cards)


def test_what_is_not_on_it_does_not_change_it(journey: Journey) -> None:
    assert painted(journey, line="한 줄") == painted(journey, line="한 줄", shows_memos=True, visibility="public")


def test_whoever_has_it_is_not_sent_it_again(client: Client, journey: Journey) -> None:
    url = f"/j/{shared(journey, line='한 줄').token}/card.png"
    first = client.get(url)
    assert first["Cache-Control"] == "no-cache"
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    shared(journey, line="다른 줄")
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_it_is_in_its_readers_language_whoever_asks(client: Client, journey: Journey) -> None:
    url = f"/j/{shared(journey, shows_name=True).token}/card.png"
    tags = {client.get(url, headers={"Accept-Language": language})["ETag"] for language in ("ko", "en")}
    assert len(tags) == 1


def test_the_reader_can_keep_it_before_anything_is_published(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}/share/card.png"
    answer = as_alice.get(url, {"visibility": "unlisted", "line": "한 줄", "download": ""})
    assert picture(answer.content).size == (1200, 630)
    assert "filename*=utf-8''%EB%8D%B0%EB%AF%B8%EC%95%88.png" in answer["Content-Disposition"]
    assert answer.content != as_alice.get(url).content


def test_the_books_own_cover_is_on_it(journey: Journey, demian: Book) -> None:
    before = painted(journey)
    file = io.BytesIO()
    Image.new("RGB", (300, 450), (255, 0, 255)).save(file, "PNG")
    demian.cover = default_storage.save("covers/x.png", ContentFile(file.getvalue()))  # type: ignore[assignment]
    journey.book = demian
    colours = {colour for _count, colour in picture(painted(journey)).getcolors(maxcolors=1_000_000) or ()}
    assert (255, 0, 255) in colours
    assert painted(journey) != before


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_cover_that_is_no_picture_leaves_the_card_without_it(journey: Journey, demian: Book, content: bytes) -> None:
    demian.cover = default_storage.save("covers/x.png", ContentFile(content))  # type: ignore[assignment]
    journey.book = demian
    assert picture(painted(journey)).size == (1200, 630)


def test_a_cover_that_is_gone_leaves_the_card_without_it(journey: Journey, demian: Book) -> None:
    demian.cover = "covers/gone.png"  # type: ignore[assignment]
    journey.book = demian
    assert picture(painted(journey)).size == (1200, 630)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "아주 오래된 서점에서 시작된 어느 긴 겨울밤의 이야기와 그 뒤에 남겨진 사람들의 조용한 편지들 " * 5,
            "가나 " * 66,
        ),
        ("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "w" * 200),
        ("🎉", "💔"),
        ("論語", "子曰"),
        ("가" * 300, "나" * 200),
    ],
)
def test_any_title_and_line_are_painted(journey: Journey, title: str, line: str) -> None:
    journey.book.title = title
    assert picture(painted(journey, line=line)).size == (1200, 630)


def test_every_hangul_syllable_can_be_written() -> None:
    every = "".join(chr(code) for code in range(0xAC00, 0xD7A4))
    assert writable(every) == every


def test_what_cannot_be_written_is_left_out_with_its_brackets() -> None:
    assert writable("논어(論語) 🎉 Les Misérables\n— 새벽\u200b") == "논어 Les Misérables — 새벽"


def test_lines_break_between_words_and_within_one_only_where_it_must_be() -> None:
    assert break_lines("책은 얼어붙은 바다를 깨는 도끼여야 한다", 30, 300) == [
        "책은 얼어붙은 바다를",
        "깨는 도끼여야 한다",
    ]
    pieces = break_lines("가" * 30, 30, 300)
    assert "".join(pieces) == "가" * 30
    assert all(font(30).getlength(piece) <= 300 for piece in pieces)


def test_a_text_becomes_smaller_before_it_is_cut() -> None:
    text = "책은 우리 안의 얼어붙은 바다를 깨는 도끼여야 한다"
    small = fit(text, sizes=(60, 40, 20), width=300, height=60)
    assert (small.size, " ".join(small.lines)) == (20, text)
    cut = fit(text, sizes=(60,), width=300, height=60)
    assert cut.lines[-1].endswith("…")
    assert all(font(60).getlength(line) <= 300 for line in cut.lines)


def test_only_its_reader_sees_the_card_of_a_private_journey(client: Client, journey: Journey, bob: Reader) -> None:
    url = f"/journeys/{journey.pk}/share/card.png"
    assert client.get(url).status_code == 302
    client.force_login(bob)
    assert client.get(url).status_code == 404


def test_a_cover_that_cannot_be_had_now_is_on_the_next_card(
    journey: Journey, demian: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 450), (255, 0, 255)).save(file, "PNG")
    demian.cover = default_storage.save("covers/later.png", ContentFile(file.getvalue()))  # type: ignore[assignment]
    journey.book = demian

    class Away(Exception):
        """As a bucket's own errors are."""

    def away(*_: object) -> None:
        raise Away

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "open", away)
        without = painted(journey)
    assert picture(without).size == (1200, 630)
    assert painted(journey) != without
