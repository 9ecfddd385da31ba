"""Music for staff: the machine's rows to read, and what may be done through the services; nobody edits a row."""

from music.admin.gates import ProviderGateAdmin
from music.admin.heartbeats import HeartbeatAdmin
from music.admin.orders import SubmissionAttemptAdmin
from music.admin.tracks import MusicTrackAdmin

__all__ = ["HeartbeatAdmin", "MusicTrackAdmin", "ProviderGateAdmin", "SubmissionAttemptAdmin"]
