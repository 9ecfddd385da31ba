"""Bringing a reading record along, and taking one's own away."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO
from wsgiref.util import FileWrapper

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files.base import File
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_GET, require_POST

from journeys.access import own_export, own_import
from journeys.exporting.archives import GOODREADS_NAME, READWISE_NAME, write_markdown
from journeys.exporting.services import delete_export, kept_until, request_everything
from journeys.exporting.tables import csv_text, goodreads_rows, readwise_rows
from journeys.importing.matching import NEW_BOOK, SKIP
from journeys.importing.reasons import Refused, file_reason, row_reason
from journeys.importing.services import (
    NotNow,
    TooManyImports,
    ask_for_its_music,
    begin_import,
    choose,
    choose_new_for_all,
    confirm,
    counts_of,
    delete_import,
    has_rows_without_status,
    map_columns,
    music_to_ask,
    stop_asking,
    undo,
)
from journeys.models import (
    AT_WORK,
    Export,
    ExportState,
    Import,
    ImportFormat,
    ImportRow,
    ImportState,
    JourneyStatus,
    Reader,
    RowOutcome,
)
from journeys.pages.downloads import Made, send
from journeys.transfer_forms import ColumnsForm, ConfirmForm, UploadForm
from music.ranges import ranged_response
from music.storage import open_audio, signed_url
from music.waiting import span_text
from readingjourney.forms import see_other

ROWS_A_PAGE = 50
ROW_FIELD = re.compile("row-([0-9]{1,9})")
SHOWN_IMPORTS = 50
SENT_AT_ONCE = 64 * 1024
NO_STATUS_BY_DEFAULT = {ImportFormat.CALIBRE: JourneyStatus.WANT}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that a row may be."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the file as the reader looks at it."""

    row: ImportRow
    facts: list[str]
    reason: str
    choices: list[Choice]

    @property
    def title(self) -> str:
        return self.row.title or _("(without a title)")


