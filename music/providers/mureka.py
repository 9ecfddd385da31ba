"""Mureka (mureka.ai): instrumental pieces by submit and poll; https://platform.mureka.ai/docs.

What shapes this client: an order costs money from the moment it is taken, there is no idempotency key, no list of tasks
and no cancelling, and `n` is 2 unless one says otherwise. So the order is one request on a connection of its own, and
every outcome is sorted by one question: can it have been taken?

Settings are read with every call, so that one instance serves a process for as long as it lives.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
from django.conf import settings

from music import heavy
from music.brief import MusicBrief
from music.providers.base import (
    Account,
    Audio,
    NotSubmitted,
    ProviderBusy,
    ProviderError,
    ProviderHalted,
    ProviderUnreachable,
    ResultGone,
    ResultInvalid,
    Submission,
    SubmissionUnknown,
    TaskReport,
    TaskState,
)
from music.providers.download import DownloadFailed, ForeignHost, Gone, Refused, Unreachable, downloaded
from music.providers.http import Answer, NeverSent, NoAnswer, exchange, open_session, retry_after

if TYPE_CHECKING:
    from music.examination import Examined

PROMPT_LIMIT = 1024
ANSWER_LIMIT = 1_000_000
MESSAGE_LIMIT = 300
TRACE_LIMIT = 100
URL_LIMIT = 2_000
SHORTEST_SECONDS = 10.0
KEPT_CONNECTIONS = 32

RUNNING = frozenset({"preparing", "queued", "running", "streaming", "reviewing"})
FAILED = {
    "failed": "provider_failed",
    "timeouted": "provider_timeout",
    "cancelled": "provider_cancelled",
    "canceled": "provider_cancelled",
}
HALTING = {401: "key_refused", 402: "credit_used_up", 403: "region_refused"}
MISCONFIGURED = "provider_misconfigured"
DOUBTFUL = frozenset({408, 409, 499})
"""Refusals with which a server in between may speak of an order it has already passed on."""
ABOUT_THE_WORDS = frozenset({400, 422, 451})

_CREDIT = re.compile(r"quota|credit|balance", re.IGNORECASE)
_MODEL = re.compile(
    r"\bmodel\b.*(must be|invalid|unknown|not (found|exist|support|available)|unsupported|retired)", re.I
)
_MODERATION = re.compile(
    r"moderat|sensitive|safety|violat|inappropriate|prohibited|content policy|敏感|违规|审核", re.IGNORECASE
)
_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,254}")
_KEY = re.compile(r"[!-~]+")

EXAMINATION = "music.examination"
"""Loaded with the first finished piece: web processes know this provider's name, and never decode."""


