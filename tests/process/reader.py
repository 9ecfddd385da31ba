"""A reader who uses the running product over HTTP: the pages to sign up, the API for the rest."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import requests

from tests.process.product import wait_until

PASSWORD = "wonderland-7"


class HttpReader:
    """Signs up on the page, gets a token, and talks to the API."""

    def __init__(self, url: str, name: str = "alice", language: str = "ko") -> None:
        self.url = url
        self.pages = requests.Session()
        self.pages.headers["Accept-Language"] = language
        self.submit(
            "/signup",
            {"username": name, "email": f"{name}@example.org", "password1": PASSWORD, "password2": PASSWORD},
        )
        self.api = requests.Session()
        answer = self.api.post(f"{url}/api/token", json={"username": name, "password": PASSWORD}, timeout=10)
        self.api.headers["Authorization"] = f"Token {answer.json()['token']}"

    def submit(self, path: str, values: dict[str, Any], *, to: str = "", files: Any = None) -> str:
        """Send a page's form, to its own address unless `to` names another; the address it leads to."""
        page = self.pages.get(self.url + path, timeout=10).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        answer = self.pages.post(
            self.url + (to or path),
            {"csrfmiddlewaretoken": token.group(1), **values},
            files=files,
            headers={"Referer": self.url + path},
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]

    def start_journey(self, title: str = "데미안") -> tuple[str, str]:
        """The ids of a new journey and of its v0 track."""
        body = self.post("/api/journeys/create", {"book_title": title}).json()
        return body["journey"]["id"], body["musicTrack"]["id"]

    def post(self, path: str, body: dict[str, Any] | None = None, timeout: float = 10) -> requests.Response:
        answer = self.api.post(self.url + path, json=body or {}, timeout=timeout)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer

    def track(self, track_id: str) -> dict[str, Any]:
        body: dict[str, Any] = self.api.get(f"{self.url}/api/music/{track_id}", timeout=10).json()
        return body

    def wait_for(self, track_id: str, status: str = "completed", seconds: float = 60) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            track = self.track(track_id)
            return track if track["status"] == status else None

        return wait_until(look, seconds=seconds, what=f"track {track_id} to be {status}") or {}


def rows(data_dir: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the product's SQLite database says."""
    connection = sqlite3.connect(data_dir / "db.sqlite3", timeout=10)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def events(data_dir: Path, track_id: str) -> list[str]:
    """The kinds in a track's timeline, in order."""
    sql = "SELECT kind FROM music_trackevent WHERE track_id = ? ORDER BY id"
    return [kind for (kind,) in rows(data_dir, sql, track_id.replace("-", ""))]
