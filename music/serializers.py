"""Tracks on the wire."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from music.brief import Genre, Mood
from music.explanation import explain
from music.models import MusicTrack, TrackStatus
from music.presentation import WIRE_STATES, TrackCard, error_text
from music.queueing import SHOWN_PLACES, Place, places_of

PROMPT_INPUT_LIMIT = 300


class PlaceSerializer(serializers.Serializer[Any]):
    at = serializers.FloatField(help_text="Seconds from the beginning")
    clock = serializers.CharField(help_text="The same for reading, as 1:05")
    text = serializers.CharField(help_text="How the theme is varied there; of a chapter, its log's label")


class QueuePlaceSerializer(serializers.Serializer[Any]):
    """Where a waiting track stands, as things are now."""

    ahead = serializers.IntegerField(help_text="Tracks that come before it")
    more = serializers.BooleanField(help_text="Whether the counting stopped there")
    low_seconds = serializers.IntegerField(help_text="It should be there in so many seconds at the earliest")
    high_seconds = serializers.IntegerField(help_text="And at the latest; both 0 where nobody can say")
    paused = serializers.BooleanField(help_text="Whether its provider takes nothing new until further notice")


def place_json(place: Place | None) -> dict[str, Any] | None:
    """The body of `QueuePlaceSerializer`."""
    if place is None:
        return None
    return {
        "ahead": place.ahead,
        "more": place.more,
        "low_seconds": place.low,
        "high_seconds": place.high,
        "paused": bool(place.pause_code),
    }


class ExplanationSerializer(serializers.Serializer[Any]):
    """A finished piece in words, in the reader's language."""

    headline = serializers.CharField()
    key = serializers.CharField()
    tempo = serializers.CharField()
    instruments = serializers.CharField()
    genre = serializers.CharField()
    mood = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    theme = PlaceSerializer(many=True, help_text="Where the journey's theme is heard")
    own = PlaceSerializer(many=True, help_text="Where the piece's own tune is first heard")
    chapters = PlaceSerializer(many=True, help_text="In a finale, where each earlier piece comes back")


class RemakeSerializer(serializers.ModelSerializer[MusicTrack]):
    """The piece that is to take this one's place: unfinished, or failed."""

    error_message = serializers.SerializerMethodField(help_text="Why it failed, for the reader")

    class Meta:
        model = MusicTrack
        fields = [
            "status",
            "stage",
            "progress",
            "error_code",
            "error_message",
            "arrived_late",
            "genre",
            "mood",
            "requested_at",
        ]
        read_only_fields = fields

    def get_error_message(self, track: MusicTrack) -> str:
        return error_text(track)


class TrackSerializer(serializers.ModelSerializer[MusicTrack]):
    """A track as its owner sees it (requirement B7)."""

    file_url = serializers.SerializerMethodField(help_text="Where to hear it; empty until completed")
    error_message = serializers.SerializerMethodField(help_text="Why it failed, for the reader")
    midi_url = serializers.SerializerMethodField(help_text="The score as a MIDI file; empty where there is none")
    log_id = serializers.UUIDField(read_only=True, allow_null=True)
    place = serializers.SerializerMethodField(
        help_text=f"In the queue; null unless it is pending, not ordered already, and among its reader's "
        f"{SHOWN_PLACES} foremost"
    )
    explanation = serializers.SerializerMethodField(help_text="Null until completed, and where its maker told nothing")
    peaks = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, help_text="The waveform's outline, 0 to 100; may be empty"
    )
    remake = RemakeSerializer(
        source="current_remake",
        read_only=True,
        allow_null=True,
        help_text="Null unless the piece is being made again or that failed; success makes it the piece itself",
    )

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
            "midi_url",
            "error_code",
            "error_message",
            "arrived_late",
            "place",
            "remake",
            "prompt",
            "genre",
            "mood",
            "tempo",
            "duration",
            "chosen_mood",
            "chosen_genre",
            "audio_seconds",
            "peaks",
            "explanation",
            "album",
            "number",
            "provider",
            "version",
            "created_at",
            "requested_at",
            "started_at",
            "finished_at",
            "heard_at",
        ]
        read_only_fields = fields

    def get_file_url(self, track: MusicTrack) -> str:
        return audio_url(track, self.context.get("request"))

    def get_midi_url(self, track: MusicTrack) -> str:
        return reverse("api-track-midi", args=[track.pk], request=self.context.get("request")) if track.midi else ""

    @extend_schema_field(ExplanationSerializer(allow_null=True))
    def get_explanation(self, track: MusicTrack) -> dict[str, Any] | None:
        explanation = explain(track)
        return asdict(explanation) if explanation else None

    def get_error_message(self, track: MusicTrack) -> str:
        return error_text(track)

    @extend_schema_field(QueuePlaceSerializer(allow_null=True))
    def get_place(self, track: MusicTrack) -> dict[str, Any] | None:
        if track.turn is None:
            return None
        kept = cast("dict[str, Any]", self.context)
        if "places" not in kept:  # once for the whole answer, however many tracks it lists
            waiting = MusicTrack.objects.for_reader(track.owner_id).waiting().filter(turn__gte=0)
            kept["places"] = places_of(waiting.in_order()[:SHOWN_PLACES])
        return place_json(kept["places"].get(track.pk))


