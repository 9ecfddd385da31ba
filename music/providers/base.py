"""What a provider is: two families, one vocabulary of errors.

- `MakeProvider`: one blocking call from brief to audio (the embedded studio; vendors that stream audio back).
- `TaskProvider`: `submit` gives a task id at once, `poll` is asked until the task ends, `fetch` brings the audio.
  Where it has an account to look at, it is an `AccountProvider` too.

A provider is stateless and thread-safe: one instance serves a whole process. It never touches the database.
A new vendor is one file here, one line in settings (`MUSIC_PROVIDERS`), and the shared contract test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from music.brief import MusicBrief


class ProviderError(Exception):
    """The provider could not do what it was asked.

    `permanent`: asking again for the same brief cannot help. `code`: short and stable, stored on the track.
    The message is for staff and logs; readers see the text that belongs to the code.
    """

    permanent = False

    def __init__(self, message: str, *, code: str, permanent: bool | None = None, trace_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.trace_id = trace_id
        if permanent is not None:
            self.permanent = permanent


class NotSubmitted(ProviderError):
    """Provably nothing was ordered and nothing will be charged. `retry_after` in seconds.

    As it stands it is about the one piece; the three below are about the provider as a whole, and shut its gate.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        permanent: bool = False,
        retry_after: float | None = None,
        trace_id: str = "",
    ) -> None:
        super().__init__(message, code=code, permanent=permanent, trace_id=trace_id)
        self.retry_after = retry_after


class ProviderBusy(NotSubmitted):
    """Too fast, or too many at once: it will pass. `retry_after` in seconds where the provider said when."""

    def __init__(self, message: str, *, retry_after: float | None = None, trace_id: str = "") -> None:
        super().__init__(message, code="provider_busy", retry_after=retry_after, trace_id=trace_id)


class ProviderUnreachable(NotSubmitted):
    """Nobody there, and no byte of an order has left: no address, refused, no TLS."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="provider_unreachable")


class ProviderHalted(NotSubmitted):
    """Only a person can help: "key_refused", "region_refused", "credit_used_up"."""

    def __init__(self, message: str, *, code: str, trace_id: str = "") -> None:
        super().__init__(message, code=code, trace_id=trace_id)


class SubmissionUnknown(ProviderError):
    """The request left and no usable answer came: it may have been accepted and paid. Never sent again by itself."""

    def __init__(self, message: str, *, trace_id: str = "") -> None:
        super().__init__(message, code="submission_unknown", permanent=True, trace_id=trace_id)


class ResultGone(ProviderError):
    """The result's address does not answer any more; asking the task again may give a fresh one."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="result_gone", permanent=False)


class ResultInvalid(ProviderError):
    """What came back is not the audio that was asked for (wrong type, too large, not decodable, gone)."""

    permanent = True

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message, code="result_invalid", permanent=permanent)


@dataclass(frozen=True, slots=True)
class Audio:
    """A finished piece as bytes, with what is known about it."""

    data: bytes
    content_type: str
    extension: str
    seconds: float | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    midi: bytes = b""
    """The score as a Standard MIDI File, from providers that have one."""
    peaks: tuple[int, ...] = ()
    """About 400 values 0 … 100, the waveform's outline; empty where the provider gives none."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The provider took the order: the id to poll by (1 to 255 characters), and its trace id for support."""

    task_id: str
    trace_id: str = ""
    details: dict[str, object] = field(default_factory=dict)
    """What else is worth keeping beside the order, such as the model that was asked for and the one that answered."""

    def __post_init__(self) -> None:
        if not 0 < len(self.task_id) <= 255:
            raise SubmissionUnknown(f"no usable task id: {self.task_id[:80]!r}", trace_id=self.trace_id)


class TaskState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One answer to a poll. `result_url` with SUCCEEDED; `code` and `reason` with FAILED; an unknown state is RUNNING.

    `progress` (0 … 1) only where the provider itself reports one.
    """

    state: TaskState
    result_url: str = ""
    code: str = ""
    reason: str = ""
    progress: float | None = None
    unknown_status: str = ""
    """The provider's word for the state where nobody knows it: worth a line in the log."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the provider says of our account; None where it says nothing. Money in US cents."""

    balance_cents: int | None = None
    spending_cents: int | None = None
    recharge_cents: int | None = None
    concurrency: int | None = None
    """How many tasks it lets run at once."""


@runtime_checkable
class Provider(Protocol):
    """What both families share."""

    name: str
    """Stable short name, stored on every track it makes."""
    charges: bool
    """True when a submission may cost money: it is then recorded before it is made, and made at most once."""
    typical_seconds: tuple[int, int]
    """Honest range from start to audio, shown until the provider's own recent durations are known."""
    deadline_seconds: int
    """From the first claim: past this, the track ends in error "timeout"."""


@runtime_checkable
class MakeProvider(Provider, Protocol):
    """One blocking call."""

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:
        """Make the piece. Raises `ProviderError` (`NotSubmitted`, `SubmissionUnknown`, `ResultInvalid`).

        `cancelled` may be asked as often as liked whether nobody wants the piece any more; who can stop then should,
        within a second, with a `ProviderError` of code "cancelled".
        """
        ...


@runtime_checkable
class TaskProvider(Provider, Protocol):
    """Submit, then poll."""

    concurrency: int | None
    """How many tasks may run there at once as far as we are concerned; None: any number."""
    poll_seconds: float
    """Pause before the first poll of a task; later ones are further apart."""
    slowest_poll_seconds: float
    """The longest pause between two polls of one task."""

    def submit(self, brief: MusicBrief) -> Submission:
        """Order the piece, exactly one request. Raises `NotSubmitted` or `SubmissionUnknown`."""
        ...

    def poll(self, task_id: str) -> TaskReport:
        """Ask once. Raises `ProviderError` when the question itself failed; it is then asked again later."""
        ...

    def fetch(self, result_url: str) -> Audio:
        """Bring the finished audio. Raises `ResultInvalid`, or `ProviderError` when another try may help."""
        ...


@runtime_checkable
class AccountProvider(Protocol):
    """A provider that can be asked about our account, free of charge."""

    def account(self) -> Account:
        """Ask. Raises `ProviderHalted`, `ProviderUnreachable`, `ProviderBusy` or another `ProviderError`."""
        ...
