"""What a reader shows of a journey to people without an account."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journeys.models.journeys import Journey

LINE_LIMIT = 200


def new_token() -> str:
    """Part of a public address: nobody guesses it."""
    return secrets.token_urlsafe(16)


class Visibility(models.TextChoices):
    UNLISTED = "unlisted", _("Whoever has the link")
    PUBLIC = "public", _("Everybody; search engines may find it, and it has a feed")


class Share(models.Model):
    """A journey's public page. Without a row the journey is private; revoking deletes it, and a new one has another
    address."""

    journey = models.OneToOneField(Journey, models.CASCADE, primary_key=True, related_name="share")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    visibility = models.CharField(_("who may see it"), max_length=10, choices=Visibility, default=Visibility.UNLISTED)
    line = models.CharField(_("a line of your choosing"), max_length=LINE_LIMIT, blank=True)
    shows_name = models.BooleanField(_("my name"), default=False)
    shows_quotes = models.BooleanField(_("quotes"), default=True)
    shows_memos = models.BooleanField(_("memos"), default=False)
    shows_feelings = models.BooleanField(_("feelings"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")
        constraints = [
            models.CheckConstraint(name="share_visibility_is_known", condition=Q(visibility__in=Visibility.values)),
        ]

    def __str__(self) -> str:
        return f"{self.journey}: {self.visibility}"