class MurekaProvider:
    """Instrumental pieces by order; the length is the model's choice, about two minutes."""

    name = "mureka"
    charges = True
    typical_seconds = (30, 180)
    slowest_poll_seconds = 30.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._session_of = 0

    @property
    def deadline_seconds(self) -> int:
        return settings.MUREKA_DEADLINE_SECONDS

    @property
    def poll_seconds(self) -> float:
        return settings.MUREKA_POLL_SECONDS

    @property
    def order_seconds(self) -> float:
        """The longest that one order may take."""
        return settings.MUREKA_CONNECT_SECONDS + settings.MUREKA_SUBMIT_SECONDS

    @property
    def concurrency(self) -> int | None:
        return settings.MUREKA_CONCURRENCY or None

    def submit(self, brief: MusicBrief) -> Submission:
        """Order one piece by one request. Raises `NotSubmitted` or one of its kinds, or `SubmissionUnknown`."""
        if not 0 < len(brief.prompt) <= PROMPT_LIMIT or not brief.prompt.strip():
            raise NotSubmitted(
                f"a prompt of {len(brief.prompt)} characters: 1 to {PROMPT_LIMIT} are taken",
                code="internal_error",
                permanent=True,
            )
        order = {"model": settings.MUREKA_MODEL, "prompt": brief.prompt, "n": 1, "stream": False}
        headers = _headers()
        # A session of its own: on a connection that was kept, and that the other side has just closed, one cannot know
        # whether the order was read.
        with open_session() as session:
            try:
                answer = exchange(
                    session,
                    "POST",
                    _address("instrumental/generate"),
                    headers=headers,
                    json=order,
                    connect_seconds=settings.MUREKA_CONNECT_SECONDS,
                    seconds=settings.MUREKA_SUBMIT_SECONDS,
                    limit=ANSWER_LIMIT,
                )
            except NeverSent as error:
                raise ProviderUnreachable(f"mureka: {error}") from error
            except NoAnswer as error:
                raise SubmissionUnknown(f"mureka: {error}") from error
        return _submission(answer)

    def poll(self, task_id: str) -> TaskReport:
        """Ask once. Raises `ProviderHalted`, `ProviderBusy`, `ProviderUnreachable` or another `ProviderError`: none of
        them says anything of the task, which is paid for, but "result_gone", which is permanent."""
        if not _TASK_ID.fullmatch(task_id):
            raise ProviderError("that is no task id of mureka's", code="result_gone", permanent=True)
        answer = self._ask(f"instrumental/query/{quote(task_id, safe='')}")
        body = answer.json()
        if answer.status == requests.codes.not_found:
            # A wrong path is answered in plain text; only the application itself can say that it knows no such task.
            raise ProviderError(
                f"mureka knows no task {task_id}: {_said(answer)}",
                code="result_gone",
                permanent=_is_refusal(body),
                trace_id=_trace_id(answer),
            )
        if answer.status != requests.codes.ok:
            raise _failed(answer)
        if body is None or not isinstance(body.get("status"), str):
            raise _confused(answer, "no status")
        if "id" in body and _id(body) != task_id:
            raise _confused(answer, f"an answer about another task than {task_id}")
        return _report(body)

    def fetch(self, result_url: str) -> Audio:
        """Bring the audio and look whether it is what it should be. The address gets no key: it is another host's.

        Raises `ResultGone`, `ResultInvalid`, `ProviderHalted` for a host that is not on our list, or another
        `ProviderError` when only the way there was at fault.
        """
        examination = import_module(EXAMINATION)
        try:
            with (
                downloaded(
                    result_url,
                    allowed_hosts=settings.MUREKA_AUDIO_HOSTS,
                    max_bytes=settings.MUSIC_DOWNLOAD_MAX_BYTES,
                    seconds=settings.MUSIC_DOWNLOAD_SECONDS,
                    connect_seconds=settings.MUREKA_CONNECT_SECONDS,
                ) as file,
                heavy.turn,
            ):
                found: Examined = examination.examine(file)
                longest = settings.MUSIC_MAX_SECONDS
                if 0 < longest < found.seconds:
                    data = examination.trim(file, longest)
                    found = examination.examine(data)
                else:
                    file.seek(0)
                    data = file.read()
        except Gone as error:
            raise ResultGone(f"the result's address answers {error}") from error
        except ForeignHost as error:
            # They have moved, or our list is wrong: a person must look, and no further piece is paid for meanwhile.
            raise ProviderHalted(f"{error}; see MUREKA_AUDIO_HOSTS", code=MISCONFIGURED) from error
        except Refused as error:
            raise ResultInvalid(f"the result is not fetched: {error}") from error
        except Unreachable as error:
            raise ProviderError(f"the result could not be fetched: {error}", code="provider_unreachable") from error
        except DownloadFailed as error:
            raise ResultInvalid(f"the result did not come whole: {error}", permanent=False) from error
        except examination.NotAudio as error:
            raise ResultInvalid(f"the result is no audio: {error}", permanent=False) from error
        except OSError as error:
            raise ProviderError(f"no room for the result: {type(error).__name__}", code="storage_failed") from error
        if found.seconds < SHORTEST_SECONDS:
            raise ResultInvalid(f"the result lasts {found.seconds:.1f} s", permanent=False)
        if found.is_silent:
            raise ResultInvalid(f"the result is silent ({found.loudness} dBFS)", permanent=False)
        return Audio(
            data=data,
            content_type=found.content_type,
            extension=found.extension,
            seconds=found.seconds,
            metadata={"mureka": {"sample_rate": found.sample_rate, "channels": found.channels}},
            peaks=found.peaks,
        )

    def account(self) -> Account:
        """What the billing page says; what it leaves out, or says in another way than by number, is None."""
        answer = self._ask("account/billing")
        body = answer.json()
        if answer.status != requests.codes.ok:
            raise _failed(answer)
        if body is None:
            raise _confused(answer, "no JSON")
        concurrency = _whole(body.get("concurrent_request_limit"))
        return Account(
            balance_cents=_whole(body.get("balance")),
            spending_cents=_whole(body.get("total_spending")),
            recharge_cents=_whole(body.get("total_recharge")),
            # None at all would be an account that is shut; its orders say so themselves.
            concurrency=concurrency if concurrency and concurrency > 0 else None,
        )

    def _ask(self, path: str) -> Answer:
        """A question that costs nothing."""
        try:
            return exchange(
                self._kept_session(),
                "GET",
                _address(path),
                headers=_headers(),
                connect_seconds=settings.MUREKA_CONNECT_SECONDS,
                seconds=settings.MUREKA_POLL_TIMEOUT_SECONDS,
                limit=ANSWER_LIMIT,
            )
        except NeverSent as error:
            raise ProviderUnreachable(f"mureka: {error}") from error
        except NoAnswer as error:
            raise ProviderError(f"mureka: {error}", code="provider_unreachable") from error

    def _kept_session(self) -> requests.Session:
        """One for all threads of a process: a sweep's threads live shorter than a connection is worth keeping."""
        with self._lock:
            if self._session is None or self._session_of != os.getpid():
                # Two processes on one connection would read each other's answers.
                self._session, self._session_of = open_session(keep=KEPT_CONNECTIONS), os.getpid()
            return self._session


