"""Journeys, their tags, and how far they have come."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from journeys.models.books import Book
from music.brief import Genre

DURATIONS = (30, 60, 90, 120, 180, 240)
"""Seconds that a journey's pieces can be asked to last."""


RATING_STEPS = 20
"""A rating is counted in quarters of a star: 20 are five stars."""
TAG_LIMIT = 60
REVIEW_LIMIT = 8000


class JourneyStatus(models.TextChoices):
    WANT = "want", _("Want to read")
    READING = "reading", _("Reading")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


class Tag(models.Model):
    """A reader's own word for a kind of journey; it serves as a shelf too."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags")
    name = models.CharField(_("tag"), max_length=TAG_LIMIT)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint("reader", Lower("name"), name="tag_once_per_reader")]

    def __str__(self) -> str:
        return self.name


class JourneyQuerySet(models.QuerySet["Journey"]):
    def for_reader(self, reader: Any) -> JourneyQuerySet:
        """The journeys this reader may see: their own."""
        return self.filter(reader=reader)


class Journey(models.Model):
    """One reading of one book by one reader; reading it again is another journey."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="journeys", verbose_name=_("reader")
    )
    book = models.ForeignKey(Book, models.PROTECT, related_name="journeys", verbose_name=_("book"))
    status = models.CharField(_("status"), max_length=10, choices=JourneyStatus, default=JourneyStatus.READING)
    genre = models.CharField(
        _("genre"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Preferred for all its music; empty leaves it to the book and the words"),
    )
    duration = models.PositiveSmallIntegerField(
        _("length"), null=True, blank=True, help_text=_("Seconds each piece is to last; empty: the usual")
    )
    theme_seed = models.BigIntegerField(help_text=_("All music of this journey grows from it"))
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, help_text=_("Quarters of a star, 1 to 20")
    )
    review = models.TextField(_("review"), max_length=REVIEW_LIMIT, blank=True)
    pages = models.PositiveIntegerField(
        _("pages"), null=True, blank=True, help_text=_("Of the reader's own copy; empty: as the book has them")
    )
    tags = models.ManyToManyField(Tag, related_name="journeys", blank=True, verbose_name=_("tags"))
    started_on = models.DateField(_("started on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    objects = JourneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(name="journey_status_is_known", condition=Q(status__in=JourneyStatus.values)),
            # What is imported may have begun and ended on days that nobody wrote down.
            models.CheckConstraint(
                name="journey_dates_fit_its_status",
                condition=Q(status=JourneyStatus.WANT, started_on__isnull=True, ended_on__isnull=True)
                | Q(status=JourneyStatus.READING, ended_on__isnull=True)
                | Q(status__in=[JourneyStatus.FINISHED, JourneyStatus.STOPPED]),
            ),
            models.CheckConstraint(
                name="journey_rating_within_five_stars",
                condition=Q(rating__isnull=True) | Q(rating__range=(1, RATING_STEPS)),
            ),
            models.CheckConstraint(
                name="journey_genre_is_known", condition=Q(genre__in=["", *(str(genre) for genre in Genre)])
            ),
            models.CheckConstraint(
                name="journey_duration_is_offered", condition=Q(duration__isnull=True) | Q(duration__in=DURATIONS)
            ),
        ]
        indexes = [models.Index(fields=["reader", "-updated_at"], name="journey_reader_recent")]

    def __str__(self) -> str:
        return self.book.title

    def get_absolute_url(self) -> str:
        return reverse("journey", args=[self.pk])

    @property
    def page_count(self) -> int | None:
        """Pages of what is being read: of the reader's own copy, or else of the book; None where nobody knows."""
        return self.pages or self.book.pages


class Progress(models.Model):
    """How far a reader was on a day, without a log and its music. A log may tell it too (`ReadingLog.page`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, models.CASCADE, related_name="progress")
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    read_on = models.DateField(_("date"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        ordering = ["read_on", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="progress_page_or_percent",
                condition=Q(page__isnull=True, percent__isnull=False, percent__lte=100)
                | Q(page__isnull=False, percent__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["journey", "read_on"], name="progress_journey_day")]

    def __str__(self) -> str:
        return f"{self.journey_id}: {self.read_on}"
