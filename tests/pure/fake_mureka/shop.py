"""Who orders from the fake vendor here."""

from __future__ import annotations

from typing import Any

import requests

from tests.fake_mureka import FakeMureka

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.ReadTimeout)
"""What `requests` calls a connection that ends: the second when the headers had been read by then."""
ORDER = {"model": "mureka-9", "prompt": "calm piano", "n": 1, "stream": False}


class Shop:
    """A client that does nothing clever: no retries, no redirects."""

    def __init__(self, mureka: FakeMureka) -> None:
        self.mureka = mureka
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {mureka.key}"

    def order(self, order: Any = None, timeout: float = 5, **changes: Any) -> requests.Response:
        return self.session.post(
            f"{self.mureka.url}/v1/instrumental/generate",
            json=order if order is not None else ORDER | changes,
            timeout=timeout,
            allow_redirects=False,
        )

    def ordered(self, **changes: Any) -> str:
        answer = self.order(**changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def query(self, task_id: str, timeout: float = 5) -> requests.Response:
        url = f"{self.mureka.url}/v1/instrumental/query/{task_id}"
        return self.session.get(url, timeout=timeout, allow_redirects=False)

    def status(self, task_id: str) -> str:
        return str(self.query(task_id).json()["status"])

    def audio_url(self, task_id: str) -> str:
        return str(self.query(task_id).json()["choices"][0]["url"])

    def download(self, url: str, timeout: float = 5) -> requests.Response:
        return requests.get(url, timeout=timeout, allow_redirects=False, stream=True)

    def billing(self) -> requests.Response:
        return self.session.get(f"{self.mureka.url}/v1/account/billing", timeout=5)
