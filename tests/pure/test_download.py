"""Downloading from addresses that others have written: what is asked, what is taken, and what is left behind."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

import pytest

from music.providers.download import DownloadFailed, Gone, Refused, Unreachable, downloaded
from tests.raw_server import RawServer, drips, raw_server, says

DATA = bytes(range(256)) * 400


@pytest.fixture(autouse=True)
def own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "temporary"
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here))
    return here


def fetch(
    server: RawServer, path: str = "/a.mp3", *, max_bytes: int = 1_000_000, seconds: float = 5.0
) -> AbstractContextManager[IO[bytes]]:
    return downloaded(server.url + path, allowed_hosts=[server.host], max_bytes=max_bytes, seconds=seconds)


def test_it_brings_the_file_as_it_is_and_asks_for_it_unpacked() -> None:
    with raw_server(says(DATA)) as server, fetch(server, "/a.mp3?token=1") as file:
        assert file.read() == DATA
    head = server.requests[0]
    assert head.startswith(b"GET /a.mp3?token=1 HTTP/1.1\r\n")
    assert b"Accept-Encoding: identity" in head
    assert b"Authorization" not in head


def test_a_file_of_untold_length_comes_whole() -> None:
    untold = b"HTTP/1.1 200 OK\r\n\r\n" + DATA
    with raw_server(lambda connection: connection.sendall(untold)) as server, fetch(server) as file:
        assert file.read() == DATA


def test_the_most_bytes_are_a_byte_sharp() -> None:
    untold = b"HTTP/1.1 200 OK\r\n\r\n" + DATA
    with raw_server(lambda connection: connection.sendall(untold)) as server:
        with fetch(server, max_bytes=len(DATA)) as file:
            assert file.read() == DATA
        with pytest.raises(Refused), fetch(server, max_bytes=len(DATA) - 1):
            pytest.fail("it came")


def test_the_file_has_no_name_so_that_a_killed_worker_leaves_none(own_temporary_directory: Path) -> None:
    with raw_server(says(DATA)) as server, fetch(server) as file:
        assert os.fstat(file.fileno()).st_size == len(DATA)
        assert list(own_temporary_directory.iterdir()) == []


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (says(DATA, length=len(DATA) + 1), DownloadFailed),
        (says(b""), DownloadFailed),
        (
            lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nab"),
            DownloadFailed,
        ),
        (says(gzip.compress(bytes(50_000_000)), "200 OK", "Content-Encoding: gzip"), DownloadFailed),
        (says(DATA, "206 Partial Content"), DownloadFailed),
        (says(DATA, "400 Bad Request"), DownloadFailed),
        (says(b"", "302 Found"), DownloadFailed),
        (says(b"no", "403 Forbidden"), Gone),
        (says(b"no", "404 Not Found"), Gone),
        (says(b"no", "410 Gone"), Gone),
        (says(b"no", "429 Too Many Requests"), Unreachable),
        (says(b"no", "500 Internal Server Error"), Unreachable),
        (says(b"no", "503 Service Unavailable"), Unreachable),
        (lambda connection: None, Unreachable),
        (drips(b"", b"H"), Unreachable),
        (drips(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x"), Unreachable),
        (says(DATA, length=5_000_000_000), Refused),
        (drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 60_000, pause=0), Refused),
    ],
)
def test_every_way_to_fail_has_its_kind_and_leaves_nothing(
    script: Any, error: type[DownloadFailed], own_temporary_directory: Path
) -> None:
    before = open_files()
    with raw_server(script) as server:
        with pytest.raises(DownloadFailed) as caught, fetch(server, "/a.mp3?signature=secret", seconds=0.5):
            pytest.fail("nothing should have come")
        assert type(caught.value) is error
        assert "secret" not in str(caught.value)
    assert open_files() <= before
    assert list(own_temporary_directory.iterdir()) == []


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"
    with (
        pytest.raises(Unreachable),
        downloaded(f"http://{host}/a.mp3", allowed_hosts=[host], max_bytes=100, seconds=5),
    ):
        pytest.fail("nobody was there")


def test_no_room_for_the_file_is_the_systems_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    with raw_server(says(DATA)) as server, pytest.raises(OSError, match="No space left"), fetch(server):
        pytest.fail("there was no room")


LISTED = ["cdn.mureka.ai", "media.example.org:8443", "127.0.0.1:8765", "localhost"]


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.mureka.ai/a.mp3",  # not encrypted
        "https://cdn.mureka.ai:8443/a.mp3",
        "https://cdn.mureka.ai:99999999/a.mp3",
        "https://cdn.mureka.ai./a.mp3",
        "https://cdn.mureka.ai.example.org/a.mp3",
        "https://evil-cdn.mureka.ai/a.mp3",
        "https://cdn.mureka.ai@example.org/a.mp3",
        "https://alice:secret@cdn.mureka.ai/a.mp3",
        "https://example.org\\@cdn.mureka.ai/a.mp3",
        "https://example.org#@cdn.mureka.ai/a.mp3",
        "https://example.org/cdn.mureka.ai/a.mp3",
        "https://media.example.org/a.mp3",  # listed with another port
        "http://127.0.0.1:1/",
        "http://127.0.0.1/",
        "http://127.1:8765/",
        "http://[::1]:8765/",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "file:///etc/passwd",
        "ftp://cdn.mureka.ai/a.mp3",
        "data:audio/mpeg;base64,AAAA",
        "//cdn.mureka.ai/a.mp3",
        "https:///a.mp3",
        "cdn.mureka.ai/a.mp3",
        "",
        "https://cdn.mureka.ai\n/a.mp3",
        "https://[::1/",
    ],
)
def test_an_address_off_the_list_is_not_even_looked_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_up(*_: Any, **__: Any) -> Any:
        pytest.fail("it was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with pytest.raises(Refused) as caught, downloaded(url, allowed_hosts=LISTED, max_bytes=100, seconds=5):
        pytest.fail("it came")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://cdn.mureka.ai/a.mp3", "https://CDN.Mureka.AI:443/a.mp3", "https://media.example.org:8443/a.mp3"]
)
def test_a_listed_host_that_leads_inside_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    with (
        pytest.raises(Refused, match="internal address"),
        downloaded(url, allowed_hosts=LISTED, max_bytes=100, seconds=5),
    ):
        pytest.fail("it came")


def test_it_follows_a_redirect_on_the_list() -> None:
    answers = [says(b"", "302 Found", "Location: /b.mp3"), says(DATA)]
    with raw_server(lambda connection: answers.pop(0)(connection)) as server, fetch(server) as file:
        assert file.read() == DATA
    assert [request.split()[1] for request in server.requests] == [b"/a.mp3", b"/b.mp3"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "//example.org/a.mp3",
        "https://example.org/a.mp3",
    ],
)
def test_it_follows_no_redirect_off_the_list(location: str) -> None:
    with raw_server(says(b"", "302 Found", f"Location: {location}")) as server:
        with pytest.raises(Refused), fetch(server):
            pytest.fail("it was followed")
        assert len(server.requests) == 1


def test_it_follows_no_more_than_three_redirects() -> None:
    with raw_server(says(b"", "307 Temporary Redirect", "Location: /again")) as server:
        with pytest.raises(Refused, match="redirects"), fetch(server):
            pytest.fail("it came")
        assert len(server.requests) == 4


def test_the_time_is_for_all_redirects_together() -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.15)
        says(b"", "302 Found", "Location: /again")(connection)

    with raw_server(slow) as server, pytest.raises(Unreachable), fetch(server, seconds=0.4):
        pytest.fail("it came")
    assert 1 < len(server.requests) < 4


def test_an_error_of_its_user_is_not_taken_for_one_of_the_download() -> None:
    with raw_server(says(DATA)) as server, pytest.raises(KeyError), fetch(server):
        raise KeyError("the user's own")
