"""What `up` does before the first process starts: schema and static files, each only where something changed."""

from __future__ import annotations

import hashlib
import inspect
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


def migrate_if_needed() -> bool:
    """Bring the database's schema up to date; return whether there was anything to do.

    Asking first is what makes a second start quick: `migrate` renders every model and writes permissions even when it
    has nothing to apply.
    """
    executor = MigrationExecutor(connections["default"])
    needed = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if needed:
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    return needed


def collect_static_if_changed() -> bool:
    """Collect the static files unless those collected last came of the very same inputs; return whether it did."""
    stamp = Path(settings.STATIC_ROOT, ".inputs")  # among the files, so that it goes when they go
    digest = static_inputs_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)
    return True


def static_inputs_digest() -> str:
    """Digest of all that `collectstatic` reads: names, sizes and times of the files, and the code that renames them."""
    digest = hashlib.sha256()
    storage_code = inspect.getfile(staticfiles_storage.__class__)  # the real class, through the lazy object
    for line in (django.__version__, str(settings.STATIC_ROOT), repr(settings.STORAGES["staticfiles"])):
        digest.update(f"{line}\n".encode())
    digest.update(_stat_line(storage_code, storage_code))
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(_stat_line(name, storage.path(name)))
    return digest.hexdigest()


def _stat_line(name: str, path: str) -> bytes:
    found = os.stat(path)
    return f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode()
