"""HTTP for paid work: what is known of a failed request, and where a guarded connection does not go."""

from __future__ import annotations

import gzip
import socket
import threading
from typing import Any

import pytest

from music.providers import http as strict
from music.providers.http import (
    BrokenOff,
    ForbiddenAddress,
    NeverSent,
    NoAnswer,
    exchange,
    guarded_session,
    is_loopback,
    is_public,
    open_session,
)
from tests.raw_server import drips, kept, raw_server, says, says_nothing


def ask(
    url: str, *, seconds: float = 5.0, limit: int = 10_000, method: str = "GET", connect_seconds: float = 2.0
) -> strict.Answer:
    with open_session() as session:
        return exchange(session, method, url, headers={}, connect_seconds=connect_seconds, seconds=seconds, limit=limit)


def test_it_reads_a_whole_answer() -> None:
    with raw_server(says(b'{"a": 1}', "200 OK", "X-Trace-Id: t1")) as server:
        answer = ask(server.url)
    assert (answer.status, answer.json(), answer.headers["x-trace-id"]) == (200, {"a": 1}, "t1")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[1]", b'"text"', b"\xff\xfe", b"[" * 5_000, b'{"id": "1", "id": "2"}', b"1" * 5_000]
)
def test_a_body_that_is_no_json_object_or_contradicts_itself_is_none(body: bytes) -> None:
    assert strict.Answer(200, {}, body).json() is None


def test_saying_the_same_twice_is_no_contradiction() -> None:
    assert strict.Answer(200, {}, b'{"id": "1", "id": "1"}').json() == {"id": "1"}


def test_nothing_has_left_when_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NeverSent):
        ask(f"http://127.0.0.1:{port}/")


def test_nothing_has_left_when_the_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NeverSent, match="nowhere"):
        ask("https://nowhere.example/")


def test_nothing_has_left_when_the_other_side_speaks_no_tls() -> None:
    with raw_server(
        lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), read_first=False
    ) as raw:
        with pytest.raises(NeverSent, match="SSLError"):
            ask(raw.url.replace("http:", "https:"), method="POST")
        assert raw.requests == []


def test_nothing_has_left_when_the_tls_handshake_never_ends() -> None:
    with raw_server(says_nothing, read_first=False) as raw, pytest.raises(NeverSent):
        ask(raw.url.replace("http:", "https:"), method="POST", connect_seconds=0.2)


@pytest.mark.parametrize(
    "address", ["", "no-scheme", "ftp://example.org/", "http://", "http://exa mple/", "http://a:b/"]
)
def test_nothing_leaves_for_what_is_no_address(address: str) -> None:
    with pytest.raises(NeverSent):
        ask(address)


@pytest.mark.parametrize(
    "script",
    [
        lambda connection: None,  # closed without a word
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000 + b"\r\n"),
        says(b"half", length=8),
        says(b"not gzip", "200 OK", "Content-Encoding: gzip"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    ],
)
def test_a_request_that_was_read_and_has_no_whole_answer_may_have_been_obeyed(script: Any) -> None:
    with raw_server(script) as server:
        with pytest.raises(NoAnswer):
            ask(server.url, method="POST")
        assert len(server.requests) == 1


def test_an_answer_cut_off_in_its_head_says_nothing() -> None:
    with raw_server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")) as server:
        answer = ask(server.url, method="POST")
    assert (answer.body, answer.json()) == (b"", None)


