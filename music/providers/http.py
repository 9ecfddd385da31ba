"""HTTP as strict as paid work needs it, on top of `requests`.

- Whoever asks learns whether the request left. What fails before the connection stands is `NeverSent`; whatever fails
  later is `NoAnswer`. The library's own exceptions cannot be told apart like that: an `SSLError`, say, may come from
  the handshake or from the middle of the answer.
- The read time limit is for the whole answer, headers included. The library's starts anew with every byte.
- Nothing is sent twice and no redirect is followed. No proxy, .netrc or cookie has a say: what the environment of a
  process happens to hold must not decide where a key goes. Certificates are checked against the `certifi` list.

`guarded_session` is for addresses that others have written: see `GuardedConnection`. Looking up a name has no time
limit but the resolver's own (`getaddrinfo` cannot be told one).
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, ClassVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util.connection import create_connection

CHUNK = 1 << 16
LONGEST_SECONDS = 600.0
LONGEST_RETRY_AFTER = 3600.0
MOST_ADDRESSES = 4
"""Of one host, to be tried one after the other: each may take the whole connect limit."""

_V6_ROADS_TO_V4 = ipaddress.IPv6Network("64:ff9b::/96")


class NeverSent(Exception):
    """No byte of the request has left. The message names no more than the host."""


class ForbiddenAddress(NeverSent):
    """The host's address is an internal one."""


class NoAnswer(Exception):
    """The request may have left, and no whole answer within the limits came back."""


class BrokenOff(NoAnswer):
    """The answer began, and ended before it said it would."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object; None where it is none, or contradicts itself by saying one thing twice."""
        try:
            data = json.loads(self.body, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in pairs:
        if data.setdefault(name, value) != value:
            raise ValueError(f"{name} is said twice")
    return data


def open_session(*, keep: int = 1) -> requests.Session:
    """A session for an address of our own choosing. It keeps so many idle connections, and threads may share it."""
    return _session(_Adapter(pool_connections=1, pool_maxsize=keep, max_retries=0))


def guarded_session() -> requests.Session:
    """A session whose connections are `GuardedConnection`s."""
    return _session(_GuardedAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))


def _session(adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    # What threads share must not change under them.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    json: object = None,
    connect_seconds: float,
    seconds: float,
    limit: int,
) -> Answer:
    """One request and its whole answer, of at most `limit` bytes and within `seconds` once connected.

    Raises `NeverSent` or `NoAnswer`.
    """
    try:
        request = session.prepare_request(requests.Request(method, url, headers=dict(headers), json=json))
    except (requests.RequestException, UnicodeError) as error:
        raise NeverSent(f"not an address: {type(error).__name__}") from error
    with send(session, request, connect_seconds=connect_seconds, seconds=seconds) as response:
        received = bytearray()
        while chunk := read_some(response, decode=True):
            received += chunk
            if len(received) > limit:
                raise NoAnswer(f"HTTP {response.status_code}, and more than {limit} bytes of it")
        return Answer(response.status_code, response.headers, bytes(received))


def send(
    session: requests.Session, request: requests.PreparedRequest, *, connect_seconds: float, seconds: float
) -> requests.Response:
    """The answer's head; its body is to be read with `read_some`, in what is left of the seconds.

    Raises `NeverSent` or `NoAnswer`.
    """
    try:
        return session.send(request, timeout=(connect_seconds, seconds), allow_redirects=False, stream=True)
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
        raise NeverSent(f"not an address: {type(error).__name__}") from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise NoAnswer(_named(error)) from error


def read_some(response: requests.Response, *, decode: bool = False) -> bytes:
    """The next bytes of the body; none at its end. Raises `NoAnswer` when the time is up, `BrokenOff` when the body
    ends before it should, or is not packed as it says."""
    try:
        raw: HTTPResponse = response.raw
        return raw.read1(CHUNK, decode_content=decode)
    except (ReadTimeoutError, TimeoutError) as error:
        raise NoAnswer(f"HTTP {response.status_code}, then out of time: {_named(error)}") from error
    except (HTTPError, OSError) as error:
        raise BrokenOff(f"HTTP {response.status_code}, broken off: {_named(error)}") from error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, of the two forms RFC 9110 (10.2.3) knows; at most an hour, None for anything else.

    A date is taken against the answer's own clock, which need not agree with ours.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        seconds = float(text) if text.isdecimal() else (_date(text) - _date(headers.get("Date", ""))).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(seconds, LONGEST_RETRY_AFTER) if seconds > 0 else None


