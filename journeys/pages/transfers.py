"""Bringing a reading record along, and taking one's own away."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO
from wsgiref.util import FileWrapper

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files.base import File
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_http_methods, require_safe

from journeys.access import own_export, own_import
from journeys.exporting.archives import GOODREADS_NAME, READWISE_NAME, write_markdown
from journeys.exporting.sending import archive_response
from journeys.exporting.services import delete_export, kept_until, request_everything
from journeys.exporting.tables import csv_text, goodreads_rows, readwise_rows
from journeys.forms.transfers import ColumnsForm, ConfirmForm, UploadForm
from journeys.importing.job import unanswered
from journeys.importing.reasons import Refused, file_reason, left_out_text, work_text
from journeys.importing.services import (
    NotNow,
    TooManyImports,
    ask_for_its_music,
    begin_import,
    books_in_question,
    choose,
    choose_new_for_all,
    confirm,
    counts_of,
    delete_import,
    has_left_out,
    has_rows_without_status,
    map_columns,
    may_map_columns,
    music_to_ask,
    reopen,
    sample_of,
    stop_asking,
    undo,
    usual_status,
)
from journeys.importing.undoing import what_undoing_takes
from journeys.models import (
    AT_WORK,
    Export,
    ExportState,
    Import,
    ImportState,
    Reader,
    RowOutcome,
)
from journeys.pages.downloads import Made, as_download, send
from journeys.pages.import_rows import page_after, page_of, rank_of, rows_shown
from music.waiting import span_text
from readingjourney.buttons import button
from readingjourney.forms import see_other

ROW_FIELD = re.compile("row-([0-9]{1,9})")
AFTER = re.compile("([0-2])-([0-9]{1,9})")
SHOWN_IMPORTS = 50
SENT_AT_ONCE = 64 * 1024


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
        form = ColumnsForm(sample=sample_of(record)) if record.state == ImportState.MAPPING else None
        return render_import(request, record, form)


def render_import(
    request: HttpRequest, record: Import, columns_form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    counts = counts_of(record)
    is_ready, is_done = record.state == ImportState.READY, record.state == ImportState.DONE
    shown = request.GET.get("show", "")
    if not counts.get(shown):
        shown = ""
    page, lines = page_of(rows_shown(record, shown, by_question=is_ready), request.GET.get("page"))
    music_count, music_span = music_to_ask(record) if is_done else (0, None)
    confirm_form = None
    if is_ready and has_rows_without_status(record):
        confirm_form = ConfirmForm(initial={"status": usual_status(record)})
    context = {
        "record": record,
        "is_at_work": record.state in AT_WORK,
        "work_text": work_text(record),
        "reason": file_reason(record.error_code),
        "columns_form": columns_form,
        "sample": record.mapping.get("sample", {}),
        "is_ready": is_ready,
        "may_map_columns": is_ready and may_map_columns(record),
        "counts": [(str(outcome), RowOutcome(outcome).label, counts[outcome]) for outcome in RowOutcome],
        "new_count": counts[RowOutcome.NEW],
        "choice_count": counts[RowOutcome.CHOICE],
        "has_left_out": is_ready and has_left_out(record),
        "book_count": books_in_question(record).count() if is_ready and counts[RowOutcome.CHOICE] else 0,
        "unanswered_count": unanswered(record).count() if is_done else 0,
        "imported_count": counts[RowOutcome.IMPORTED],
        "row_count": sum(counts.values()),
        "left_out": left_out_text(record),
        "shown": shown,
        "page": page,
        "lines": lines,
        "has_choices": any(line.choices or line.may_be_left_out for line in lines),
        "after": f"{rank_of(lines[-1].row)}-{lines[-1].row.number}" if lines else "",
        "confirm_form": confirm_form,
        "music_count": music_count,
        "music_span": span_text(*music_span) if music_span else "",
    }
    return render(request, "transfers/import.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def give_columns(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What the columns of a table mean; again, too, as long as nothing of it is taken in."""
    record = own_import(request.user, import_id)
    if not may_map_columns(record):
        messages.error(request, str(NotNow()))
        return see_other(reverse("import", args=[record.pk]))
    form = ColumnsForm(request.POST if request.method == "POST" else None, sample=sample_of(record))
    if not form.is_valid():
        context = {"record": record, "columns_form": form, "sample": record.mapping["sample"]}
        return render(request, "transfers/columns.html", context, status=422 if form.is_bound else 200)
    dates, out_of = form.cleaned_data["dates"], form.cleaned_data["out_of"]
    _try(request, lambda: map_columns(record, fields=form.meaning, dates=dates, out_of=out_of))
    return see_other(reverse("import", args=[record.pk]))


