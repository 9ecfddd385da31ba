"""The reader's side: readers, books, journeys, and the logs written along the way."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from music.brief import Genre, Mood

if TYPE_CHECKING:
    from music.models import MusicTrack

QUOTE_LIMIT = 4000
MEMO_LIMIT = 8000
DURATIONS = (30, 60, 90, 120, 180, 240)
"""Seconds that a journey's pieces can be asked to last."""


def validate_time_zone(name: str) -> None:
    """Raise `ValidationError` unless `name` is a zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a known time zone."), params={"name": name}, code="invalid")


class Reader(AbstractUser):
    """Somebody with an account: logs in by name or e-mail address, and reads in a language and a time zone."""

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default=settings.READER_TIME_ZONE, validators=[validate_time_zone]
    )

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="reader_email_once", condition=~Q(email="")),
        ]


class Book(models.Model):
    """Bibliographic facts of a book somebody reads, as its source gave them or as a reader typed them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300, blank=True)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    authors_en = models.CharField(_("authors (English)"), max_length=300, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.SmallIntegerField(_("first published"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    isbn13 = models.CharField("ISBN", max_length=13, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    description_ko = models.TextField(_("description (Korean)"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    moods = models.JSONField(_("moods"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=40, default="manual")
    source_id = models.CharField(_("id at the source"), max_length=120, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="books_added"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="book_once_per_source", condition=~Q(source_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title in the language of the page."""
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def shown_authors(self) -> str:
        """The authors in the language of the page."""
        return self.authors_en if self.authors_en and get_language() == "en" else self.authors


class JourneyStatus(models.TextChoices):
    READING = "reading", _("Reading")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


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
    started_on = models.DateField(_("started on"))
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
            models.CheckConstraint(
                name="journey_ended_unless_reading",
                condition=(Q(status=JourneyStatus.READING) & Q(ended_on__isnull=True))
                | (~Q(status=JourneyStatus.READING) & Q(ended_on__isnull=False)),
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
            models.CheckConstraint(name="log_start_is_not_final", condition=~Q(version=0, is_final=True)),
        ]

    def __str__(self) -> str:
        return f"{self.journey} · {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("journey", args=[self.journey_id])

    @property
    def label(self) -> str:
        """v0, v1 … or vFinal."""
        return "vFinal" if self.is_final else f"v{self.version}"

    @property
    def moods(self) -> tuple[Mood, ...]:
        """The reader's own emotion tags."""
        return tuple(Mood(name) for name in self.emotions)