def _date(text: str) -> datetime:
    """Raises `ValueError`. No date at all is now, for an answer that has no clock."""
    if not text:
        return datetime.now(UTC)
    date = parsedate_to_datetime(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _named(error: BaseException) -> str:
    """The kinds of an error and its causes, innermost last. Not their words: those quote addresses and headers."""
    names = [type(error).__name__]
    inner = error.__cause__ or error.__context__
    while inner and len(names) < 3:
        names.append(type(inner).__name__)
        inner = inner.__cause__ or inner.__context__
    return " < ".join(dict.fromkeys(names))


def is_loopback(host: str) -> bool:
    """Whether this is a name or an address of the machine itself, as it is written."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_public(address: str) -> bool:
    """Whether the whole internet means the same machine by this address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _V6_ROADS_TO_V4:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _TimedReader(io.RawIOBase):
    """A socket's bytes, until the time is up or nothing has come for too long."""

    def __init__(self, sock: socket.socket, *, seconds: float, silence: float) -> None:
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        self._end = time.monotonic() + seconds
        self._silence = silence

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        self._sock.settimeout(min(left, self._silence))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """As much of a socket as `http.client` asks of one to read an answer."""

    def __init__(self, sock: socket.socket, *, seconds: float, silence: float) -> None:
        self._reader = partial(_TimedReader, sock, seconds=seconds, silence=silence)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader())


class _TimedAnswer(http.client.HTTPResponse):
    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
        *,
        seconds: float,
        silence: float,
    ) -> None:
        timed: Any = _TimedSocket(sock, seconds=seconds, silence=silence)
        super().__init__(timed, debuglevel, method, url)


class _Connection(HTTPConnection):
    silence_seconds: ClassVar[float] = LONGEST_SECONDS
    """The longest pause between two bytes of an answer."""

    def connect(self) -> None:
        try:
            super().connect()
        except NeverSent:
            raise
        except Exception as error:
            # None of the library's kinds, which it would wrap, and by which it could not be told from a later failure.
            raise NeverSent(f"{self.host}: {_named(error)}") from error

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in the library
        # The library has put the read time limit here by now.
        seconds = self.timeout if isinstance(self.timeout, int | float) else LONGEST_SECONDS
        timed: Any = partial(_TimedAnswer, seconds=seconds, silence=self.silence_seconds)
        self.response_class = timed
        return super().getresponse()


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class GuardedConnection(_Connection):
    """Connects to addresses of the public internet only; a host that is written as this machine itself, only to it.

    The name is looked up once and the connection goes to the very address that was checked: a name that means another
    address a moment later (DNS rebinding) leads nowhere else. One internal address among several refuses the host.
    """

    silence_seconds = 30.0

    def _new_conn(self) -> socket.socket:
        own = is_loopback(self.host)
        found = socket.getaddrinfo(self._dns_host.strip("[]"), self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(is_loopback(address) if own else is_public(address) for address in addresses):
            raise ForbiddenAddress(f"{self.host} is at an internal address")
        failure: OSError = OSError("no address")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError as error:
                failure = error
        raise failure


class _GuardedTlsConnection(GuardedConnection, _TlsConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _Adapter(HTTPAdapter):
    pools: ClassVar[dict[str, type[HTTPConnectionPool]]] = {"http": _Pool, "https": _TlsPool}

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def close(self) -> None:
        # The library only forgets its pools; their connections would stay open until nobody holds one, be it in the
        # traceback of an error.
        pools = self.poolmanager.pools
        for pool in [pools.get(key) for key in pools.keys()]:  # noqa: SIM118  # it cannot be iterated over otherwise
            if pool:
                pool.close()
        super().close()


class _GuardedAdapter(_Adapter):
    pools: ClassVar[dict[str, type[HTTPConnectionPool]]] = {"http": _GuardedPool, "https": _GuardedTlsPool}
