"""Logging in by name or by e-mail address, not more often than is needed to remember one's password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from journeys.models import Reader
from journeys.services.logins import give_back_the_try, network_of, take_a_try


class NameOrEmailBackend(ModelBackend):
    """A name that nobody has may be an e-mail address: where one reader has it, log in as that reader."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Reader | None:
        """The reader, or None. Raises `PermissionDenied` when there were too many tries, and leaves the seconds to wait
        in `request.login_wait`. Without a request it is a program that asks: that is not counted."""
        if username is None or password is None:
            return None
        name = _name_of(username)
        network = network_of(request) if request else ""
        if request and (wait := take_a_try(name, network)):
            request.login_wait = wait  # type: ignore[attr-defined]  # read by TooManyTriesMiddleware and the API
            raise PermissionDenied
        reader = super().authenticate(request, username=name, password=password, **kwargs)
        if request and reader:
            give_back_the_try(name, network)
        return reader if isinstance(reader, Reader) else None


def _name_of(typed: str) -> str:
    """Name and address of one account are one: they share its tries."""
    if "@" in typed and not Reader.objects.filter(username=typed).exists():
        return Reader.objects.filter(email__iexact=typed).values_list("username", flat=True).first() or typed
    return typed
