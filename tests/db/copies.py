"""Thousands of rows like one, made by the database itself: what is measured is its plans, and not how we fill it."""

from __future__ import annotations

from django.db import connection

from music.models import MusicTrack

FILE_OF_N = "CAST(n AS varchar) || '.mp3'"
"""A file's name of its own for each copy."""
_NEW_ID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def copy_track(track: MusicTrack, count: int, **differing: str) -> None:
    """So many more tracks like this unsaved one. `differing`: a column's SQL, in which `n` counts from 1."""
    MusicTrack.objects.bulk_create([track])
    told = {"id": _NEW_ID[connection.vendor], **differing}
    columns = [field.column for field in MusicTrack._meta.concrete_fields]
    quoted = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(told.get(column, f'"{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{MusicTrack._meta.db_table}" ({quoted}) '  # noqa: S608  # of nothing but our own names
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
            f'SELECT {values} FROM "{MusicTrack._meta.db_table}", numbers WHERE "id" = %s',
            [count, MusicTrack._meta.pk.get_db_prep_value(track.pk, connection)],
        )
