"""Django's account views: refused forms answer 422, and a new password ends what the old one had opened."""

from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.core.mail import get_connection
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from journeys.services.logins import forget_tries, take_a_mail
from journeys.services.sessions import end_sessions
from journeys.services.tokens import end_tokens
from readingjourney.forms import RefusesWith422


class LoginPage(RefusesWith422, views.LoginView):
    redirect_authenticated_user = True


class EndsTheRest:
    """A new password ends what the old one had opened: tokens, and the sessions in other browsers. Whoever was locked
    out by somebody's guesses may log in again."""

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:  # type: ignore[type-arg]
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # the view beside this mixin
        end_tokens(form.user)
        end_sessions(form.user, except_for=self.request.session.session_key)  # type: ignore[attr-defined]
        forget_tries([form.user.get_username()])
        return response


class PasswordChangePage(EndsTheRest, RefusesWith422, views.PasswordChangeView):
    pass


class PasswordResetPage(RefusesWith422, views.PasswordResetView):
    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Django logs a message that could not be sent and goes on, lest its failing tell that the account exists. So
        the server is tried before anybody is looked for."""
        try:
            with get_connection():
                pass
        except OSError:
            form.add_error(None, _("Mail cannot be sent at the moment. Please try again later."))
            refused = self.form_invalid(form)
            refused.status_code = 503
            return refused
        # Quietly, as for an address that nobody has: who asks is not told whose it is.
        if take_a_mail(f"reset {form.cleaned_data['email']}"):
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class PasswordResetConfirmPage(EndsTheRest, RefusesWith422, views.PasswordResetConfirmView):
    pass
