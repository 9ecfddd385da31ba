"""A browser's end of a live stream, read by a thread."""

from __future__ import annotations

import contextlib
import re
import threading
from typing import Any

import requests

from tests.process.product import wait_until
from tests.process.reader import PASSWORD


def signed_in(url: str, name: str) -> requests.Session:
    """A browser's session of a reader who has signed up."""
    browser = requests.Session()
    form = browser.get(f"{url}/login", timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, form
    fields = {"csrfmiddlewaretoken": token.group(1), "username": name, "password": PASSWORD}
    answer = browser.post(
        f"{url}/login", fields, headers={"Referer": f"{url}/login"}, allow_redirects=False, timeout=10
    )
    assert answer.is_redirect, answer.text
    return browser


class Listener:
    """Follows the redirect as an EventSource does, and keeps what it is told."""

    def __init__(self, browser: requests.Session, url: str) -> None:
        self.events: list[tuple[str, str]] = []
        self.ended = threading.Event()
        self.answer = browser.get(f"{url}/live/events", stream=True, timeout=(10, 90))
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Listener:
        assert self.answer.status_code == 200, self.answer.status_code
        wait_until(lambda: self.events, what="the first sign of life")
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    @property
    def changed(self) -> list[str]:
        """The ids of the pieces it was told of, in order."""
        return [data for event, data in self.events if event == "changed"]

    def wait_for(self, track: str, seconds: float = 10) -> None:
        wait_until(lambda: track in self.changed, seconds=seconds, every=0.01, what=f"news of {track}")

    def _read(self) -> None:
        # A stream that breaks off ends here as one that was closed: to its browser it is the same.
        with contextlib.suppress(requests.RequestException, AttributeError, ValueError, OSError):
            event: dict[str, Any] = {}
            for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, value = line.partition(": ")
                if name:
                    event[name] = value
                elif "event" in event:
                    self.events.append((event["event"], event["data"]))
                    event = {}
        self.ended.set()
