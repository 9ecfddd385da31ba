"""The music page is the library of all of a reader's pieces: newest first, a page at a time, all or some of them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys.models import Journey, Reader
from journeys.services import LogEntry, add_log
from music import pages
from music.models import MusicTrack
from music.presentation import page_url
from music.services import note_heard, request_prompted_track
from tests.db.steps import advance

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str = "/music") -> list[str]:
    return [card.title for card in client.get(address).context["cards"]]


@pytest.fixture
def library(journey: Journey, alice: Reader) -> list[MusicTrack]:
    """Of a journey v0, heard, and v1, not heard; and one of a prompt, which is being made."""
    add_log(journey, LogEntry(memo="x"))
    v0, v1 = MusicTrack.objects.order_by("log__version")
    note_heard(advance(v0))
    advance(v1)
    return [v0, v1, request_prompted_track(owner=alice, prompt="calm piano")]


def test_it_lists_the_music_of_journeys_and_of_prompts_with_the_way_to_each(
    as_alice: Client, library: list[MusicTrack]
) -> None:
    assert shown(as_alice) == ["calm piano", "데미안 · v1", "데미안 · v0"]
    html = as_alice.get("/music").content.decode()
    for track in library[:2]:
        assert f'href="{page_url(track)}">데미안</a>' in html
    assert html.count("data-deletes") == 1, "a log's piece goes with its log"


def test_what_the_nav_counts_is_found(as_alice: Client, library: list[MusicTrack]) -> None:
    html = as_alice.get("/music").content.decode()
    assert re.search(r"data-unheard-count>1<", html)
    assert shown(as_alice, "/music?which=unheard") == ["데미안 · v1"]
    assert shown(as_alice, "/music?which=prompt") == ["calm piano"]
    assert len(shown(as_alice, "/music?which=nonsense")) == 3


@pytest.mark.parametrize("which", ["", "unheard", "prompt"])
def test_one_of_the_filters_is_marked(as_alice: Client, library: list[MusicTrack], which: str) -> None:
    html = as_alice.get(f"/music?which={which}").content.decode()
    tabs = html[html.index('<nav class="tabs"') :].split("</nav>")[0]
    current = re.findall(r'<a href="([^"]*)" aria-current="true"', tabs)
    assert len(re.findall("<a ", tabs)) == 3
    assert len(current) == 1
    assert ("which=" in current[0]) is bool(which)


def test_paging_keeps_the_filter_and_leaves_nothing_out(
    as_alice: Client, alice: Reader, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    for number in range(5):
        request_prompted_track(owner=alice, prompt=f"piano {number}")
    seen, address = [], "/music?which=prompt"
    while address:
        answer = as_alice.get(address)
        seen += [card.title for card in answer.context["cards"]]
        found = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        address = f"/music{unescape(found.group(1))}" if found else ""
    assert seen == [f"piano {number}" for number in (4, 3, 2, 1, 0)]


def test_a_link_to_a_piece_opens_the_page_that_it_is_on(
    as_alice: Client, alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    for number in range(5):
        request_prompted_track(owner=alice, prompt=f"piano {number}")
    MusicTrack.objects.update(created_at=MusicTrack.objects.all()[0].created_at)  # asked for in one transaction
    for track in MusicTrack.objects.all():
        address, anchor = page_url(track).split("#")
        assert f'id="{anchor}"' in as_alice.get(address).content.decode()
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000"):
        assert as_alice.get(f"/music?piece={nonsense}").context["page"].number == 1


def test_its_actions_lead_back_to_it(as_alice: Client, library: list[MusicTrack]) -> None:
    html = as_alice.get("/music?which=unheard").content.decode()
    assert 'name="next" value="/music?which=unheard"' in html


def test_nothing_of_another_readers_is_in_it(client: Client, library: list[MusicTrack], bob: Reader) -> None:
    client.force_login(bob)
    assert shown(client) == []


def test_it_costs_the_same_however_much_there_is(as_alice: Client, library: list[MusicTrack], journey: Journey) -> None:
    def queries() -> int:
        as_alice.get("/help")  # the first visit of a session is written down
        with CaptureQueriesContext(connection) as seen:
            as_alice.get("/music")
        return len(seen)

    before = queries()
    for _ in range(6):
        add_log(journey, LogEntry(memo="x"))
    for track in MusicTrack.objects.filter(log__version__gt=1):
        advance(track)
    assert queries() == before


def test_all_heard_is_said_of_pieces_that_there_are(as_alice: Client, alice: Reader) -> None:
    heard = "You have heard all of them."
    english = {"Accept-Language": "en"}
    alice.language = "en"
    alice.save()
    assert heard not in as_alice.get("/music?which=unheard", headers=english).content.decode()
    note_heard(advance(request_prompted_track(owner=alice, prompt="calm piano")))
    assert heard in as_alice.get("/music?which=unheard", headers=english).content.decode()


def test_a_piece_is_deleted_where_one_stands(as_alice: Client, library: list[MusicTrack]) -> None:
    here = "/music?which=prompt"
    assert f'name="next" value="{here}"' in as_alice.get(here).content.decode()
    answer = as_alice.post(f"/music/{library[2].pk}/delete", {"next": here})
    assert (answer.status_code, answer["Location"]) == (303, here)
