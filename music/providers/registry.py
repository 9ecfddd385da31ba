"""From a stored name to a provider: settings.MUSIC_PROVIDERS maps each name to a dotted path."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from music.providers.base import MakeProvider, TaskProvider


class UnknownProvider(LookupError):
    """No provider of that name is configured (any more)."""


@cache
def get_provider(name: str) -> MakeProvider | TaskProvider:
    """Return this process's one instance of the provider. Raises `UnknownProvider`."""
    try:
        path = settings.MUSIC_PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(name) from None
    provider = import_string(path)()
    if not isinstance(provider, MakeProvider | TaskProvider):
        raise TypeError(f"{path} is neither a MakeProvider nor a TaskProvider")
    return provider
