"""The logs written along the way."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from music.brief import Mood

if TYPE_CHECKING:
    from music.models import MusicTrack

from journeys.models.journeys import Journey

QUOTE_LIMIT = 4000


MEMO_LIMIT = 8000


class ReadingLog(models.Model):
    """What a reader wrote down at one moment of a journey; each has its piece of music."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, models.CASCADE, related_name="logs")
    version = models.PositiveIntegerField(help_text=_("0 for the start, then rising"))
    is_final = models.BooleanField(default=False)
    quote = models.TextField(_("quote"), max_length=QUOTE_LIMIT, blank=True)
    memo = models.TextField(_("memo"), max_length=MEMO_LIMIT, blank=True)
    emotions = models.JSONField(_("emotions"), default=list, blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    logged_on = models.DateField(_("date"))
    import_key = models.CharField(
        max_length=64, blank=True, help_text=_("Digest of where it was imported from; the same is never taken in twice")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    if TYPE_CHECKING:
        track: MusicTrack  # the one-to-one relation that music.models declares

    class Meta:
        verbose_name = _("reading log")
        verbose_name_plural = _("reading logs")
        ordering = ["journey", "version"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "version"], name="log_version_once"),
            models.UniqueConstraint(fields=["journey"], name="log_one_final", condition=Q(is_final=True)),
            models.CheckConstraint(
                name="log_page_or_percent", condition=Q(page__isnull=True) | Q(percent__isnull=True)
            ),
            models.CheckConstraint(
                name="log_percent_within_100", condition=Q(percent__isnull=True) | Q(percent__lte=100)
            ),
            models.UniqueConstraint(
                fields=["journey", "import_key"], name="log_imported_once", condition=~Q(import_key="")
            ),
            models.CheckConstraint(name="log_start_is_not_final", condition=~Q(version=0, is_final=True)),
        ]

    def __str__(self) -> str:
        return f"{self.journey} · {self.label}"

    def get_absolute_url(self) -> str:
        """Its place on its journey's page."""
        return f"{self.page_url}#log-{self.pk}"

    @property
    def page_url(self) -> str:
        """Its journey's page, opened where it is: a long journey shows its logs on several pages."""
        return f"{reverse('journey', args=[self.journey_id])}?log={self.version}"

    @property
    def artist(self) -> str:
        """Who is named with its music: the book's authors, as far as they are known."""
        return self.journey.book.shown_authors

    @property
    def label(self) -> str:
        """v0, v1 … or vFinal."""
        return log_label(self.version, is_final=self.is_final)

    @property
    def moods(self) -> tuple[Mood, ...]:
        """The reader's own emotion tags."""
        return tuple(Mood(name) for name in self.emotions)


def log_label(version: int, *, is_final: bool) -> str:
    """What a log is called by its place in the journey; so is its piece."""
    return "vFinal" if is_final else f"v{version}"
