"""A worker that is killed in the middle of an import: another goes on, and every row is taken in once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tests.process.product import running_product, wait_until
from tests.process.reader import HttpReader

ROWS = 4000
LEASE_SECONDS = 60


def library() -> bytes:
    columns = "Book Id,Title,Author,My Rating,Exclusive Shelf,Date Read,Bookshelves,Private Notes"
    lines = (f'{n},"Book {n}",Somebody,{n % 6},read,2024/01/{n % 28 + 1:02},"a, b",note {n}' for n in range(ROWS))
    return "\n".join((columns, *lines)).encode()


def test_an_import_goes_on_after_its_worker_was_killed(tmp_path: Path) -> None:
    with running_product(tmp_path) as product:
        reader = HttpReader(product.url)
        sent = reader.api.post(
            f"{product.url}/api/imports", files={"file": ("a.csv", io.BytesIO(library()))}, timeout=60
        )
        assert sent.status_code == 202, sent.text
        address = product.url + sent.headers["Location"]

        def state() -> dict[str, Any]:
            body: dict[str, Any] = reader.api.get(address, timeout=30).json()
            return body

        wait_until(lambda: state()["state"] == "ready", seconds=120, what="the file to be read")
        reader.post(f"{sent.headers['Location']}/confirm")
        wait_until(lambda: state()["done"] > 0, seconds=60, what="the first rows to be taken in", every=0.01)
        pid = product.kill("worker")
        killed_at = state()
        assert killed_at["state"] == "importing"
        product.wait_until_replaced("worker", pid)
        wait_until(lambda: state()["state"] == "done", seconds=LEASE_SECONDS + 180, what="the rest", every=0.5)
        assert state()["counts"]["imported"] == ROWS
        journeys = reader.api.get(f"{product.url}/api/journeys", timeout=30).json()
        assert journeys["count"] == ROWS
