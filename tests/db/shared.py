"""A journey with something to show, for the tests of sharing."""

from __future__ import annotations

from journeys.models import Journey, Share
from journeys.services import LogEntry, add_log
from journeys.services.sharing import Showing, share_journey
from music import generation
from music.brief import Mood
from music.models import MusicTrack

QUOTE, MEMO = "새는 알에서 나오려고 투쟁한다.", "아무에게도 말하지 못한 이야기"


def written(journey: Journey) -> Journey:
    """With a second log that has everything in it, and its first piece finished."""
    add_log(journey, LogEntry(quote=QUOTE, memo=MEMO, emotions=(Mood.SADNESS,), page=137))
    generation.advance(MusicTrack.objects.get(log__journey=journey, log__version=0).pk)
    return journey


def finish(journey: Journey, version: int) -> MusicTrack:
    """Have the piece of a log finished."""
    track = MusicTrack.objects.get(log__journey=journey, log__version=version)
    MusicTrack.objects.filter(pk=track.pk).update(turn=0)
    generation.advance(track.pk)
    track.refresh_from_db()
    return track


def shared(journey: Journey, **wishes: object) -> Share:
    share, _is_new = share_journey(journey, Showing(**wishes))
    return share
