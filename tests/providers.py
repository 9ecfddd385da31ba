"""Providers for the tests: real ones of both families, only quicker, or speaking to a server on the loopback."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import lameenc
import numpy as np
import requests
from urllib3.exceptions import NewConnectionError

from music.brief import MusicBrief
from music.providers.base import (
    Audio,
    NotSubmitted,
    ProviderBusy,
    ProviderError,
    ProviderUnreachable,
    ResultInvalid,
    Submission,
    SubmissionUnknown,
    TaskReport,
    TaskState,
)


@cache
def tone(seconds: float = 2.0, pitch: int = 440) -> bytes:
    """A real MP3: a soft sine."""
    rate = 44100
    samples = (np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate) * 8000).astype(np.int16)
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(128)
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(1)
    encoder.set_quality(7)
    encoder.silence()
    data = io.BytesIO()
    data.write(encoder.encode(samples.tobytes()))
    data.write(encoder.flush())
    return data.getvalue()


class QuickStudio:
    """A blocking provider that makes a short tone, another for every seed, and tells of it what the studio would."""

    name = "studio"
    charges = False
    typical_seconds = (1, 3)
    deadline_seconds = 60

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:
        motifs = [
            {"of": "theme", "form": "statement", "number": 0, "at": 0.2, "until": 0.8},
            {"of": "own", "form": "statement", "number": 0, "at": 0.9, "until": 1.1},
            {"of": "theme", "form": "inversion", "number": 0, "at": 1.25, "until": 1.75},
        ]
        motifs += [
            {"of": "chapter", "form": "head", "number": number, "at": 1.8 + number / 50, "until": 1.9}
            for number in range(len(brief.chapters))
        ]
        return Audio(
            data=tone(2.0, 220 + brief.seed % 440),
            content_type="audio/mpeg",
            extension="mp3",
            seconds=2.0,
            metadata={
                "key": brief.key,
                "mode": str(brief.mode),
                "tempo": float(brief.tempo),
                "meter": "4/4",
                "instruments": {"accompaniment": "piano", "melody": "cello", "drums": "brushes"},
                "sections": [{"name": "A", "bar": 0, "bars": 1, "at": 0.0}],
                "motifs": motifs,
            },
            midi=b"MThd" + brief.seed.to_bytes(16, "big", signed=True),
            peaks=tuple(Random(brief.seed).choices(range(20, 100), k=400)),
        )


class LoopbackProvider:
    """Submit and poll over HTTP, as a paid vendor would: the server (`tests.loopback`) decides what happens."""

    name = "loopback"
    charges = True
    typical_seconds = (1, 5)
    deadline_seconds = 60
    concurrency: int | None = None
    poll_seconds = 0.2
    slowest_poll_seconds = 0.2

    @property
    def base(self) -> str:
        return os.environ["LOOPBACK_PROVIDER_URL"]

    def submit(self, brief: MusicBrief) -> Submission:
        try:
            answer = requests.post(
                f"{self.base}/tasks", json={"prompt": brief.prompt}, timeout=(2, 30), allow_redirects=False
            )
        except requests.ConnectionError as error:
            if isinstance(getattr(error.args[0], "reason", None), NewConnectionError):
                raise ProviderUnreachable(str(error)) from error
            raise SubmissionUnknown(str(error)) from error  # the connection broke after the order may have left
        except requests.Timeout as error:
            raise SubmissionUnknown(str(error)) from error
        if answer.status_code == 429:
            raise ProviderBusy("busy", retry_after=float(answer.headers.get("Retry-After", 1)))
        if 400 <= answer.status_code < 500:
            raise NotSubmitted(answer.text, code="content_refused", permanent=True)
        task_id = _json(answer).get("id")
        if answer.status_code != 200 or not task_id:
            raise SubmissionUnknown(f"{answer.status_code}: {answer.text[:100]}", trace_id="trace-1")
        return Submission(task_id=task_id, trace_id="trace-1")

    def poll(self, task_id: str) -> TaskReport:
        try:
            body = _json(requests.get(f"{self.base}/tasks/{task_id}", timeout=5))
        except requests.RequestException as error:
            raise ProviderError(str(error), code="provider_unreachable") from error
        states = {"succeeded": TaskState.SUCCEEDED, "failed": TaskState.FAILED}
        return TaskReport(
            state=states.get(body.get("status", ""), TaskState.RUNNING),
            result_url=body.get("url", ""),
            code="provider_failed" if body.get("status") == "failed" else "",
            reason=body.get("reason", ""),
            progress=body.get("progress"),
        )

    def fetch(self, result_url: str) -> Audio:
        try:
            answer = requests.get(result_url, timeout=5)
        except requests.RequestException as error:
            raise ProviderError(str(error), code="provider_unreachable") from error
        if answer.status_code != 200 or not answer.content.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3")):
            raise ResultInvalid(f"{answer.status_code}, not an MP3")
        return Audio(data=answer.content, content_type="audio/mpeg", extension="mp3", seconds=2.0)


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