class ImportsPage(LoginRequiredMixin, View):
    """What was brought along so far, and the way to bring more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._render(request, form, status=422)
        file: File[bytes] = form.cleaned_data["file"]
        try:
            record = begin_import(reader=request.user, file=file, name=str(file.name))
        except Refused as error:
            form.add_error("file", str(error))
        except TooManyImports as error:
            form.add_error(None, str(error))
        else:
            return see_other(reverse("import", args=[record.pk]))
        return self._render(request, form, status=422)

    def _render(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        records = Import.objects.filter(reader=request.user.pk)[:SHOWN_IMPORTS]
        return render(request, "transfers/imports.html", {"form": form, "imports": records}, status=status)


class ImportPage(LoginRequiredMixin, View):
    """One import, whatever state it is in: at work, to be looked at, done, refused."""

    def get(self, request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
        record = own_import(request.user, import_id)
        form = ColumnsForm(sample=record.mapping.get("sample", {})) if record.state == ImportState.MAPPING else None
        return render_import(request, record, form)


def render_import(
    request: HttpRequest, record: Import, columns_form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    counts = counts_of(record)
    is_ready, is_done = record.state == ImportState.READY, record.state == ImportState.DONE
    shown = request.GET.get("show", RowOutcome.CHOICE if is_ready else "")
    if not counts.get(shown):
        shown = ""
    rows = record.rows.select_related("journey")
    page = Paginator(rows.filter(outcome=shown) if shown else rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    music_count, music_span = music_to_ask(record) if is_done else (0, None)
    confirm_form = None
    if is_ready and has_rows_without_status(record):
        usual = NO_STATUS_BY_DEFAULT.get(ImportFormat(record.format), JourneyStatus.FINISHED)
        confirm_form = ConfirmForm(initial={"status": usual})
    context = {
        "record": record,
        "is_at_work": record.state in AT_WORK,
        "work_text": work_text(record),
        "reason": file_reason(record.error_code),
        "columns_form": columns_form,
        "sample": record.mapping.get("sample", {}),
        "counts": [(str(outcome), RowOutcome(outcome).label, counts[outcome]) for outcome in RowOutcome],
        "new_count": counts[RowOutcome.NEW],
        "choice_count": counts[RowOutcome.CHOICE],
        "imported_count": counts[RowOutcome.IMPORTED],
        "row_count": sum(counts.values()),
        "shown": shown,
        "page": page,
        "lines": [row_line(row) for row in page],
        "confirm_form": confirm_form,
        "music_count": music_count,
        "music_span": span_text(*music_span) if music_span else "",
    }
    return render(request, "transfers/import.html", context, status=status)


def work_text(record: Import) -> str:
    """What a worker is doing with the import, for its page and the script that keeps it up to date."""
    texts = {
        ImportState.UPLOADED: _("Waiting to be read"),
        ImportState.READING: _("Being read"),
        ImportState.IMPORTING: _("Being taken in"),
        ImportState.SCORING: _("Its music is being asked for"),
        ImportState.UNDOING: _("Being taken back"),
    }
    text = texts.get(ImportState(record.state), "")
    if text and record.total:
        counted = _("%(done)s of %(total)s") % {"done": min(record.done, record.total), "total": record.total}
        return f"{text} · {counted}"
    return text


def row_line(row: ImportRow) -> RowLine:
    facts = []
    if row.authors:
        facts.append(row.authors)
    if status := row.data.get("status"):
        facts.append(str(JourneyStatus(status).label))
    if days := " – ".join(row.data[name] for name in ("started_on", "ended_on") if row.data.get(name)):
        facts.append(days)
    if words := len(row.data.get("passages", ())):
        facts.append(ngettext("%(count)d text", "%(count)d texts", words) % {"count": words})
    if match := row.data.get("match"):
        facts.append(_("as the book %(book)s") % {"book": match})
    return RowLine(row, facts, row_reason(row.reason), choices_of(row))


def choices_of(row: ImportRow) -> list[Choice]:
    """What the reader may say that the row is; nothing where there is no question."""
    if not row.candidates or row.outcome not in (RowOutcome.CHOICE, RowOutcome.NEW, RowOutcome.SKIPPED):
        return []
    found = [(candidate["value"], candidate_text(candidate)) for candidate in row.candidates]
    if row.reason in ("several_books", "title_only", "your_choice") and not any(
        value.startswith("journey:") for value, _text in found
    ):
        found.append((NEW_BOOK, _("another book, of its own")))
    found.append((SKIP, _("leave it out")))
    return [Choice(value, text, row.choice == value) for value, text in found]


def candidate_text(candidate: dict[str, str]) -> str:
    """What the reader chooses among, in their language."""
    status = candidate.get("status", "")
    if status == "again":
        return _("another reading of the book")
    if status:
        label = JourneyStatus(status).label
        days = f" ({candidate['text']})" if candidate["text"] else ""
        return _("the journey that you have: %(status)s") % {"status": f"{label}{days}"}
    return _("this book: %(book)s") % {"book": candidate["text"]}


@login_required
@require_POST
def give_columns(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What the columns of a table mean."""
    record = own_import(request.user, import_id)
    form = ColumnsForm(request.POST, sample=record.mapping.get("sample", {}))
    if record.state == ImportState.MAPPING and not form.is_valid():
        return render_import(request, record, form, status=422)
    if form.is_valid():
        _try(
            request,
            lambda: map_columns(
                record, fields=form.meaning, dates=form.cleaned_data["dates"], out_of=form.cleaned_data["out_of"]
            ),
        )
    return see_other(reverse("import", args=[record.pk]))