def audio_url(track: MusicTrack, request: Any) -> str:
    """The absolute address of the track's audio; empty until it is completed."""
    if track.status != TrackStatus.COMPLETED:
        return ""
    return reverse("api-track-audio", args=[track.pk], request=request)


class JobRequestSerializer(serializers.Serializer[Any]):
    """`POST /api/music` (requirement A1)."""

    prompt = serializers.CharField(max_length=PROMPT_INPUT_LIMIT, help_text="The music you would like, in your words")
    duration = serializers.IntegerField(required=False, min_value=30, max_value=300, help_text="Seconds asked for")


class RemakeRequestSerializer(serializers.Serializer[Any]):
    """`POST /api/music/{id}/remake`; with neither, the piece is simply made anew from another seed."""

    mood = serializers.ChoiceField(
        choices=[(str(mood), mood.name.capitalize()) for mood in Mood],
        required=False,
        allow_null=True,
        default=None,
        help_text="What the piece should rather feel like; kept for later remakes",
    )
    genre = serializers.ChoiceField(
        choices=[str(genre) for genre in Genre],
        required=False,
        allow_null=True,
        default=None,
        help_text="For this piece alone; kept for later remakes",
    )


class JobSerializer(serializers.Serializer[Any]):
    jobId = serializers.UUIDField()  # the wire name of requirement A1


class JobStateSerializer(serializers.Serializer[Any]):
    """`GET /api/music/{jobId}/status` (requirement A2)."""

    state = serializers.ChoiceField(choices=list(WIRE_STATES.values()))
    resultUrl = serializers.URLField(required=False, help_text="Where there is something to hear")


def job_state(track: MusicTrack, request: Any) -> dict[str, str]:
    """The body of `JobStateSerializer`: the state of what was asked for last, which may be a remake, and where to hear
    what there is by now."""
    state = {"state": WIRE_STATES[TrackStatus((track.current_remake or track).status)]}
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
    audio_url = serializers.CharField(help_text="Where the page plays it from: each version has its own; may be empty")
    cover_url = serializers.CharField(help_text="The picture of what is at `audio_url`; may be empty")
    album = serializers.CharField(help_text="The title of the book it belongs to; empty for a piece of its own")
    artist = serializers.CharField(help_text="The authors of that book, as far as they are known")
    making = serializers.BooleanField(help_text="Whether it, or a remake of it, is on its way")
    unheard = serializers.BooleanField(help_text="Whether it is completed and its reader has not played it yet")
    remake_error = serializers.CharField(help_text="Why a remake of it failed; empty where none did")
    arrived_late = serializers.BooleanField(help_text="Given up, but there after all: a retry takes it in")
    place = QueuePlaceSerializer(allow_null=True, help_text="Of the track, or of a remake of it; null unless it waits")
    place_text = serializers.CharField(help_text="The same in words; empty while there is nothing worth saying")
    late_after = serializers.IntegerField(
        allow_null=True, help_text="Seconds after which it takes longer than usual; null: it is not told"
    )


def track_news(track: MusicTrack, card: TrackCard, badge: str, request: Any) -> dict[str, Any]:
    """The body of `TrackNewsSerializer`; `card` and `badge` are the track's."""
    way = card.shown_way
    return {
        "id": str(card.id),
        "version": card.version,
        "status": card.status,
        "state": WIRE_STATES[TrackStatus(card.status)],
        "stage": card.stage,
        "stage_text": card.way.stage_text if card.way else "",
        "badge_text": card.badge_text,
        "title": card.title,
        "page_url": card.page_url,
        "file_url": audio_url(track, request),
        "error_code": track.error_code,
        "error_message": card.reason,
        "badge_html": badge,
        "audio_url": card.audio_url,
        "cover_url": card.cover_url,
        "album": card.album,
        "artist": card.artist,
        "making": card.is_making,
        "unheard": card.is_unheard,
        "remake_error": card.remake.reason if card.remake else "",
        "arrived_late": card.arrived_late,
        "place": place_json(way.wait.place if way and way.wait else None),
        "place_text": way.place_text if way else "",
        "late_after": way.late_after if way else None,
    }


class NewsSerializer(serializers.Serializer[Any]):
    """`GET /api/music/status`: the tracks asked for and all unfinished ones."""

    tracks = TrackNewsSerializer(many=True)
    gone = serializers.ListField(child=serializers.CharField(), help_text="Asked for, but not (any more) yours")
    active = serializers.IntegerField(help_text="How many of your tracks are unfinished")
    making_standalone = serializers.BooleanField(help_text="Whether a piece from the music page is among them")
    indicator = serializers.CharField(help_text="The header's line; empty when idle")
    unheard = serializers.IntegerField(help_text="How many of your pieces you have not played yet")
    unheard_text = serializers.CharField(help_text="The same in words; empty for none")
    next_poll_ms = serializers.IntegerField(allow_null=True, help_text="When to ask again; null: nothing is going on")
