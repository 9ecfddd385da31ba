"""Django's account views: refused forms answer 422, and a new password ends the tokens."""

from django.contrib.auth import views
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpResponse
from knox.models import get_token_model

from readingjourney.forms import RefusesWith422


class LoginPage(RefusesWith422, views.LoginView):
    redirect_authenticated_user = True


class EndsTokens:
    """A new password ends what the old one had opened: the reader's API tokens. (Django ends the other sessions.)"""

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:  # type: ignore[type-arg]
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # the view beside this mixin
        get_token_model().objects.filter(user=form.user).delete()
        return response


class PasswordChangePage(EndsTokens, RefusesWith422, views.PasswordChangeView):
    pass


class PasswordResetPage(RefusesWith422, views.PasswordResetView):
    pass


class PasswordResetConfirmPage(EndsTokens, RefusesWith422, views.PasswordResetConfirmView):
    pass
