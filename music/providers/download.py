"""Downloading from an address that somebody else has written, into a file that leaves nothing behind.

The address must be https and on the list of hosts; plain http only to a host on the list that is this machine itself
(a vendor's double, in tests and by hand). Every redirect, three at most, is held to the same. Where the host's name
leads is checked as the connection is made (`music.providers.http.GuardedConnection`). What comes is taken as it is:
nothing is unpacked, so nothing can unpack to more than it was.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import SplitResult, urljoin, urlsplit

import requests

from music.providers.http import (
    BrokenOff,
    ForbiddenAddress,
    NeverSent,
    NoAnswer,
    guarded_session,
    is_loopback,
    read_some,
    send,
)

MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({403, 404, 410})
PORTS = {"https": 443, "http": 80}


class DownloadFailed(Exception):
    """The file did not come, and may if it is asked for again. The message never holds the address's query."""


class Unreachable(DownloadFailed):
    """Nobody there, not now, or too slowly."""


class Gone(DownloadFailed):
    """The address does not lead to the file (any more)."""


class Refused(DownloadFailed):
    """This address is not asked, or its file not taken, however often one tries: a foreign host, an internal address,
    too large a file."""


class ForeignHost(Refused):
    """An https address of a host that is merely not on the list: the list may be what is wrong."""


@contextmanager
def downloaded(
    url: str, *, allowed_hosts: Collection[str], max_bytes: int, seconds: float, connect_seconds: float = 5.0
) -> Iterator[IO[bytes]]:
    """The file at the address, open for reading from its start; it has no name and is gone with its last user, also
    when that is killed.

    `allowed_hosts`: "host" for the usual port, or "host:port"; "*.host" for every host below it. `seconds`: for all of
    it. Raises `DownloadFailed` or one of its kinds; `OSError` when there is no room for the file.
    """
    end = time.monotonic() + seconds
    with tempfile.TemporaryFile(prefix="reading-journey-") as file:
        for _ in range(MOST_REDIRECTS + 1):
            url = _follow(_request(url, allowed_hosts), file, max_bytes, connect_seconds, end - time.monotonic())
            if not url:
                break
        else:
            raise Refused(f"more than {MOST_REDIRECTS} redirects")
        file.seek(0)
        yield file


def _follow(
    request: requests.PreparedRequest, file: IO[bytes], max_bytes: int, connect_seconds: float, left: float
) -> str:
    """Fill the file, or return the address that the answer sends us on to."""
    if left <= 0:
        raise Unreachable("out of time")
    host = urlsplit(request.url or "").hostname
    try:
        with (
            guarded_session() as session,
            send(session, request, connect_seconds=min(connect_seconds, left), seconds=left) as response,
        ):
            if response.status_code not in REDIRECTS:
                _take(response, file, max_bytes)
                return ""
            if not (location := response.headers.get("Location", "")):
                raise DownloadFailed(f"{host}: a redirect to nowhere")
            return urljoin(request.url or "", location)
    except ForbiddenAddress as error:
        raise Refused(str(error)) from error
    except NeverSent as error:
        raise Unreachable(str(error)) from error
    except BrokenOff as error:
        raise DownloadFailed(f"{host}: {error}") from error
    except NoAnswer as error:
        raise Unreachable(f"{host}: {error}") from error


def _take(response: requests.Response, file: IO[bytes], max_bytes: int) -> None:
    status = response.status_code
    if status in GONE:
        raise Gone(f"HTTP {status}")
    if status == requests.codes.too_many_requests or status >= 500:
        raise Unreachable(f"HTTP {status}")
    if status != requests.codes.ok:
        raise DownloadFailed(f"HTTP {status}")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise DownloadFailed("it comes packed, which was not asked for")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise Refused(f"{length} bytes are more than {max_bytes}")
    size = 0
    while chunk := read_some(response):
        size += len(chunk)
        if size > max_bytes:
            raise Refused(f"more than {max_bytes} bytes")
        file.write(chunk)
    if size == 0:
        raise DownloadFailed("no bytes")


def _request(url: str, allowed_hosts: Collection[str]) -> requests.PreparedRequest:
    """The request for an address that may be asked. It is the prepared address that is checked, and by the same parser
    that the adapter uses: two parsers may read two hosts out of one text."""
    try:
        request = requests.Request("GET", url, headers={"Accept-Encoding": "identity", "Accept": "*/*"}).prepare()
        parts = urlsplit(request.url or "")
        allowed = _is_allowed(parts, allowed_hosts)
    except (requests.RequestException, ValueError) as error:
        raise Refused("not an address") from error
    if not allowed:
        kind = ForeignHost if _is_plain_https(parts) else Refused
        raise kind(f"{parts.scheme or 'no scheme'} from {parts.hostname or 'nowhere'} is not on the list")
    return request


def _is_plain_https(parts: SplitResult) -> bool:
    """Whether it is an ordinary address of a named host somewhere in the world."""
    host = parts.hostname or ""
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return parts.scheme == "https" and named and "@" not in parts.netloc and "\\" not in parts.netloc


def _is_allowed(parts: SplitResult, allowed_hosts: Collection[str]) -> bool:
    host = parts.hostname
    if not host or "@" in parts.netloc or "\\" in parts.netloc:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return False
    usual = PORTS[parts.scheme]
    for entry in allowed_hosts:
        listed = urlsplit(f"//{entry.strip()}")
        if (listed.port or usual) == (parts.port or usual) and _is_meant(host, listed.hostname or ""):
            return True
    return False


def _is_meant(host: str, listed: str) -> bool:
    if listed.startswith("*."):
        return host.endswith(listed[1:])
    return host == listed
