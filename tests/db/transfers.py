"""Steps of tests that import and export: a file goes in, the worker's steps are taken, a file comes out."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from journeys.exporting import job as export_job
from journeys.exporting.services import request_everything
from journeys.importing import job
from journeys.importing.services import begin_import, confirm, map_columns
from journeys.models import Export, Import, ImportState, Reader
from music.storage import open_audio


def brought(reader: Reader, data: str | bytes, name: str = "books.csv") -> Import:
    """An import of this file, read by the worker."""
    raw = data.encode() if isinstance(data, str) else data
    record = begin_import(reader=reader, file=SimpleUploadedFile(name, raw), name=name)
    return worked(record)


def worked(record: Import) -> Import:
    """The import after the worker has looked at it, however soon after the last time."""
    Import.objects.filter(pk=record.pk, due_at__isnull=False).update(due_at=Now())
    job.work(record.pk)
    record.refresh_from_db()
    return record


def taken_in(reader: Reader, data: str | bytes, name: str = "books.csv", *, status: str = "", **fields: str) -> Import:
    """An import of this file, confirmed and taken in; `fields` say what the columns of a table mean."""
    record = brought(reader, data, name)
    if record.state == ImportState.MAPPING:
        map_columns(record, fields=fields or record.mapping["sample"]["guess"], dates="ymd", out_of=5)
        worked(record)
    assert record.state == ImportState.READY, record.error_code
    confirm(record, status=status)
    return worked(record)


def outcomes(record: Import) -> list[tuple[str, str]]:
    """Outcome and reason of every row, in the order of the file."""
    return list(record.rows.order_by("number").values_list("outcome", "reason"))


def exported(reader: Reader) -> bytes:
    """The archive with everything."""
    export = request_everything(reader)
    export_job.work(export.pk)
    export = Export.objects.get(pk=export.pk)
    assert export.state == "ready", export.error_code
    with open_audio(str(export.file.name)) as file:
        return bytes(file.read())


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def table(*rows: dict[str, Any]) -> str:
    """Goodreads' table with these cells, the others empty."""
    columns = ["Book Id", "Title", "Author", "ISBN13", "My Rating", "Exclusive Shelf", "Date Read", "My Review"]
    lines = [",".join(columns), *(",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows)]
    return "\n".join(lines) + "\n"
