"""Tracks on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from music.models import MusicTrack, TrackStatus
from music.presentation import WIRE_STATES, badge_text, page_url, stage_text
from music.reasons import reason_for

PROMPT_INPUT_LIMIT = 300


class TrackSerializer(serializers.ModelSerializer[MusicTrack]):
    """A track as its owner sees it (requirement B7)."""

    file_url = serializers.SerializerMethodField(help_text="Where to hear it; empty until completed")
    error_message = serializers.SerializerMethodField(help_text="Why it failed, for the reader")
    log_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = MusicTrack
        fields = [
            "id",
            "title",
            "log_id",
            "status",
            "stage",
            "progress",
            "file_url",
            "error_code",
            "error_message",
            "prompt",
            "genre",
            "mood",
            "tempo",
            "duration",
            "audio_seconds",
            "provider",
            "version",
            "created_at",
            "requested_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields

    def get_file_url(self, track: MusicTrack) -> str:
        return audio_url(track, self.context.get("request"))

    def get_error_message(self, track: MusicTrack) -> str:
        return reason_for(track.error_code)


def audio_url(track: MusicTrack, request: Any) -> str:
    """The absolute address of the track's audio; empty until it is completed."""
    if track.status != TrackStatus.COMPLETED:
        return ""
    return reverse("api-track-audio", args=[track.pk], request=request)


class JobRequestSerializer(serializers.Serializer[Any]):
    """`POST /api/music` (requirement A1)."""

    prompt = serializers.CharField(max_length=PROMPT_INPUT_LIMIT, help_text="The music you would like, in your words")
    duration = serializers.IntegerField(required=False, min_value=30, max_value=300, help_text="Seconds asked for")


class JobSerializer(serializers.Serializer[Any]):
    jobId = serializers.UUIDField()  # the wire name of requirement A1


class JobStateSerializer(serializers.Serializer[Any]):
    """`GET /api/music/{jobId}/status` (requirement A2)."""

    state = serializers.ChoiceField(choices=list(WIRE_STATES.values()))
    resultUrl = serializers.URLField(required=False, help_text="Only when done")


def job_state(track: MusicTrack, request: Any) -> dict[str, str]:
    """The body of `JobStateSerializer`: resultUrl is there only when there is one."""
    state = {"state": WIRE_STATES[TrackStatus(track.status)]}
    if url := audio_url(track, request):
        state["resultUrl"] = url
    return state


class TrackNewsSerializer(serializers.Serializer[Any]):
    """One track in the poll's answer."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=TrackStatus.choices)
    state = serializers.ChoiceField(choices=list(WIRE_STATES.values()))
    stage = serializers.CharField()
    stage_text = serializers.CharField()
    badge_text = serializers.CharField()
    title = serializers.CharField()
    page_url = serializers.CharField()
    file_url = serializers.CharField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    badge_html = serializers.CharField()


def track_news(track: MusicTrack, badge: str, request: Any) -> dict[str, Any]:
    """The body of `TrackNewsSerializer`."""
    return {
        "id": str(track.pk),
        "version": track.version,
        "status": track.status,
        "state": WIRE_STATES[TrackStatus(track.status)],
        "stage": track.stage,
        "stage_text": stage_text(track),
        "badge_text": badge_text(track),
        "title": track.title,
        "page_url": page_url(track),
        "file_url": audio_url(track, request),
        "error_code": track.error_code,
        "error_message": reason_for(track.error_code),
        "badge_html": badge,
    }


class NewsSerializer(serializers.Serializer[Any]):
    """`GET /api/music/status`: the tracks asked for and all unfinished ones."""

    tracks = TrackNewsSerializer(many=True)
    gone = serializers.ListField(child=serializers.CharField(), help_text="Asked for, but not (any more) yours")
    active = serializers.IntegerField(help_text="How many of your tracks are unfinished")
    making_standalone = serializers.BooleanField(help_text="Whether a piece from the music page is among them")
    indicator = serializers.CharField(help_text="The header's line; empty when idle")
    next_poll_ms = serializers.IntegerField(allow_null=True, help_text="When to ask again; null: nothing is going on")