@pytest.mark.parametrize(
    "script",
    [
        says_nothing,
        drips(b"", b"H"),
        drips(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" "),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
def test_the_time_limit_is_for_the_whole_answer(script: Any) -> None:
    """Each of these would go on for as long as the library's own limit, which every byte starts anew, lets it."""
    with raw_server(script) as server, pytest.raises(NoAnswer):
        ask(server.url, seconds=0.3)


def test_the_limit_is_a_byte_sharp() -> None:
    with raw_server(says(b"x" * 100)) as server:
        assert len(ask(server.url, limit=100).body) == 100
        with pytest.raises(NoAnswer, match="more than 99 bytes"):
            ask(server.url, limit=99)


def test_an_answer_that_is_too_long_is_not_read_to_its_end() -> None:
    endless = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 60_000, pause=0)
    with raw_server(endless) as server, pytest.raises(NoAnswer, match="more than 10000 bytes"):
        ask(server.url)


def test_an_answer_that_unpacks_to_too_much_is_not_unpacked_to_its_end() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with (
        raw_server(says(bomb, "200 OK", "Content-Encoding: gzip")) as server,
        pytest.raises(NoAnswer, match="more than"),
    ):
        ask(server.url, limit=300_000)


def test_no_redirect_is_followed() -> None:
    with raw_server(says(b"", "302 Found", "Location: /elsewhere")) as server:
        assert ask(server.url).status == 302
        assert len(server.requests) == 1


def test_neither_a_proxy_nor_a_netrc_nor_a_cookie_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password wonderland-7\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with raw_server(kept(says(b"{}", "200 OK", "Set-Cookie: a=b"))) as server, open_session() as session:
        for _ in range(2):
            exchange(session, "GET", server.url, headers={}, connect_seconds=1, seconds=5, limit=100)
        assert not any(b"Authorization" in request or b"Cookie" in request for request in server.requests)
        assert (len(server.requests), server.connections) == (2, 1)


def test_threads_share_a_session() -> None:
    with raw_server(kept(says(b"{}"))) as server, open_session(keep=4) as session:
        failures: list[BaseException] = []

        def ask_often() -> None:
            try:
                for _ in range(20):
                    exchange(session, "GET", server.url, headers={}, connect_seconds=1, seconds=5, limit=100)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=ask_often) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert (len(server.requests), server.connections) == (80, 4)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),  # 93.184.216.34 by way of NAT64
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.1.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),  # 169.254.169.254
        ("2002:7f00:1::", False),  # 127.0.0.1 by way of 6to4
        ("not an address", False),
    ],
)
def test_it_knows_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("[::1]", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("0x7f.1", False),
    ],
)
def test_it_knows_what_is_written_as_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


class Names:
    """A name server that says something else every time, and a network that only notes who was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.called: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)
        monkeypatch.setattr(strict, "create_connection", self.connect)

    def look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.answers.pop(0)]

    def connect(self, address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        self.called.append(address[0])
        raise ConnectionRefusedError


def guarded(url: str) -> None:
    with guarded_session() as session:
        exchange(session, "GET", url, headers={}, connect_seconds=1, seconds=1, limit=100)


def test_a_guarded_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look-up, which would lead inside (DNS rebinding), never happens."""
    names = Names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    with pytest.raises(NeverSent):
        guarded("https://cdn.example.org/a.mp3")
    assert names.asked == ["cdn.example.org"]
    assert names.called == ["93.184.216.34"]


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_guarded_connection_is_not_even_opened_to_an_internal_address(
    monkeypatch: pytest.MonkeyPatch, inner: str
) -> None:
    names = Names(monkeypatch, ["93.184.216.34", inner])
    with pytest.raises(ForbiddenAddress):
        guarded("https://cdn.example.org/a.mp3")
    assert names.called == []


def test_this_machine_by_name_must_be_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, ["10.0.0.5"])
    with pytest.raises(ForbiddenAddress):
        guarded("http://localhost:8765/a.mp3")
    assert names.called == []


def test_a_guarded_connection_tries_the_next_address(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, ["93.184.216.34", "93.184.216.35", "93.184.216.34"])
    with pytest.raises(NeverSent):
        guarded("https://cdn.example.org/a.mp3")
    assert names.called == ["93.184.216.34", "93.184.216.35"]


def test_an_answer_that_breaks_off_is_told_from_one_that_is_late() -> None:
    with raw_server(says(b"half", length=8)) as server, pytest.raises(BrokenOff):
        ask(server.url)
