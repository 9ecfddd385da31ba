"""Hearing pieces from where they are listed: the music page and the list below a journey's picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in, playback
from tests.browser.test_album import WATCH, Album, open_panel, seek, sounding
from tests.process.product import Product, wait_until
from tests.process.reader import HttpReader

WIDER_THAN_ITS_WINDOW = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
TOASTS = """() => {
  const list = document.querySelector('[data-toasts="status"]');
  for (let n = 0; n < 4; n += 1) {
    list.append(document.getElementById("toast-completed").content.firstElementChild.cloneNode(true));
  }
}"""


@pytest.fixture(scope="module")
def album(product: Product) -> Album:
    """A journey of three finished pieces through a book whose author is known."""
    name = "library-reader"
    reader = HttpReader(product.url, name)
    body = reader.post("/api/journeys/create", {"book_title": "데미안", "book_authors": "헤르만 헤세"}).json()
    journey, tracks = body["journey"]["id"], [body["musicTrack"]["id"]]
    for memo in ("하나", "둘"):
        tracks.append(reader.post(f"/api/journeys/{journey}/logs", {"memo": memo}).json()["musicTrack"]["id"])
    for track in tracks:
        reader.wait_for(track, seconds=120)
    return Album(reader, name, journey, f"{product.url}/journeys/{journey}")


@pytest.fixture
def reader(page: Page, product: Product, album: Album) -> Page:
    page.add_init_script(WATCH)
    return log_in(page, product, album.name)


def test_a_piece_of_the_library_plays_on_to_the_next_and_pauses(reader: Page, product: Product) -> None:
    reader.goto(f"{product.url}/music")
    titles = reader.locator("#pieces h3").all_inner_texts()
    assert len(titles) == 3
    play = reader.locator("#pieces [data-play]").nth(1)
    play.click()
    wait_until(lambda: sounding(reader) and playback(reader)["title"] == titles[1], what="the second to play")
    seek(reader, left=0.4)
    wait_until(lambda: sounding(reader) and playback(reader)["title"] == titles[2], what="the third to play")
    reader.locator("#pieces [data-play]").nth(2).click()
    wait_until(lambda: not sounding(reader), what="it to pause")
    open_panel(reader)
    expect(reader.locator("[data-player-queue] li")).to_have_count(3)


def test_the_list_below_the_picture_is_heard_by_keyboard_alone_on_a_small_screen(reader: Page, album: Album) -> None:
    reader.set_viewport_size({"width": 360, "height": 640})
    reader.goto(album.url)
    fold = reader.locator("details:has(.timeline-list)")
    fold.locator("summary").focus()
    reader.keyboard.press("Enter")
    expect(reader.locator(".timeline-piece .play")).to_have_count(3)
    assert not reader.evaluate(WIDER_THAN_ITS_WINDOW)
    reader.keyboard.press("Tab")  # to the log
    reader.keyboard.press("Tab")
    reader.keyboard.press("Space")
    wait_until(lambda: sounding(reader), what="the first piece to play")
    told = reader.evaluate("(({ title, artist, album }) => [title, artist, album])(navigator.mediaSession.metadata)")
    assert told == ["데미안 · v0", "헤르만 헤세", "데미안"]
    expect(reader.locator(".timeline-piece .play").first).to_have_attribute("data-state", "playing")


@pytest.mark.parametrize(("width", "height"), [(1100, 700), (360, 640)])
def test_toasts_never_cover_the_open_queue(reader: Page, album: Album, width: int, height: int) -> None:
    reader.set_viewport_size({"width": width, "height": height})
    reader.goto(album.url)
    reader.locator("[data-album-play]").click()
    wait_until(lambda: sounding(reader), what="the album to play")
    open_panel(reader)
    reader.evaluate(TOASTS)
    panel = reader.locator("#player-panel").bounding_box()
    toasts = reader.locator("#toasts").bounding_box()
    assert panel is not None
    assert toasts is not None
    assert toasts["y"] >= 0
    assert toasts["y"] + toasts["height"] <= panel["y"] + 1
    for close in reader.locator("#toasts [data-toast-close]").all():
        close.click(trial=True)  # each can be reached by scrolling
    reader.locator(".player-queue [data-take-out]").last.click()
    expect(reader.locator(".player-queue [data-take-out]")).to_have_count(2)