@login_required
@require_POST
def give_choices(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What the rows in question are; with "all" in it, every book in question is one of its own."""
    record = own_import(request.user, import_id)
    chosen = {
        int(found.group(1)): str(value)
        for name, value in request.POST.items()
        if value and (found := ROW_FIELD.fullmatch(name))
    }

    def work() -> None:
        taken = choose_new_for_all(record) if "all" in request.POST else choose(record, chosen)
        noted = ngettext("%(count)d choice noted.", "%(count)d choices noted.", taken)
        messages.success(request, noted % {"count": taken})

    _try(request, work)
    return see_other(reverse("import", args=[record.pk]))


@login_required
@require_POST
def confirm_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    record = own_import(request.user, import_id)
    form = ConfirmForm(request.POST)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    _try(request, lambda: confirm(record, status=status))
    return see_other(reverse("import", args=[record.pk]))


@login_required
@require_POST
def ask_music(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, ask_for_its_music)


@login_required
@require_POST
def stop_music(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, stop_asking)


@login_required
@require_POST
def undo_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, undo)


@login_required
@require_POST
def forget_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    record = own_import(request.user, import_id)
    if _try(request, lambda: delete_import(record)):
        messages.success(request, _("The import was deleted. The journeys made of it stay."))
        return see_other(reverse("imports"))
    return see_other(reverse("import", args=[record.pk]))


def _act(request: HttpRequest, import_id: uuid.UUID, action: Callable[[Import], None]) -> HttpResponse:
    record = own_import(request.user, import_id)
    _try(request, lambda: action(record))
    return see_other(reverse("import", args=[record.pk]))


def _try(request: HttpRequest, work: Callable[[], None]) -> bool:
    """Do it, or say why not: another window may have been faster."""
    try:
        work()
    except NotNow as error:
        messages.error(request, str(error))
        return False
    return True


class ExportsPage(LoginRequiredMixin, View):
    """Everything a reader can take away."""

    def get(self, request: HttpRequest) -> HttpResponse:
        exports = list(Export.objects.filter(reader=request.user.pk)[:SHOWN_IMPORTS])
        context = {
            "exports": [(export, kept_until(export)) for export in exports],
            "waiting": next((export for export in exports if export.state == ExportState.REQUESTED), None),
        }
        return render(request, "transfers/exports.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        request_everything(request.user)
        return see_other(reverse("exports"))


@login_required
@require_POST
def remove_export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    delete_export(own_export(request.user, export_id))
    messages.success(request, _("The archive was deleted."))
    return see_other(reverse("exports"))


@login_required
@require_GET
def export_file(request: HttpRequest, export_id: uuid.UUID) -> HttpResponseBase:
    """The archive itself."""
    return archive_response(request, own_export(request.user, export_id))


def archive_response(request: HttpRequest, export: Export) -> HttpResponseBase:
    """The archive, whole or in ranges, from us or from where it is stored. Raises `Http404` where there is none."""
    if export.state != ExportState.READY or not export.file:
        raise Http404
    day = timezone.localtime(export.finished_at).date() if export.finished_at else timezone.localdate()
    disposition = _attachment(f"reading-journey-{day.isoformat()}.zip")
    key = str(export.file.name)
    if url := signed_url(key, disposition=disposition):
        return HttpResponseRedirect(url)
    try:
        file = open_audio(key)
    except FileNotFoundError:
        raise Http404 from None
    response = ranged_response(
        request, file, size=file.size, content_type="application/zip", etag=f"{export.pk}-{export.fencing_token}"
    )
    response["Content-Disposition"] = disposition
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def goodreads_csv(request: HttpRequest) -> HttpResponseBase:
    return _table(request, goodreads_rows, GOODREADS_NAME)


@login_required
@require_GET
def readwise_csv(request: HttpRequest) -> HttpResponseBase:
    return _table(request, readwise_rows, READWISE_NAME)


@login_required
@require_GET
def markdown_zip(request: HttpRequest) -> HttpResponseBase:
    """Every journey as a text."""
    return _written(request, write_markdown, "markdown.zip", "application/zip")


def _table(request: HttpRequest, rows: Callable[[Reader], Iterator[list[str]]], name: str) -> HttpResponseBase:
    def write(reader: Reader, file: IO[bytes]) -> None:
        file.writelines(text.encode() for text in csv_text(rows(reader)))

    return _written(request, write, name, "text/csv; charset=utf-8")


def _written(
    request: HttpRequest, write: Callable[[Reader, IO[bytes]], None], name: str, content_type: str
) -> HttpResponseBase:
    """The file, written whole before any of it is sent: what goes wrong is an error page and no file cut short, and a
    slow line keeps no database waiting."""

    def make() -> Made:
        with ExitStack() as unless_whole:
            file = unless_whole.enter_context(TemporaryFile())
            write(request.user, file)  # type: ignore[arg-type]  # logged in
            file.seek(0)
            unless_whole.pop_all()
        return f"{timezone.localdate().isoformat()}-{name}", FileWrapper(file, SENT_AT_ONCE)

    return send(request, make, content_type=content_type, otherwise=reverse("exports"))


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
