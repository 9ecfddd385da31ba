"""How many status polls a second the web process answers: 200 and 304 for 20 tracks, beside a health check.

    python -m bench.status [--seconds 1.5] [--rounds 3] [--threads 4]

As a browser does it, signed in by cookie, through gunicorn as `up` runs it, over loopback only. The three kinds of
request take turns; the figures are medians of the rounds. The client has one connection a thread and shares the
machine's cores with the server. An open page asks once in 2 s, and only while music is being made.

The yardstick is /health/live: everything between socket and view, with no database and no reader.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
import urllib3

from bench import measure
from tests.process.reader import PASSWORD, HttpReader

TRACKS = 20
MOST_SECONDS = 5.0


@dataclass(frozen=True)
class Request:
    """What to ask for, and the answer that must come."""

    name: str
    path: str
    headers: Mapping[str, str]
    status: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.5, help=f"of each round, at most {MOST_SECONDS:g}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    seconds = min(options.seconds, MOST_SECONDS)
    with (
        measure.report(f"status polls for {TRACKS} tracks, {options.threads} connections"),
        measure.product(MUSIC_DURATION_SECONDS=10) as product,
    ):
        kinds = prepared_requests(product.url)
        for request in kinds:
            latencies(product.url, request, 0.5, options.threads)
        rounds: dict[str, list[list[float]]] = {request.name: [] for request in kinds}
        for _ in range(options.rounds):
            for request in kinds:
                rounds[request.name].append(latencies(product.url, request, seconds, options.threads))
        rates = {name: measure.median([len(each) / seconds for each in found]) for name, found in rounds.items()}
        waits = {name: [wait for each in found for wait in each] for name, found in rounds.items()}
        yardstick = rates[kinds[0].name]
        measure.table(
            ("", "requests/s", "p50 ms", "p99 ms", "ratio"),
            *(
                (
                    name,
                    f"{rate:.0f}",
                    *(f"{1000 * measure.percentile(waits[name], percent):.1f}" for percent in (50, 99)),
                    measure.times(rate, yardstick),
                )
                for name, rate in rates.items()
            ),
        )


def prepared_requests(url: str) -> list[Request]:
    """Have the tracks made, sign in as a browser does, and learn the ETag; the yardstick comes first."""
    reader = HttpReader(url)
    tracks = [reader.post("/api/music", {"prompt": f"비 오는 밤 {number}"}).json()["jobId"] for number in range(TRACKS)]
    for track in tracks:
        reader.wait_for(track, seconds=120)
    cookies = {"Cookie": signed_in(url)}
    path = f"/api/music/status?ids={','.join(tracks)}"
    answer = requests.get(url + path, headers=cookies, timeout=10)
    assert len(answer.json()["tracks"]) == TRACKS, answer.text
    return [
        Request("yardstick: /health/live", "/health/live", {}, 200),
        Request("poll, nothing new (304)", path, {**cookies, "If-None-Match": answer.headers["ETag"]}, 304),
        Request(f"poll, all {TRACKS} badges (200)", path, cookies, 200),
    ]


def signed_in(url: str, name: str = "alice") -> str:
    """The cookies of a browser in which this reader has signed in."""
    browser = requests.Session()
    form = browser.get(f"{url}/login", timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, form
    answer = browser.post(
        f"{url}/login",
        {"csrfmiddlewaretoken": token.group(1), "username": name, "password": PASSWORD},
        headers={"Referer": f"{url}/login"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.is_redirect, answer.text
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def latencies(url: str, request: Request, seconds: float, threads: int) -> list[float]:
    """Ask again and again for so long, on so many connections; the seconds that each answer took."""
    address = urllib3.util.parse_url(url)
    with urllib3.HTTPConnectionPool(address.host or "", address.port, maxsize=threads, retries=False) as connections:
        until = time.monotonic() + seconds

        def ask_on() -> list[float]:
            waits = []
            while (started := time.monotonic()) < until:
                answer = connections.request("GET", request.path, headers=request.headers, timeout=10)
                assert answer.status == request.status, (answer.status, answer.data[:500])
                waits.append(time.monotonic() - started)
            return waits

        with ThreadPoolExecutor(threads) as pool:
            return [wait for future in [pool.submit(ask_on) for _ in range(threads)] for wait in future.result()]


if __name__ == "__main__":
    main()
