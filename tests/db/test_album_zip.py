"""A journey in one file to keep, for its reader only, whatever is missing of it."""

from __future__ import annotations

import gc
import io
import zipfile
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test import Client
from PIL import Image

from journeys.models import Book, Journey, Reader, ReadingLog
from journeys.pages.downloads import DOWNLOADS
from journeys.services import HowFar, LogEntry, add_log, add_progress, edit_record, finish_journey, start_journey
from journeys.services.albumzip import AlbumZip
from journeys.services.logs import ask_for_music
from journeys.services.markdown import journey_markdown
from music.brief import Mood
from music.models import MusicTrack
from music.presentation import file_title
from tests.db.steps import advance
from tests.db.test_downloads import frames, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_of_three(journey: Journey) -> Journey:
    """v0 and v1 are ready, v2 is being made."""
    add_log(journey, LogEntry(memo="하나", quote="새는 알에서 나오려고 투쟁한다.", page=30, emotions=(Mood.CALM,)))
    for track in MusicTrack.objects.filter(log__journey=journey):
        advance(track)
    add_log(journey, LogEntry(memo="# 둘"))
    return journey


def unpacked(client: Client, journey: Journey) -> zipfile.ZipFile:
    answer = client.get(f"/journeys/{journey.pk}/album.zip")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def hang_up(answer: Any) -> None:
    """End the answer as a web server does when its reader has gone, without the signal that ends connections."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)


def test_the_end_comes_last_when_an_import_has_put_words_before_it(two_of_three: Journey, as_alice: Client) -> None:
    finish_journey(two_of_three, LogEntry())
    final = two_of_three.logs.get(is_final=True)
    ReadingLog.objects.filter(pk=final.pk).update(version=final.version + 1)  # as the import does
    between = ReadingLog.objects.create(journey=two_of_three, version=final.version, memo="넷", logged_on=date.today())
    ask_for_music(between)
    for track in MusicTrack.objects.filter(log__journey=two_of_three):
        advance(track)
    music = [name for name in unpacked(as_alice, two_of_three).namelist() if name.endswith(".mp3")]
    assert [name.split("/")[1][:2] for name in music] == ["01", "02", "03", "04", "05"]
    assert "vFinal" in music[-1]


def test_it_holds_the_music_its_picture_a_playlist_and_the_logs(two_of_three: Journey, as_alice: Client) -> None:
    archive = unpacked(as_alice, two_of_three)
    assert archive.testzip() is None
    # Lengths behind the music would be refused by whoever unpacks while it comes in.
    assert not any(entry.flag_bits & 8 for entry in archive.infolist())
    assert archive.namelist() == [
        "데미안/01 데미안 · v0.mp3",
        "데미안/02 데미안 · v1.mp3",
        "데미안/cover.png",
        "데미안/데미안.m3u8",
        "데미안/데미안.md",
    ]
    assert archive.read("데미안/cover.png").startswith(b"\x89PNG")


def test_it_is_saved_under_the_books_title(two_of_three: Journey, as_alice: Client) -> None:
    answer = as_alice.get(f"/journeys/{two_of_three.pk}/album.zip")
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('데미안.zip')}"
    assert answer["Content-Type"] == "application/zip"
    hang_up(answer)


def test_its_pieces_are_one_album_even_when_the_book_was_called_otherwise(
    two_of_three: Journey, as_alice: Client
) -> None:
    Book.objects.update(title="데미안 (개정판)")
    archive = unpacked(as_alice, two_of_three)
    music = [name for name in archive.namelist() if name.endswith(".mp3")]
    heads = [frames(archive.read(name)) for name in music]
    assert {text(head["TALB"]) for head in heads} == {"데미안 (개정판)"}
    assert [text(head["TRCK"]) for head in heads] == ["1/2", "2/2"]
    assert all(b"image/png" in head["APIC"][:20] for head in heads)


def test_artist_and_album_are_the_books_and_who_made_it_is_a_comment(two_of_three: Journey, as_alice: Client) -> None:
    archive = unpacked(as_alice, two_of_three)
    head = frames(archive.read("데미안/01 데미안 · v0.mp3"))
    assert {text(head[name]) for name in ("TPE1", "TPE2")} == {"헤르만 헤세"}
    assert "독서 여정".encode("utf-16-le") in head["COMM"]
    assert ",헤르만 헤세 - 데미안 · v0" in archive.read("데미안/데미안.m3u8").decode()


def test_without_a_known_author_the_artist_is_who_made_it(two_of_three: Journey, as_alice: Client) -> None:
    Book.objects.update(authors="")
    head = frames(unpacked(as_alice, two_of_three).read("데미안/01 데미안 · v0.mp3"))
    assert text(head["TPE1"]) == text(head["TPE2"]) == "독서 여정"
    assert "COMM" not in head


def test_lengths_are_told_alike_in_the_list_and_in_the_file(two_of_three: Journey, as_alice: Client) -> None:
    MusicTrack.objects.filter(log__journey=two_of_three).update(audio_seconds=59.98)
    assert "#EXTINF:60," in unpacked(as_alice, two_of_three).read("데미안/데미안.m3u8").decode()
    html = as_alice.get(two_of_three.get_absolute_url()).content.decode()
    assert '<span class="album-time">1:00</span>' in html
    assert 'data-wave-time aria-hidden="true">1:00<' in html
    assert "0:59" not in html


def test_it_is_offered_when_there_is_music_and_not_before(journey: Journey, as_alice: Client) -> None:
    address = f'href="/journeys/{journey.pk}/album.zip"'
    assert address not in as_alice.get(journey.get_absolute_url()).content.decode()
    advance(MusicTrack.objects.get(log__journey=journey))
    for path in (journey.get_absolute_url(), f"/journeys/{journey.pk}/album"):
        assert address in as_alice.get(path).content.decode()


def test_the_sound_itself_is_untouched(two_of_three: Journey, as_alice: Client) -> None:
    archive = unpacked(as_alice, two_of_three)
    track = MusicTrack.objects.get(log__journey=two_of_three, log__version=0)
    with default_storage.open(track.file.name) as file:
        stored = file.read()
    assert archive.read("데미안/01 데미안 · v0.mp3")[-20_000:] == stored[-20_000:]


def test_the_playlist_leads_to_the_files_beside_it(two_of_three: Journey, as_alice: Client) -> None:
    archive = unpacked(as_alice, two_of_three)
    lines = archive.read("데미안/데미안.m3u8").decode().splitlines()
    assert lines[0] == "#EXTM3U"
    named = [line for line in lines if not line.startswith("#")]
    assert named == ["01 데미안 · v0.mp3", "02 데미안 · v1.mp3"]
    assert all(f"데미안/{name}" in archive.namelist() for name in named)


def test_the_logs_link_to_their_music_and_say_what_is_not_there(two_of_three: Journey, as_alice: Client) -> None:
    logs = unpacked(as_alice, two_of_three).read("데미안/데미안.md").decode()
    assert logs.startswith("# 데미안\n\n헤르만 헤세\n")
    assert "> 새는 알에서 나오려고 투쟁한다." in logs
    assert f"({quote('02 데미안 · v1.mp3')})" in logs
    assert logs.count("♪ [") == 2
    assert "\\# 둘" in logs  # a reader's words are no heading
    assert logs.rstrip().splitlines()[-1].startswith("♪ ")


def test_a_piece_whose_file_was_lost_is_left_out_and_named(two_of_three: Journey, as_alice: Client) -> None:
    track = MusicTrack.objects.get(log__journey=two_of_three, log__version=0)
    default_storage.delete(track.file.name)
    archive = unpacked(as_alice, two_of_three)
    assert "데미안/01 데미안 · v0.mp3" not in archive.namelist()
    assert "01 데미안 · v0.mp3" not in archive.read("데미안/데미안.m3u8").decode()
    assert archive.read("데미안/데미안.md").decode().rstrip().endswith("- 01 데미안 · v0.mp3")


def test_the_books_own_cover_is_the_albums(two_of_three: Journey, as_alice: Client) -> None:
    webp = io.BytesIO()
    Image.new("RGB", (40, 60), "red").save(webp, "WEBP")
    book = two_of_three.book
    book.cover.name = default_storage.save(f"covers/{book.pk}.0123456789abcdef.webp", ContentFile(webp.getvalue()))
    book.save()
    archive = unpacked(as_alice, two_of_three)
    with Image.open(io.BytesIO(archive.read("데미안/cover.jpg"))) as cover:
        assert (cover.format, cover.size) == ("JPEG", (40, 60))


def test_a_cover_that_is_no_picture_gives_way_to_the_pieces_own(two_of_three: Journey, as_alice: Client) -> None:
    book = two_of_three.book
    book.cover.name = default_storage.save(f"covers/{book.pk}.0123456789abcdef.webp", ContentFile(b"<svg/>"))
    book.save()
    assert unpacked(as_alice, two_of_three).read("데미안/cover.png").startswith(b"\x89PNG")


def test_a_journey_without_music_is_still_worth_keeping(journey: Journey, as_alice: Client) -> None:
    assert unpacked(as_alice, journey).namelist() == ["데미안/데미안.md"]


def test_a_title_that_no_file_may_have_makes_a_name_that_every_system_takes(alice: Reader, as_alice: Client) -> None:
    book = Book.objects.create(title="../봄/여름: 끝?")
    archive = unpacked(as_alice, start_journey(reader=alice, book=book))
    assert archive.namelist() == ["봄 여름 끝/봄 여름 끝.md"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("가" * 200, "가" * 66), ("a" * 300, "a" * 200), ("nul", "nul_"), ("Con. 1", "Con. 1_"), ("Convent", "Convent")],
)
def test_a_name_is_short_enough_and_no_device(title: str, name: str) -> None:
    assert file_title(title) == name
    assert len(f"100 {file_title(title)}.mp3".encode()) <= 255


def test_what_is_sent_needs_no_database(two_of_three: Journey) -> None:
    album = AlbumZip(Journey.objects.select_related("book", "reader").get(pk=two_of_three.pk))
    with connection.execute_wrapper(lambda *_: pytest.fail("a query while the bytes are sent")):
        data = b"".join(album.stream())
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_a_storage_that_fails_cuts_the_download_short(
    two_of_three: Journey, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str, _mode: str = "rb") -> object:
        raise OSError("the line is dead")

    answer = as_alice.get(f"/journeys/{two_of_three.pk}/album.zip")
    monkeypatch.setattr(default_storage, "open", broken)
    with pytest.raises(OSError, match="the line is dead"):
        b"".join(answer.streaming_content)


@pytest.fixture
def readers(demian: Book) -> list[tuple[Client, str]]:
    """One more than are served at once, each with the address of an album of their own."""
    found = []
    for number in range(DOWNLOADS + 1):
        reader = Reader.objects.create_user(f"reader{number}", password="wonderland-7")
        client = Client()
        client.force_login(reader)
        found.append((client, f"/journeys/{start_journey(reader=reader, book=demian).pk}/album.zip"))
    return found


def test_slow_readers_leave_threads_for_the_pages(readers: list[tuple[Client, str]]) -> None:
    *first, (last, url) = readers
    slow = [client.get(address) for client, address in first]
    assert last.get(url).status_code == last.get("/exports/goodreads.csv").status_code == 303
    hang_up(slow[0])
    again = last.get(url)
    assert again.status_code == 200
    for answer in [again, *slow[1:]]:
        hang_up(answer)
        hang_up(answer)
    answers = [client.get(address) for client, address in readers]
    assert [answer.status_code for answer in answers] == [200] * DOWNLOADS + [303]
    for answer in answers:
        hang_up(answer)


def test_one_reader_takes_one_place(readers: list[tuple[Client, str]]) -> None:
    (one, url), (other, others), *_rest = readers
    answer = one.get(url)
    assert one.get(url).status_code == one.get("/exports/markdown.zip").status_code == 303
    free = other.get(others)
    assert free.status_code == 200
    for each in (answer, free):
        hang_up(each)


def test_a_place_is_free_again_when_the_file_cannot_be_made_or_nobody_asks_for_it_any_more(
    two_of_three: Journey, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/journeys/{two_of_three.pk}/album.zip"
    with monkeypatch.context() as patched:
        patched.setattr(AlbumZip, "__init__", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            as_alice.get(url)
    dropped = as_alice.get(url)
    assert dropped.status_code == 200
    del dropped
    gc.collect()
    answer = as_alice.get(url)
    assert answer.status_code == 200
    hang_up(answer)


def test_strangers_get_404(two_of_three: Journey, bob: Reader, client: Client) -> None:
    assert client.get(f"/journeys/{two_of_three.pk}/album.zip").status_code == 302
    client.force_login(bob)
    assert client.get(f"/journeys/{two_of_three.pk}/album.zip").status_code == 404


def test_the_markdown_tells_the_pages_of_the_copy_and_how_far_it_is(journey: Journey) -> None:
    edit_record(journey, {"pages": 300})
    add_progress(journey, HowFar(page=30))
    told = journey_markdown(journey)
    assert "300쪽" in told.splitlines()[4]
    assert "240" not in told
    assert "10%" in told


def test_the_markdown_tells_what_the_reader_thought(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(
        rating=18, review="좋았다.\n- 정말", status="finished", ended_on=date(2026, 11, 20)
    )
    told = journey_markdown(Journey.objects.select_related("book", "reader").get(pk=journey.pk))
    assert "4.5" in told
    assert "2026년 11월 20일" in told
    assert "좋았다.  \n\\- 정말" in told
    assert "♪" not in told
