"""The reader's forms."""

from __future__ import annotations

import zoneinfo
from datetime import date
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from journeys.catalogue.isbn import normalise_isbn
from journeys.models import DURATIONS, MEMO_LIMIT, MOST_PAGES, QUOTE_LIMIT, Journey, Reader, ReadingLog, Theme
from journeys.services import LogEntry, Sound
from journeys.services.logins import give_back_the_try, take_a_try
from music.brief import Genre, Mood
from music.names import genre_text, mood_text

FROM_WITHIN = "within"
"""Instead of a network, of passwords asked for once more: whoever sits at a reader's open page is to guess no faster
than at the door, and shuts nobody out of it."""


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
        self.fields["username"].help_text = ""

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if "@" in name:
            raise ValidationError(_("A name cannot contain “@”."), code="invalid")
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
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in ["UTC", *zones]]  # type: ignore[attr-defined]

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


class BookForm(forms.Form):
    """A book typed in by hand."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    authors = forms.CharField(label=gettext_lazy("Authors"), max_length=300, required=False)
    isbn = forms.CharField(label="ISBN", max_length=20, required=False)
    pages = forms.IntegerField(label=gettext_lazy("Pages"), min_value=1, max_value=MOST_PAGES, required=False)

    def clean_isbn(self) -> str:
        text: str = self.cleaned_data["isbn"].strip()
        if not text:
            return ""
        isbn13 = normalise_isbn(text)
        if not isbn13:
            raise ValidationError(_("This is not a valid ISBN."), code="invalid")
        return isbn13


class SoundForm(forms.Form):
    """What a journey's music is to sound like."""

    genre = forms.ChoiceField(label=gettext_lazy("Genre"), required=False)
    duration = forms.TypedChoiceField(
        label=gettext_lazy("Length of a piece"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = settings.MUSIC_DURATION_SECONDS
        genres = sorted(((str(genre), genre_text(genre)) for genre in Genre), key=lambda pair: pair[1])
        lengths = [(str(seconds), length_text(seconds)) for seconds in DURATIONS]
        self.fields["genre"].choices = [("", _("as it suits the book")), *genres]  # type: ignore[attr-defined]
        self.fields["duration"].choices = [  # type: ignore[attr-defined]
            ("", _("as usual (%(length)s)") % {"length": length_text(usual)}),
            *lengths,
        ]

    @property
    def sound(self) -> Sound:
        """What was chosen, once the form is valid."""
        genre = self.cleaned_data["genre"]
        return Sound(genre=Genre(genre) if genre else None, duration=self.cleaned_data["duration"])

    @property
    def text(self) -> str:
        """What an existing journey has, in a few words."""
        names = [dict(self.fields[name].choices).get(str(value), "") for name, value in self.initial.items()]  # type: ignore[attr-defined]
        return ", ".join(names)

    @staticmethod
    def values_of(journey: Journey) -> dict[str, Any]:
        """What an existing journey fills the form with."""
        return {"genre": journey.genre, "duration": journey.duration or ""}


def length_text(seconds: int) -> str:
    """A length in words: 90 seconds are a minute and a half."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest}
    text = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return f"{text} {ngettext('%(count)d second', '%(count)d seconds', rest) % {'count': rest}}" if rest else text


class LogForm(forms.Form):
    """One reading log; at least one thing must be in it."""

    quote = forms.CharField(
        label=gettext_lazy("Quote"), max_length=QUOTE_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    memo = forms.CharField(
        label=gettext_lazy("Memo"), max_length=MEMO_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    emotions = forms.MultipleChoiceField(
        label=gettext_lazy("How it feels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    page = forms.IntegerField(label=gettext_lazy("Page"), min_value=0, max_value=MOST_PAGES, required=False)
    percent = forms.IntegerField(label=gettext_lazy("Percent"), min_value=0, max_value=100, required=False)
    logged_on = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, may_be_empty: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty
        self.fields["emotions"].choices = [(str(mood), mood_text(mood)) for mood in Mood]  # type: ignore[attr-defined]

    def clean_logged_on(self) -> date | None:
        day: date | None = self.cleaned_data["logged_on"]
        # What was imported so may stay so.
        if day and day > timezone.localdate() and day != self.initial.get("logged_on"):
            raise ValidationError(_("This day has not come yet."), code="max_value")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("page") is not None and data.get("percent") is not None:
            self.add_error("percent", ValidationError(_("Give a page or a percentage, not both."), code="both"))
        if not self.errors and not self.may_be_empty and self.entry.is_empty:
            raise ValidationError(_("Write at least a quote, a memo, a feeling or how far you are."), code="empty")
        return data

    @property
    def entry(self) -> LogEntry:
        """What was written, once the form is valid."""
        data = self.cleaned_data
        return LogEntry(
            quote=data["quote"],
            memo=data["memo"],
            emotions=tuple(Mood(name) for name in data["emotions"]),
            page=data["page"],
            percent=data["percent"],
            logged_on=data["logged_on"],
        )

    @staticmethod
    def values_of(log: ReadingLog) -> dict[str, Any]:
        """What an existing log fills the form with."""
        return {name: getattr(log, name) for name in ("quote", "memo", "emotions", "page", "percent", "logged_on")}
