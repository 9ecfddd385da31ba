"""A product in which everything that a page can show is there to be seen, and the list of its pages.

Every page of the product belongs in `PAGES`: what looks at all of them (accessibility, pictures) takes them from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from music.brief import MusicBrief
from music.providers.base import Audio, NotSubmitted
from tests.process.product import Product, running_product, wait_until
from tests.process.reader import HttpReader
from tests.providers import QuickStudio

FAILING, ENDLESS = 30, 240
"""The lengths, in seconds, that a journey's pieces are asked for when they are to fail, or never to end."""


class ShowStudio(QuickStudio):
    """The quick studio, with pieces that fail and pieces that are still being made when the page is looked at."""

    deadline_seconds = 3600

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:
        if brief.duration == FAILING:
            raise NotSubmitted("this one is to fail", code="provider_failed", permanent=True)
        if brief.duration == ENDLESS:
            wait_until(cancelled, seconds=3600, every=0.5, what="the end of the show")
        return super().make(brief, cancelled=cancelled)


WORDS: dict[str, dict[str, Any]] = {
    "ko": {
        "quote": "새는 알에서 나오려고 투쟁한다. 알은 세계다.\n태어나려는 자는 하나의 세계를 깨뜨려야 한다.",
        "memo": "마지막 문장을 몇 번이나 다시 읽었다. 서툴고 다정한 두 사람의 이야기가 오래 남는다.",
        "short": "천천히 읽는 중. 마음이 고요해진다.",
        "tags": "고전, 성장",
        "prompt": "비 오는 밤에 어울리는 잔잔한 피아노",
        "searched": "알",
        "book": "나의 오래된 책",
        "known": "데미안",
    },
    "en": {
        "quote": "The bird fights its way out of the egg. The egg is the world.\nWho would be born must destroy it.",
        "memo": "I read the last sentence several times. Two clumsy, tender people who stay with me.",
        "short": "Reading slowly. Everything grows quiet.",
        "tags": "classics, growing up",
        "prompt": "A quiet piano for a rainy night",
        "searched": "egg",
        "book": "An old book of mine",
        "known": "Demian",
    },
}


@dataclass
class Showcase:
    """One product with a reader for each language; `places` fills the addresses of `PAGES` for that reader."""

    product: Product
    readers: dict[tuple[str, str], HttpReader] = field(default_factory=dict)
    """By who it is (reader, empty) and the language."""
    places: dict[str, dict[str, str]] = field(default_factory=dict)

    def address(self, page: NamedPage, language: str) -> str:
        return self.product.url + page.path.format(**self.places[language])

    def cookies(self, who: str, language: str) -> list[Any]:
        """What logs a reader in; nothing for a visitor."""
        reader = self.readers.get((who, language))
        cookies = reader.pages.cookies if reader else ()
        return [{"name": cookie.name, "value": cookie.value, "url": self.product.url} for cookie in cookies]


@contextmanager
def running_showcase(room: Path) -> Iterator[Showcase]:
    """Start a product below `room`, and fill it."""
    with running_product(
        room, MUSIC_EXTRA_PROVIDERS="studio=tests.browser.showcase.ShowStudio", STUDIO_CONCURRENCY=3
    ) as product:
        showcase = Showcase(product)
        for language in ("ko", "en"):
            for who in ("reader", "empty"):
                showcase.readers[who, language] = HttpReader(product.url, f"{who}-{language}", language)
            showcase.places[language] = fill(showcase.readers["reader", language], WORDS[language])
        for language in ("ko", "en"):
            leave_unfinished(showcase.readers["reader", language], showcase.places[language])
        yield showcase


def fill(alice: HttpReader, words: dict[str, Any]) -> dict[str, str]:
    """A finished journey and one that goes on, with their music; what the addresses of pages are made of."""

    def log(journey: str, **values: Any) -> tuple[str, str]:
        body = alice.post(f"/api/journeys/{journey}/logs", values).json()
        return body["log"]["id"], body["musicTrack"]["id"]

    reading = start(alice, "데미안")
    log(reading, memo=words["short"], page=42, emotions=["calm"])
    written, _ = log(reading, quote=words["quote"], memo=words["memo"], page=97, emotions=["wonder", "melancholy"])
    finished = start(alice, "동백꽃")
    log(finished, quote=words["quote"], percent=60)
    alice.post(f"/api/journeys/{finished}/finish", {"memo": words["memo"], "emotions": ["joy"]})
    stopped = start(alice, "어린 왕자")
    alice.post(f"/api/journeys/{stopped}/stop")
    want = "{source}/{source_id}".format(**found(alice, "토지"))
    wanted = alice.submit("/journeys/new", {"want": want}).rsplit("/", 1)[1]
    alice.post("/api/music", {"prompt": words["prompt"]})
    alice.submit(f"/journeys/{reading}/progress", {"percent": "44"})
    record = f"/journeys/{finished}/record"
    days = {name: str(date.today() - timedelta(days=ago)) for name, ago in (("started_on", 9), ("ended_on", 2))}
    alice.submit(record, {"rating": "18", "review": words["memo"], "tags": words["tags"], "pages": "88", **days})
    public = share(alice, finished, words, visibility="public")
    share(alice, reading, words, visibility="unlisted", shows_quotes="on", shows_memos="on", shows_feelings="on")
    for piece in alice.api.get(f"{alice.url}/api/music", timeout=10).json()["results"]:
        alice.wait_for(piece["id"])
    return {
        "journey": reading,
        "finished": finished,
        "stopped": stopped,
        "wanted": wanted,
        "log": written,
        "public": public,
        **bring_along(alice, words),
        "searched": words["searched"],
        "short": words["short"],
    }


