"""What Django's system checks look at for music: who makes it, whether it may, and where it goes.

Run by `manage.py up`, `migrate` and every other command before it starts. Those tagged "deploy" write a file:
`manage.py check --deploy` and `manage.py doctor` run them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from music import spool
from music.providers import get_provider
from music.providers.base import MakeProvider, TaskProvider
from music.providers.http import is_loopback
from music.queueing import order_seconds
from music.storage import StorageFailed, check_writable


@register(Tags.compatibility)
def the_provider_can_be_asked(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """The chosen provider exists, can be loaded, and has what it needs to be asked."""
    name = settings.MUSIC_PROVIDER
    if name not in settings.MUSIC_PROVIDERS:
        known = ", ".join(sorted(settings.MUSIC_PROVIDERS))
        return [Error(f"MUSIC_PROVIDER is {name!r}, which is not one of: {known}.", id="music.E001")]
    try:
        provider = get_provider(name)
    except Exception as error:  # whatever the import of a provider from outside this project raises
        return [Error(f"The provider {name!r} cannot be loaded: {error!r}", id="music.E002")]
    return [*_mureka(), *_deadline(provider)]


def _mureka() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.MUSIC_PROVIDER == "mureka" and not settings.MUREKA_API_KEY:
        found.append(
            Error(
                "MUSIC_PROVIDER is mureka and MUREKA_API_KEY is empty.",
                hint="Set MUREKA_API_KEY, or MUSIC_PROVIDER=studio to make music on this machine.",
                id="music.E003",
            )
        )
    base = urlsplit(settings.MUREKA_API_BASE)
    if base.scheme != "https" and not is_loopback(base.hostname or ""):
        found.append(
            Error(
                "MUREKA_API_BASE is not an https address: the key would travel in the open.",
                hint="Plain http is allowed to this machine itself only.",
                id="music.E004",
            )
        )
    if settings.MUSIC_PROVIDER == "mureka" and settings.MUREKA_MODEL in ("", "auto"):
        found.append(
            Warning(
                "MUREKA_MODEL is not pinned: price and sound may change from one day to the next.",
                hint="Name a model, such as MUREKA_MODEL=mureka-9.",
                id="music.W001",
            )
        )
    return found


def _deadline(provider: MakeProvider | TaskProvider) -> list[CheckMessage]:
    """A lease is renewed up to the deadline only: an order that may take longer could outlast its claim."""
    deadline, order = provider.deadline_seconds, order_seconds(provider)
    if deadline > order:
        return []
    return [
        Error(
            f"An order at {provider.name} may take {order:g} s, and its track ends after {deadline:g} s.",
            hint="Raise the provider's deadline, or lower its time limits.",
            id="music.E005",
        )
    ]


@register(Tags.files, deploy=True)
def the_storage_takes_files(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """A few bytes are written and removed."""
    try:
        check_writable()
    except StorageFailed as error:
        return [
            Error(
                f"The audio storage cannot be used: {error}",
                hint="No finished piece could be kept. Look at the bucket's address and rights, or at the disk.",
                id="music.E007",
            )
        ]
    return []


@register(Tags.files, deploy=True)
def the_spool_can_be_written(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Where the id of a paid order goes when the database is away at the wrong moment."""
    directory = Path(spool.directory())
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory) as probe:
            probe.write(b"x")
    except OSError as error:
        return [
            Error(
                f"The directory for orders that could not be saved cannot be written: {error.strerror} ({directory})",
                hint="It belongs to DATA_DIR, on a disk that outlives the process.",
                id="music.E008",
            )
        ]
    return []
