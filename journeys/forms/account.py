"""What readers fill in about their account: signing up, settings, another address, leaving."""

from __future__ import annotations

import re
import zoneinfo
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from journeys.forms.zones import zone_choices
from journeys.models import Reader, Theme
from journeys.services.logins import give_back_the_try, take_a_mail, take_a_try

FROM_WITHIN = "within"
"""Instead of a network, of passwords asked for once more: whoever sits at a reader's open page is to guess no faster
than at the door, and shuts nobody out of it."""


NAME = re.compile(r"^[\w.+-]+\Z")
"""As Django's own names, without “@”: what has one is an e-mail address to whoever logs in."""


class SignUpForm(UserCreationForm):
    """A new account: a name, an e-mail address (to reset the password by), a password."""

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reader
        fields = ["username", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        name = self.fields["username"]
        name.help_text = _("Letters, digits and . + - _ without spaces, at most 150 of them.")
        name.validators.append(RegexValidator(NAME, _("A name can only have letters, digits and . + - _ in it.")))

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if Reader.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("A reader with that name already exists."), code="unique")
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if Reader.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("This e-mail address already has an account."), code="unique")
        return email

    def clean_time_zone(self) -> str:
        """The browser's own zone where it tells one that we know."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in zoneinfo.available_timezones() else settings.READER_TIME_ZONE

    def save(self, commit: bool = True) -> Reader:
        reader: Reader = super().save(commit=False)
        reader.language = (get_language() or settings.LANGUAGE_CODE)[:2]
        reader.time_zone = self.cleaned_data["time_zone"]
        if commit:
            reader.save()
        return reader


class SettingsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"),
        choices=[
            (Theme.SYSTEM, gettext_lazy("As the device")),
            (Theme.LIGHT, gettext_lazy("Light")),
            (Theme.DARK, gettext_lazy("Dark")),
        ],
        required=False,
    )

    class Meta:
        model = Reader
        fields = ["language", "time_zone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices(self.instance.time_zone)  # type: ignore[attr-defined]

    def clean_theme(self) -> str:
        theme: str = self.cleaned_data["theme"]
        return theme or self.instance.theme


class DeleteAccountForm(forms.Form):
    """The password once more, before everything is gone."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, reader: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader: Reader = reader

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        name = self.reader.get_username()
        if wait := take_a_try(name, FROM_WITHIN):
            minutes = ceil(wait / 60)
            text = ngettext(
                "A wrong password was given too often. Please try again in %(minutes)s minute.",
                "A wrong password was given too often. Please try again in %(minutes)s minutes.",
                minutes,
            )
            raise ValidationError(text % {"minutes": minutes}, code="too_many_tries")
        if not self.reader.check_password(password):
            raise ValidationError(_("That is not your password."), code="password_incorrect")
        give_back_the_try(name, FROM_WITHIN)
        return password


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
