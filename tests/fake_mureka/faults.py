"""What can go wrong, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FATES = {"running", "failed", "timeouted", "cancelled"}
"""What a task can come to instead of succeeding; "running" is for ever."""

REFUSALS = {
    "refuse": (400, "Invalid request: the prompt was refused"),
    "unauthorised": (401, "Incorrect API key provided"),
    "payment": (402, "Payment required: insufficient balance"),
    "forbidden": (403, "Country, region, or territory not supported"),
    "missing": (404, "Task not found"),
    "not_found": (404, "Not found"),
    "unprocessable": (422, "The request could not be processed"),
    "busy": (429, "Rate limit reached for requests"),
    "quota": (429, "You exceeded your current quota, please check your billing details"),
    "moderated": (451, "The content did not pass the safety review"),
}
"""Answers in the vendor's envelope: HTTP status and message."""

_ACCOUNT = {"unauthorised", "payment", "forbidden", "busy", "quota"}
_SPOILT = {"broken", "garbage", "empty", "redirect", "huge", "duplicate_keys", "stall", "dribble", "reset"}
"""Answers that go wrong whatever they were to say."""

KINDS = {
    "submit": {"accept", "drop_before", "drop_after", "no_id", "same_id", "int_id", *_SPOILT, *_ACCOUNT}
    | {"refuse", "unprocessable", "moderated", "not_found"},
    "query": {"accept", "drop", "reviewing", "unknown", "backwards", "no_url", "no_choices", "wrong_id", "url"}
    | {"missing", "missing_text", *_SPOILT, *_ACCOUNT, *FATES},
    "download": {"accept", "html", "empty", "truncated", "wrong_codec", "short", "silent", "huge", "gzip_bomb", "slow"}
    | {"forbidden", "missing", "gone", "broken", "redirect", "no_length", "stall", "drop", "reset"},
    "billing": {"accept", "drop", "missing", *_SPOILT, *_ACCOUNT},
    "fate": FATES,
}


_TELL_AN_ID = {"accept", "huge", "duplicate_keys", "dribble", "same_id", "int_id"}
_OPTIONS = {"charged", "declared", "fate", "html", "location", "megabytes", "message", "pause", "rate", "reason"}
_OPTIONS |= {"retry_after", "retry_after_date", "seconds", "status", "url"}


def check(on: str, kind: str, options: dict[str, Any] | None = None) -> None:
    """Raises `ValueError` for a fault nobody has heard of: a misspelt one would be a test that cannot fail."""
    if unknown := (options or {}).keys() - _OPTIONS:
        raise ValueError(f"no such option: {', '.join(sorted(unknown))}")
    if options and "fate" in options:
        check("fate", options["fate"])
    if options and options.get("charged") is False and kind in _TELL_AN_ID:
        raise ValueError(f"{kind} tells an id, so there must be an order")
    if kind not in KINDS.get(on, ()):
        raise ValueError(f"no {on} goes wrong as {kind!r}, only as {', '.join(sorted(KINDS.get(on, ())))}")


@dataclass
class Fault:
    """What goes wrong, and for how many times (None: until it is cleared)."""

    kind: str
    times: int | None = 1
    options: dict[str, Any] = field(default_factory=dict)