def _address(path: str) -> str:
    return f"{settings.MUREKA_API_BASE}/v1/{path}"


def _headers() -> dict[str, str]:
    key = settings.MUREKA_API_KEY
    if not _KEY.fullmatch(key):
        raise ProviderHalted("MUREKA_API_KEY is missing, or holds what no key can", code="key_refused")
    return {"Authorization": f"Bearer {key}", "Accept": "application/json", "User-Agent": "reading-journey"}


def _submission(answer: Answer) -> Submission:
    """The order's outcome, sorted by whether it can have been taken."""
    trace_id = _trace_id(answer)
    if 200 <= answer.status < 300:
        body = answer.json() or {}
        task_id = _id(body)
        if not _TASK_ID.fullmatch(task_id):
            raise SubmissionUnknown(f"mureka: HTTP {answer.status} without a usable task id", trace_id=trace_id)
        model = body.get("model")
        details: dict[str, object] = {"model_asked": settings.MUREKA_MODEL}
        if isinstance(model, str) and model:
            details["model"] = model[:80]
        return Submission(task_id=task_id, trace_id=trace_id, details=details)
    if not 400 <= answer.status < 500 or answer.status in DOUBTFUL:
        raise SubmissionUnknown(f"mureka: {_said(answer)}", trace_id=trace_id)
    raise _standing(answer) or _refused(answer)


def _standing(answer: Answer) -> ProviderHalted | ProviderBusy | None:
    """Refusals that are about us as a customer and not about one request.

    A page from a server in between counts like the provider's own word: it stands before the provider, so nothing was
    passed on, and either way it is a person who must look.
    """
    text, trace_id = f"mureka: {_said(answer)}", _trace_id(answer)
    if answer.status in HALTING:
        return ProviderHalted(text, code=HALTING[answer.status], trace_id=trace_id)
    if answer.status != requests.codes.too_many_requests:
        return None
    # Only the words tell the two apart.
    if _CREDIT.search(_message(answer.json())):
        return ProviderHalted(text, code="credit_used_up", trace_id=trace_id)
    return ProviderBusy(text, retry_after=retry_after(answer.headers), trace_id=trace_id)