@button
def give_choices(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What the reader has chosen of the rows on the page, and then on to where they want to look (`to`). With "all" in
    it, every book that is still in question is one of its own."""
    record = own_import(request.user, import_id)

    def work() -> None:
        taken = choose(record, chosen_in(request.POST), status=request.POST.get("status", ""))
        if "all" in request.POST:
            taken += choose_new_for_all(record)
        if taken:
            saved = ngettext("%(count)d choice saved.", "%(count)d choices saved.", taken)
            messages.success(request, saved % {"count": taken})

    _try(request, work)
    return see_other(reverse("import", args=[record.pk], query=_place(record, request.POST.get("to", ""))))


def chosen_in(data: QueryDict) -> dict[int, str]:
    """Row's number → what it is to be."""
    return {
        int(found.group(1)): str(value)
        for name, value in data.items()
        if value and (found := ROW_FIELD.fullmatch(name))
    }


def _place(record: Import, text: str) -> dict[str, str | int]:
    """The query of the page that a button of the preview leads to: a page by its number, or what comes after a row."""
    asked = QueryDict(text[:200])
    shown = asked.get("show", "")
    shown = shown if shown in RowOutcome.values else ""
    page: str | int = asked.get("page", "")
    if found := AFTER.fullmatch(asked.get("after", "")):
        page = page_after(rows_shown(record, shown, by_question=True), int(found.group(1)), int(found.group(2)))
    return {name: value for name, value in (("show", shown), ("page", page)) if value}


class ConfirmPage(LoginRequiredMixin, View):
    """Having what is new taken in. The choices on the preview come along; where questions stay open, this asks whether
    they may."""

    def get(self, request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
        record = own_import(request.user, import_id)
        counts = counts_of(record)
        if record.state != ImportState.READY or not counts[RowOutcome.CHOICE]:
            return see_other(reverse("import", args=[record.pk]))
        context = {
            "record": record,
            "new_count": counts[RowOutcome.NEW],
            "choice_count": counts[RowOutcome.CHOICE],
        }
        return render(request, "transfers/confirm.html", context)

    def post(self, request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
        record = own_import(request.user, import_id)
        form = ConfirmForm(request.POST)
        status = form.cleaned_data["status"] if form.is_valid() else ""
        if record.state == ImportState.READY:
            if not _try(request, lambda: choose(record, chosen_in(request.POST), status=status)):
                return see_other(reverse("import", args=[record.pk]))
            if "anyway" not in request.POST and counts_of(record)[RowOutcome.CHOICE]:
                return see_other(reverse("import-confirm", args=[record.pk]))
        _try(request, lambda: confirm(record, status=status))
        return see_other(reverse("import", args=[record.pk]))


@button
def reopen_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, reopen)


@button
def ask_music(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, ask_for_its_music)


@button
def stop_music(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    return _act(request, import_id, stop_asking)


class UndoPage(LoginRequiredMixin, View):
    """Whether the import is to be taken back, with what would go and what would stay."""

    def get(self, request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
        record = own_import(request.user, import_id)
        if record.state != ImportState.DONE:
            return see_other(reverse("import", args=[record.pk]))
        return render(request, "transfers/undo.html", {"record": record, "takes": what_undoing_takes(record)})

    def post(self, request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
        return _act(request, import_id, undo)


@button
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


def _try(request: HttpRequest, work: Callable[[], object]) -> bool:
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


@button
def remove_export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    delete_export(own_export(request.user, export_id))
    messages.success(request, _("The archive was deleted."))
    return see_other(reverse("exports"))


@login_required
@require_safe
def export_file(request: HttpRequest, export_id: uuid.UUID) -> HttpResponseBase:
    """The archive itself."""
    return archive_response(request, own_export(request.user, export_id))


@login_required
@require_safe
def goodreads_csv(request: HttpRequest) -> HttpResponseBase:
    return _table(request, goodreads_rows, GOODREADS_NAME)


@login_required
@require_safe
def readwise_csv(request: HttpRequest) -> HttpResponseBase:
    return _table(request, readwise_rows, READWISE_NAME)


@login_required
@require_safe
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
    slow line keeps no database waiting. To HEAD, only what it would be called: it is not written for that."""
    file_name = f"{timezone.localdate().isoformat()}-{name}"
    if request.method == "HEAD":
        return as_download(StreamingHttpResponse((), content_type=content_type), file_name)

    def make() -> Made:
        with ExitStack() as unless_whole:
            file = unless_whole.enter_context(TemporaryFile())
            write(request.user, file)  # type: ignore[arg-type]  # logged in
            file.seek(0)
            unless_whole.pop_all()
        return file_name, FileWrapper(file, SENT_AT_ONCE)

    return send(request, make, content_type=content_type, otherwise=reverse("exports"))
