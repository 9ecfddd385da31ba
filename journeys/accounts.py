"""Logging in by name or by e-mail address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from journeys.models import Reader


class NameOrEmailBackend(ModelBackend):
    """A name that nobody has may be an e-mail address: where one reader has it, log in as that reader."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Reader | None:
        if username and "@" in username and not Reader.objects.filter(username=username).exists():
            by_email = Reader.objects.filter(email__iexact=username).values_list("username", flat=True).first()
            username = by_email or username
        reader = super().authenticate(request, username=username, password=password, **kwargs)
        return reader if isinstance(reader, Reader) else None
