"""What music remembers: the track with all its transitions, its timeline, the orders that may cost money, the
providers' gates, and signs of life."""

from music.models.attempt import AttemptState, SubmissionAttempt
from music.models.event import EventKind, TrackEvent
from music.models.gate import PauseCode, ProviderGate
from music.models.heartbeat import Heartbeat
from music.models.held import CANCELLED, GIVEN_UP, Waiting
from music.models.query import TrackQuerySet
from music.models.states import TrackStage, TrackStatus
from music.models.track import ORDERED_ALREADY, MusicTrack

__all__ = [
    "CANCELLED",
    "GIVEN_UP",
    "ORDERED_ALREADY",
    "AttemptState",
    "EventKind",
    "Heartbeat",
    "MusicTrack",
    "PauseCode",
    "ProviderGate",
    "SubmissionAttempt",
    "TrackEvent",
    "TrackQuerySet",
    "TrackStage",
    "TrackStatus",
    "Waiting",
]
