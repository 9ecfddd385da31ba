"""Providers make music. `get_provider` knows them by the name that is stored on every track."""

from music.providers.registry import UnknownProvider, get_provider

__all__ = ["UnknownProvider", "get_provider"]