def share(alice: HttpReader, journey: str, words: dict[str, Any], **shown: str) -> str:
    """The path of a journey's new public page."""
    page = f"/journeys/{journey}/share"
    alice.submit(page, {"line": words["short"], **shown})
    (path,) = set(re.findall(r"/j/[\w-]+(?=\")", alice.pages.get(alice.url + page, timeout=10).text))
    return path


def bring_along(alice: HttpReader, words: dict[str, Any]) -> dict[str, str]:
    """The ids of imports in each of their states, and an export."""

    def send_file(name: str, content: bytes, state: str) -> str:
        identifier = alice.submit("/imports", {}, files={"file": (name, content)}).rsplit("/", 1)[1]
        wait_for_import(identifier, state)
        return identifier

    def wait_for_import(identifier: str, state: str) -> None:
        address = f"{alice.url}/api/imports/{identifier}"
        wait_until(lambda: alice.api.get(address, timeout=10).json()["state"] == state, seconds=60, what=state)

    columns = "Title,Author,ISBN13,My Rating,Number of Pages,Date Read,Date Added,Exclusive Shelf,My Review"
    shelf = f"Book Id,{columns}\n1,{words['book']},,,5,240,2024/03/09,2024/01/02,read,{words['short']}\n2,,,,,,,,,\n"
    shelf += f"3,{words['known']},,,,,,,read,\n"
    clippings = f"{words['book']}\n- Your Highlight on page 91 | Added on Saturday, 9 March 2024 12:34:56\n\n"
    clippings += f"{words['memo']}\n==========\n"
    places = {
        "import_ready": send_file("goodreads_library_export.csv", shelf.encode(), "ready"),
        "import_mapping": send_file("books.csv", f"a,b,c\n{words['book']},2024,7\n".encode(), "mapping"),
        "import_failed": send_file("photo.csv", bytes(range(256)) * 40, "failed"),
        "import_done": send_file("My Clippings.txt", clippings.encode("utf-8-sig"), "ready"),
    }
    taken = f"/imports/{places['import_done']}"
    alice.submit(taken, {"status": "finished"}, to=f"{taken}/confirm")
    wait_for_import(places["import_done"], "done")
    alice.submit("/exports", {})
    return places


def leave_unfinished(alice: HttpReader, places: dict[str, str]) -> None:
    """Pieces that failed, were cancelled, are being made and wait: last, for they keep the studio busy."""
    failed = start(alice, "소년이 온다", FAILING)
    for piece in alice.api.get(f"{alice.url}/api/journeys/{failed}/logs", timeout=10).json()["logs"]:
        alice.wait_for(piece["music_track"]["id"], "error")
    making = start(alice, "변신", ENDLESS)
    (first,) = alice.api.get(f"{alice.url}/api/journeys/{making}/logs", timeout=10).json()["logs"]
    alice.post(f"/api/music/{first['music_track']['id']}/cancel")
    second = alice.post(f"/api/journeys/{making}/logs", {"memo": places["short"]}).json()["musicTrack"]["id"]
    alice.wait_for(second, "generating")
    places |= {"failed": failed, "making": making}


def found(alice: HttpReader, title: str) -> dict[str, str]:
    """What chooses the first book that a search finds."""
    record = alice.api.get(f"{alice.url}/api/books", params={"q": title}, timeout=10).json()["results"][0]
    return {name: record[name] for name in ("source", "source_id")}


def start(alice: HttpReader, title: str, duration: int | None = None) -> str:
    """The id of a new journey with a book of the embedded catalogue."""
    chosen = {**found(alice, title), "duration": duration}
    return str(alice.post("/api/journeys/create", chosen).json()["journey"]["id"])


# What is done on a page before it is looked at


def open_folds(page: Page) -> None:
    """Open everything that folds."""
    page.eval_on_selector_all("main details", "folds => folds.forEach(fold => { fold.open = true })")


def play(page: Page) -> None:
    """Press the first piece's button, wait until the bar is there, and hold it."""
    page.locator("main [data-play]:visible").first.click()
    page.locator("#player").wait_for(state="visible")
    page.locator("[data-player-toggle]").click()


def open_player(page: Page) -> None:
    """Let the bar show its queue and its settings."""
    play(page)
    page.locator("[data-player-more]").click()


def show_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()


def write_nothing(page: Page) -> None:
    """Send a log with nothing in it."""
    page.locator("form[data-draft^='log:'] .button[type=submit]").click()
    page.locator("form[data-draft^='log:'] .errorlist").first.wait_for()


