"""Reading records on their way in and out: imports with their rows, and exports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journeys.models.journeys import Journey

IMPORTS_FOLDER, EXPORTS_FOLDER = "imports", "exports"
"""Where the services keep the files."""


def unused_upload_to(_row: models.Model, _name: str) -> str:
    raise NotImplementedError("the services name the file")


class ImportFormat(models.TextChoices):
    OURS = "ours", _("Reading Journey")
    GOODREADS = "goodreads", "Goodreads"
    STORYGRAPH = "storygraph", "StoryGraph"
    READWISE = "readwise", "Readwise"
    KINDLE = "kindle", "Kindle (My Clippings.txt)"
    CALIBRE = "calibre", "calibre"
    CSV = "csv", _("another table (CSV)")


class ImportState(models.TextChoices):
    """uploaded → reading → ready (or mapping first, for an unknown table) → importing → done; failed from anywhere.

    From done it goes through scoring or undoing, where the reader wants that, and is done again; or back to ready,
    where something was left unanswered. From ready a table may go back to uploaded, to be read with other columns.
    """

    UPLOADED = "uploaded", _("waiting to be read")
    READING = "reading", _("being read")
    MAPPING = "mapping", _("its columns need a meaning")
    READY = "ready", _("ready to look at")
    IMPORTING = "importing", _("being taken in")
    DONE = "done", _("taken in")
    SCORING = "scoring", _("its music is being asked for")
    UNDOING = "undoing", _("being taken back")
    FAILED = "failed", _("could not be read")


AT_WORK = [
    ImportState.UPLOADED,
    ImportState.READING,
    ImportState.IMPORTING,
    ImportState.SCORING,
    ImportState.UNDOING,
]
AT_REST = [ImportState.MAPPING, ImportState.READY, ImportState.DONE, ImportState.FAILED]


class Import(models.Model):
    """A file that a reader brings along. Its row is the truth; the task that works on it may die and come again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports")
    file = models.FileField(upload_to=unused_upload_to, max_length=200, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=12, choices=ImportFormat, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    error_code = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("When a worker may take it up (again)"))
    fencing_token = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="import_state_is_known", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(
                name="import_failed_has_a_reason",
                condition=(Q(state=ImportState.FAILED) & ~Q(error_code=""))
                | (~Q(state=ImportState.FAILED) & Q(error_code="")),
            ),
            # Due exactly while a worker has something to do.
            models.CheckConstraint(
                name="import_due_while_at_work",
                condition=Q(state__in=AT_WORK, due_at__isnull=False) | Q(state__in=AT_REST, due_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="import_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"


class RowOutcome(models.TextChoices):
    NEW = "new", _("new")
    DUPLICATE = "duplicate", _("here already")
    CHOICE = "choice", _("needs a choice")
    SKIPPED = "skipped", _("left out")
    FAILED = "failed", _("cannot be taken in")
    IMPORTED = "imported", _("taken in")


class ImportRow(models.Model):
    """One journey's worth of an imported file: a book with its dates, or a book's quotes. Or, of our own archive, a
    piece of music that belongs to no journey.

    `data` is what the file says (`journeys.importing.records`); once it is taken in, only the keys of its words are
    kept, so that the same file adds nothing when it comes again; of a piece, the id that it has here.
    """

    record = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text=_("In the order of the file, from 1"))
    key = models.CharField(max_length=64, blank=True, help_text=_("Digest of what it is at its source"))
    title = models.CharField(max_length=300, blank=True)
    authors = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=RowOutcome, default=RowOutcome.NEW)
    reason = models.CharField(max_length=60, blank=True)
    candidates = models.JSONField(default=list, blank=True)
    choice = models.CharField(max_length=60, blank=True)
    journey = models.ForeignKey(Journey, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["record", "number"]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="import_row_once"),
            models.CheckConstraint(name="import_row_outcome_is_known", condition=Q(outcome__in=RowOutcome.values)),
        ]
        indexes = [
            models.Index(fields=["record", "outcome"], name="import_row_outcome"),
            models.Index(fields=["key"], name="import_row_key", condition=Q(outcome="imported")),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    @property
    def is_piece(self) -> bool:
        return bool(self.data.get("piece"))


class ExportState(models.TextChoices):
    REQUESTED = "requested", _("being put together")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be put together")


class Export(models.Model):
    """A reader's whole record, or one journey, packed into a file to keep; it is deleted after some days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    journey = models.ForeignKey(Journey, models.CASCADE, null=True, blank=True, related_name="exports")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.REQUESTED)
    error_code = models.CharField(max_length=40, blank=True)
    file = models.FileField(upload_to=unused_upload_to, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    fencing_token = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="export_state_is_known", condition=Q(state__in=ExportState.values)),
            models.CheckConstraint(
                name="export_due_while_at_work",
                condition=Q(state=ExportState.REQUESTED, due_at__isnull=False)
                | (~Q(state=ExportState.REQUESTED) & Q(due_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="export_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
