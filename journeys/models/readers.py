"""Readers, and where they are logged in."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass


def validate_time_zone(name: str) -> None:
    """Raise `ValidationError` unless `name` is a zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a known time zone."), params={"name": name}, code="invalid")


class Theme(models.TextChoices):
    """Light or dark pages."""

    SYSTEM = "system", _("as the device has it")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class Reader(AbstractUser):
    """Somebody with an account: logs in by name or e-mail address, and reads in a language and a time zone."""

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default=settings.READER_TIME_ZONE, validators=[validate_time_zone]
    )

    theme = models.CharField(_("appearance"), max_length=10, choices=Theme, default=Theme.SYSTEM)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="reader_email_once", condition=~Q(email="")),
        ]


class ReaderSession(models.Model):
    """A browser in which a reader is logged in: so that they can see and end it. Its row goes with the session."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    seen_at = models.DateTimeField(_("last seen"), db_default=Now())

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.user_agent[:40]}"


class LoginTries(models.Model):
    """How often a password was tried for one account, from one network or from anywhere, since a moment.

    Names and addresses do not stand here, only keyed digests of them; unknown names are counted like known ones.
    """

    key = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("tries to log in")
        verbose_name_plural = _("tries to log in")

    def __str__(self) -> str:
        return f"{self.account[:8]}: {self.tries}"
