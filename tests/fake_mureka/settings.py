"""What the vendor is like."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from tests.fake_mureka.faults import check

KEY = "test-key-of-the-fake-mureka"
DAY = 86400.0


@dataclass
class Settings:
    """What the vendor is like. Money in US cents, times in seconds."""

    latency: tuple[float, float] = (0.0, 0.0)
    """From accepted to succeeded, drawn evenly between the two."""
    concurrency: int | None = 10
    """Tasks at once, counted from the order until the task ends; None: any number, and billing does not tell."""
    recharge_cents: int = 1_000_000
    price_cents: int = 4
    """For one song."""
    default_n: int = 2
    """Songs made, and charged, for an order that does not say how many."""
    default_duration: float = 12.0
    """Length of the audio."""
    url_lifetime: float = 30 * DAY
    audio_base: str = ""
    """Where result addresses point, if not to this server."""
    key: str = KEY
    key_valid: bool = True
    stall_seconds: float | None = None
    """How long a stall lasts that was not told; None: until it is released."""
    retry_after: str = ""
    """A Retry-After for refusals over the concurrency limit; the real one is not known to send any."""
    seed: int = 1
    submit_odds: dict[str, float] = field(default_factory=dict)
    query_odds: dict[str, float] = field(default_factory=dict)
    download_odds: dict[str, float] = field(default_factory=dict)
    fate_odds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.change(vars(self))

    def change(self, changes: dict[str, Any]) -> None:
        """Raises `ValueError`, and changes nothing, when one of them is not known."""
        if unknown := changes.keys() - {each.name for each in fields(self)}:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        for on in ("submit", "query", "download", "fate"):
            for kind in changes.get(f"{on}_odds", {}):
                check(on, kind)
        for name, value in changes.items():
            setattr(self, name, tuple(value) if name == "latency" else value)
