"""The form of a line in the log: for eyes ("line") or for machines ("json"), with the ids of request and track.

Who the reader is, and what a reader wrote, is in no line: neither the ids nor the fields below can say it. Secrets
should not come here either; where one does (in the text of some library's error), it is blotted out at the last moment,
the traceback included.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from music.logcontext import request_in_hand, track_in_hand

BLOT = "…"
SHORTEST_SECRET = 8  # a shorter one is no secret, and blotting it out would blot out words

_PATTERNS = [
    # The query of an address: that is where signatures are.
    (re.compile(r"(\bhttps?://[^\s?'\"<>]+)\?[^\s'\"<>)]+"), rf"\1?{BLOT}"),
    # The same in a library's words: urllib3 names host and path apart.
    (
        re.compile(r"(/[^\s?'\"<>]*)\?[^\s'\"<>)]*(?:signature|token|key|credential|expires)=[^\s'\"<>)]*", re.I),
        rf"\1?{BLOT}",
    ),
    (re.compile(r"\b(bearer|token|basic)(\s+)[\w.~+/=-]{12,}", re.I), rf"\1\2{BLOT}"),
    (re.compile(r"(\b[\w+]+://[^\s:/@]*):[^\s/@]+@"), rf"\1:{BLOT}@"),
    # PostgreSQL shows the row that it refuses, and a reader's words with it.
    (re.compile(r"(Failing row contains )\(.*?\)\.(?=\n|$)", re.S), rf"\1({BLOT})."),
    (re.compile(r"(Key \([^)]*\)=)\([^\n]*\)"), rf"\1({BLOT})"),
    # A password's reset, another e-mail address, a page that is not listed: the address is the key.
    (re.compile(r"(/account/reset)/[^\s/]+/[^\s/'\"]+"), rf"\1/{BLOT}"),
    (re.compile(r"(/account/email|(?<!\w)/j)/[^\s/?'\"]+"), rf"\1/{BLOT}"),
]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every one of `secrets`, and everything that has the look of one, blotted out."""
    for secret in secrets:
        text = text.replace(secret, BLOT)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class _Redacting(logging.Formatter):
    """What the two formatters share: what they must not say."""

    def __init__(self, *arguments: Any, secrets: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]

    def clean(self, text: str) -> str:
        return redact(text, self._secrets)


class LineFormatter(_Redacting):
    """`2026-11-21 12:00:00,123 INFO music.generation: message [request=… track=…]`, the ids where there are any."""

    def __init__(self, **options: Any) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{", **options)

    def format(self, record: logging.LogRecord) -> str:
        return self.clean(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={value}" for name, value in _ids().items())
        line = super().formatMessage(record)
        return f"{line} [{ids}]" if ids else line


class JsonFormatter(_Redacting):
    """One JSON object a line: at (UTC), level, logger, message, request, track, error, and a record's own `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.clean(record.getMessage()),
            **_ids(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.clean(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = self.clean(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _ids() -> dict[str, str]:
    found = {"request": request_in_hand(), "track": track_in_hand()}
    return {name: value for name, value in found.items() if value}
