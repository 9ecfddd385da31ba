"""Which hosts an entry of a list of hosts stands for."""

from __future__ import annotations

import socket

import pytest

from music.providers.download import Refused, downloaded


def fetch(url: str, *hosts: str) -> None:
    with downloaded(url, allowed_hosts=hosts, max_bytes=10, seconds=1):
        pytest.fail("nothing should have come")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.invalid/x", "*.good.invalid"),
        ("https://evilgood.invalid/x", "*.good.invalid"),
        ("https://good.invalid.evil.invalid/x", "*.good.invalid"),
        ("https://good.invalid/x", "*.good.invalid"),  # the host itself is an entry of its own
        ("https://a.good.invalid:8443/x", "*.good.invalid"),
        ("http://a.good.invalid/x", "*.good.invalid"),
        ("https://a.good.invalid@evil.invalid/x", "*.good.invalid"),
        ("https://anything.invalid/x", "*"),
    ],
)
def test_a_foreign_host_is_refused(url: str, host: str) -> None:
    with pytest.raises(Refused, match="not on the list"):
        fetch(url, host)


@pytest.mark.parametrize("url", ["https://a.good.invalid/x", "https://a.b.good.invalid/x", "https://A.GOOD.invalid/x"])
def test_every_host_below_the_entry_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: inside)

    with pytest.raises(Refused, match="internal address"):  # it was looked up
        fetch(url, "*.good.invalid")
