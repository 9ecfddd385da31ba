"""Signs of life of what runs in the background, and its counters, for health checks and metrics."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models, transaction
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a recurring piece of work was last done, and what it has counted since the beginning."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    counts = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        """Note that the work is being done now."""
        if not cls.objects.filter(pk=name).update(at=Now()):
            cls.objects.get_or_create(pk=name)

    @classmethod
    def tally(cls, name: str, counts: Mapping[str, float]) -> None:
        """Add to the counters of `name`; called once for many events, since everybody shares the row. No sign of life:
        others than those who do the work count along."""
        with transaction.atomic():
            cls.objects.get_or_create(pk=name)
            row = cls.objects.select_for_update().get(pk=name)
            for key, value in counts.items():
                row.counts[key] = round(row.counts.get(key, 0) + value, 3)
            cls.objects.filter(pk=name).update(counts=row.counts)
