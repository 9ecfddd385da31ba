"""What music remembers: the track with all its transitions, its timeline, and the orders that may cost money."""

from music.models.attempt import AttemptState, SubmissionAttempt
from music.models.event import EventKind, TrackEvent
from music.models.states import TrackStage, TrackStatus
from music.models.track import CANCELLED, MusicTrack, TrackQuerySet

__all__ = [
    "CANCELLED",
    "AttemptState",
    "EventKind",
    "MusicTrack",
    "SubmissionAttempt",
    "TrackEvent",
    "TrackQuerySet",
    "TrackStage",
    "TrackStatus",
]