def _refused(answer: Answer) -> NotSubmitted:
    """A refusal that is about this order: about its words, or else about the way we ask."""
    body, text, trace_id = answer.json(), f"mureka: {_said(answer)}", _trace_id(answer)
    about_the_words = answer.status in ABOUT_THE_WORDS and (_is_refusal(body) or answer.status == 451)
    if about_the_words and not _MODEL.search(_message(body)):
        return NotSubmitted(text, code="content_refused", permanent=True, trace_id=trace_id)
    # A wrong address, a model that is no more, or a page from a server in between: the next order would meet the same,
    # so the gate is shut and a person looks, instead of one piece after the other being lost.
    return ProviderHalted(text, code=MISCONFIGURED, trace_id=trace_id)


def _failed(answer: Answer) -> ProviderError:
    """A question that was not answered."""
    if standing := _standing(answer):
        return standing
    if answer.status >= 500:
        return ProviderError(f"mureka: {_said(answer)}", code="provider_unreachable", trace_id=_trace_id(answer))
    return _confused(answer, "no answer to the question")


def _confused(answer: Answer, what: str) -> ProviderError:
    return ProviderError(f"mureka: {what}; {_said(answer)}", code="provider_confused", trace_id=_trace_id(answer))


def _report(body: Mapping[str, Any]) -> TaskReport:
    status = str(body["status"]).strip().lower()
    if status == "succeeded":
        if url := _result_url(body.get("choices")):
            return TaskReport(TaskState.SUCCEEDED, result_url=url)
        return TaskReport(TaskState.FAILED, code="provider_failed", reason="it succeeded, and gave no audio")
    if status in FAILED:
        given = body.get("failed_reason")
        reason = _plain(given) if isinstance(given, str) else ""
        code = "content_refused" if status == "failed" and _MODERATION.search(reason) else FAILED[status]
        return TaskReport(TaskState.FAILED, code=code, reason=f"mureka: {status}" + (f", {reason}" if reason else ""))
    return TaskReport(TaskState.RUNNING, unknown_status="" if status in RUNNING else _plain(status)[:40])


def _result_url(choices: object) -> str:
    """The first choice's MP3, or whichever form of it there is: it is paid for."""
    for choice in choices if isinstance(choices, list) else ():
        for name in ("url", "flac_url", "wav_url"):
            url = choice.get(name) if isinstance(choice, dict) else None
            if isinstance(url, str) and 0 < len(url) <= URL_LIMIT:
                return url
    return ""


def _id(body: Mapping[str, Any]) -> str:
    """The task's id, which is a number of too many digits for some and comes as text, mostly."""
    value = body.get("id")
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(float(value)) if isinstance(value, str) else int(value)
    except (ValueError, OverflowError):
        return None


def _is_refusal(body: Mapping[str, Any] | None) -> bool:
    """Whether these are the provider's own words: {"error": {"message": …}, "trace_id": …}."""
    return body is not None and ("error" in body or "trace_id" in body)


def _message(body: Mapping[str, Any] | None) -> str:
    error = body.get("error") if body else None
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else ""


def _said(answer: Answer) -> str:
    """The status and, if they are the provider's own, its words: bounded, and of no page that came from elsewhere."""
    message = _plain(_message(answer.json()))
    return f"HTTP {answer.status}" + (f", {message}" if message else "")


def _plain(text: str) -> str:
    """Foreign text as one short line without our key, should it be quoted there, nor any address's query."""
    if settings.MUREKA_API_KEY:
        text = text.replace(settings.MUREKA_API_KEY, "***")
    text = re.sub(r"(https?://[^\s?]*)\?\S*", r"\1", text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:MESSAGE_LIMIT]


def _trace_id(answer: Answer) -> str:
    found = (answer.json() or {}).get("trace_id") or answer.headers.get("X-Trace-Id") or ""
    return _plain(str(found))[:TRACE_LIMIT] if isinstance(found, str | int) else ""
