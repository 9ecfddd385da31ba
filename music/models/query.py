"""Which tracks: the queries that the sweep, the queue and the pages share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from music.models.states import TrackStage


class TrackQuerySet(models.QuerySet[Any, Any]):
    def for_reader(self, reader: Any) -> TrackQuerySet:
        """The tracks this reader may see and hear: their own."""
        return self.filter(owner=reader)

    def unfinished(self) -> TrackQuerySet:
        return self.filter(due_at__isnull=False)

    def waiting(self) -> TrackQuerySet:
        """Pending tracks. `turn` is set exactly while a track is pending, and has the index."""
        return self.filter(turn__isnull=False)

    def under_way(self) -> TrackQuerySet:
        """Generating tracks. `deadline_at` is set exactly while a track is being made, and has the indexes."""
        return self.filter(deadline_at__isnull=False)

    def due(self) -> TrackQuerySet:
        """Tracks under way that need a pair of hands now, the longest waiting first (the sweep's query)."""
        return self.under_way().filter(due_at__lte=Now()).order_by("due_at")

    def taking_places(self) -> TrackQuerySet:
        """Tracks under way that take up one of their provider's places, as far as we know."""
        return self.under_way().filter(stage__in=[TrackStage.SUBMITTING, TrackStage.WAITING])

    def at_provider(self, provider: str) -> TrackQuerySet:
        return self.taking_places().filter(provider=provider)

    def unheard(self) -> TrackQuerySet:
        """Finished pieces that their reader has not played yet, as they are now. (What has a size is completed.)"""
        return self.filter(file_size__isnull=False, heard_at__isnull=True)

    def in_order(self) -> TrackQuerySet:
        """The fair queue's order."""
        return self.order_by("turn", "requested_at", "pk")

    def for_cards(self) -> TrackQuerySet:
        """With what a card needs: remake, log and the book it is of, and the database's time to tell how long a track
        has been on its way."""
        cards: TrackQuerySet = self.select_related("log__journey__book", "remake").annotate(clock=Now())
        return cards

    def pieces(self) -> TrackQuerySet:
        """Without the remakes: to a reader they are a part of the piece they will replace."""
        # Not "is null": SQLite takes that, on a unique column, for a find of one row, and then reads every one.
        return self.exclude(replaces__isnull=False)

    def standalone(self) -> TrackQuerySet:
        return self.pieces().exclude(log__isnull=False)
