"""Books."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def unused_upload_to(_book: Book, _name: str) -> str:
    raise NotImplementedError("journeys.covers names the file")


MOST_PAGES = 20_000
"""Of a book; more is a slip of the pen."""


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
    cover_url = models.URLField(_("cover at the source"), max_length=500, blank=True)
    cover = models.FileField(_("cover"), upload_to=unused_upload_to, max_length=200, blank=True)
    complete_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When to look for its cover and pages; empty: never")
    )
    source_url = models.URLField(_("page at the source"), max_length=500, blank=True)
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
        indexes = [
            models.Index(fields=["complete_at"], name="book_to_complete", condition=Q(complete_at__isnull=False)),
            models.Index(fields=["isbn13"], name="book_isbn"),
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

    @property
    def picture(self) -> str:
        """The address of its cover; empty where we have none."""
        key = self.cover.name or ""
        return reverse("book-cover", args=[self.pk, cover_version(key)]) if key else ""


def cover_version(key: str) -> str:
    """What tells one picture of a book from another, out of its file's name: `covers/<book>.<version>.webp`."""
    return key.rsplit(".", 2)[-2]