def send(page: Page) -> None:
    """Send the page's first form as it stands, and wait until it came back with what is wrong."""
    page.eval_on_selector_all("main form[method=post]", "forms => forms.forEach(form => { form.noValidate = true })")
    page.locator("main form[method=post] .button[type=submit]:visible").first.click()
    page.locator("main .errorlist, main [aria-invalid=true]").first.wait_for()


def save(page: Page) -> None:
    """Send the page's first form as it stands, and wait until it says that it was taken."""
    page.locator("main form[method=post] .button[type=submit]:visible").first.click()
    page.locator("[data-notices]").wait_for()


@dataclass(frozen=True)
class NamedPage:
    """A page, or a state of one. `path` is filled from the reader's places; `who` is reader, empty or visitor."""

    name: str
    path: str
    who: str = "reader"
    prepare: Callable[[Page], None] | None = None
    status: int = 200


PAGES = [
    NamedPage("landing", "/", "visitor"),
    NamedPage("help", "/help", "visitor"),
    NamedPage("sign-up", "/signup", "visitor"),
    NamedPage("sign-up-refused", "/signup", "visitor", send),
    NamedPage("log-in", "/login", "visitor"),
    NamedPage("log-in-refused", "/login", "visitor", send),
    NamedPage("reset", "/account/reset", "visitor"),
    NamedPage("reset-sent", "/account/reset/sent", "visitor"),
    NamedPage("reset-expired", "/account/reset/MQ/set-password", "visitor"),
    NamedPage("reset-done", "/account/reset/done", "visitor"),
    NamedPage("public", "{public}", "visitor"),
    NamedPage("public-not-found", "/j/nothing-here", "visitor", status=404),
    NamedPage("offline", "/offline", "visitor"),
    NamedPage("shelf-empty", "/", "empty"),
    NamedPage("statistics-empty", "/stats", "empty"),
    NamedPage("shelf", "/"),
    NamedPage("shelf-none", "/?status=reading&tag=nothing"),
    NamedPage("search", "/search"),
    NamedPage("search-found", "/search?q={searched}"),
    NamedPage("search-nothing", "/search?q=zzzzzz"),
    NamedPage("statistics", "/stats"),
    NamedPage("new-journey", "/journeys/new"),
    NamedPage("new-journey-found", "/journeys/new?q=헤세", prepare=open_folds),
    NamedPage("new-journey-nothing", "/journeys/new?q=zzzzzz"),
    NamedPage("journey", "/journeys/{journey}"),
    NamedPage("journey-opened", "/journeys/{journey}", prepare=open_folds),
    NamedPage("journey-playing", "/journeys/{journey}", prepare=play),
    NamedPage("journey-player-open", "/journeys/{journey}", prepare=open_player),
    NamedPage("journey-shortcuts", "/journeys/{journey}", prepare=show_shortcuts),
    NamedPage("journey-refused", "/journeys/{journey}", prepare=write_nothing),
    NamedPage("journey-finished", "/journeys/{finished}"),
    NamedPage("journey-stopped", "/journeys/{stopped}"),
    NamedPage("journey-wanted", "/journeys/{wanted}"),
    NamedPage("journey-failed", "/journeys/{failed}"),
    NamedPage("journey-making", "/journeys/{making}"),
    NamedPage("journey-record", "/journeys/{finished}/record"),
    NamedPage("journey-progress", "/journeys/{journey}/progress"),
    NamedPage("journey-finish", "/journeys/{journey}/finish"),
    NamedPage("journey-share", "/journeys/{stopped}/share"),
    NamedPage("journey-shared", "/journeys/{finished}/share"),
    NamedPage("journey-share-revoke", "/journeys/{finished}/share/revoke"),
    NamedPage("journey-delete", "/journeys/{journey}/delete"),
    NamedPage("log-edit", "/journeys/{journey}/logs/{log}/edit"),
    NamedPage("log-delete", "/journeys/{journey}/logs/{log}/delete"),
    NamedPage("music", "/music"),
    NamedPage("music-unheard", "/music?which=unheard"),
    NamedPage("imports", "/imports"),
    NamedPage("import-mapping", "/imports/{import_mapping}"),
    NamedPage("import-ready", "/imports/{import_ready}", prepare=open_folds),
    NamedPage("import-confirm", "/imports/{import_ready}/confirm"),
    NamedPage("import-done", "/imports/{import_done}"),
    NamedPage("import-undo", "/imports/{import_done}/undo"),
    NamedPage("import-failed", "/imports/{import_failed}"),
    NamedPage("exports", "/exports"),
    NamedPage("settings", "/settings"),
    NamedPage("settings-saved", "/settings", prepare=save),
    NamedPage("email", "/account/email"),
    NamedPage("password", "/account/password"),
    NamedPage("sessions", "/account/sessions"),
    NamedPage("tokens", "/account/tokens"),
    NamedPage("account-delete", "/account/delete"),
    NamedPage("not-found", "/nothing-here", status=404),
]
