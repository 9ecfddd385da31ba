"""What readers fill in about their account, beyond signing up."""

from __future__ import annotations

from math import ceil
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journeys.forms import DeleteAccountForm
from journeys.models import Reader
from journeys.services.logins import take_a_mail


class EmailChangeForm(DeleteAccountForm):
    """Another address, and the password once more: who has it can reset the password."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["email", "password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.reader.email:
            raise ValidationError(_("This is your address already."), code="same")
        if Reader.objects.filter(email__iexact=email).exclude(pk=self.reader.pk).exists():
            raise ValidationError(_("This e-mail address already has an account."), code="unique")
        return email

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and (wait := take_a_mail(self.reader.get_username())):
            minutes = ceil(wait / 60)
            text = ngettext(
                "You have asked for several links already. Please try again in %(minutes)s minute.",
                "You have asked for several links already. Please try again in %(minutes)s minutes.",
                minutes,
            )
            raise ValidationError(text % {"minutes": minutes}, code="too_many_mails")
        return data
