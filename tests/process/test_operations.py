"""The running product, looked at from outside: health, metrics and logs."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import requests

from tests.process.product import Product, running_product, wait_until
from tests.process.reader import HttpReader

TOKEN = "a-token-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def lines(product: Product, name: str) -> list[dict[str, Any]]:
    """The log of a program, as far as it is JSON (a program's own greeting is not)."""
    return [json.loads(line) for line in product.log(name).splitlines() if line.startswith("{")]


def test_it_can_be_watched_while_its_broker_hangs_and_its_logs_name_nobody(tmp_path: Path) -> None:
    with running_product(
        tmp_path, MUSIC_SWEEP_SECONDS=0.5, LOG_FORMAT="json", METRICS_TOKEN=TOKEN, STUDIO_CONCURRENCY=1
    ) as product:
        ready = f"{product.url}/health/ready"
        wait_until(lambda: requests.get(ready, timeout=10).json()["status"] == "ok", what="the first sweep")
        assert requests.get(f"{product.url}/metrics", timeout=10).status_code == 404

        alice = HttpReader(product.url, name="alice-the-unlogged")
        _, track = alice.start_journey("봄봄")
        alice.wait_for(track)
        figures = requests.get(f"{product.url}/metrics", headers=BEARER, timeout=10).text
        assert 'reading_journey_tracks_ended_10m{code="",kind="completed"} 1.0' in figures
        assert "reading_journey_broker_up 1.0" in figures

        broker = product.pids["broker"]
        os.kill(broker, signal.SIGSTOP)
        try:
            started = time.monotonic()
            answer = requests.get(ready, headers={"X-Request-ID": "edge-7"}, timeout=10)
            assert time.monotonic() - started < 4  # the ping may take one; the machine may be busy
            assert (answer.status_code, answer.json()["checks"]["broker"]) == (200, "degraded")
            assert answer.headers["X-Request-ID"] == "edge-7"
        finally:
            os.kill(broker, signal.SIGCONT)
        wait_until(lambda: requests.get(ready, timeout=10).json()["checks"]["broker"] == "ok", what="the broker")

        asked = [line for line in lines(product, "web") if line["logger"] == "readingjourney.access"]
        assert {"method", "path", "status", "ms", "request"} <= asked[-1].keys()
        assert f"/api/music/{track}" in {line["path"] for line in asked}
        assert lines(product, "worker")
        for name in ("web", "worker", "studio", "beat"):
            for word in ("봄봄", "alice-the-unlogged", TOKEN):
                assert word not in product.log(name), (name, word)
