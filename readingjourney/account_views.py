"""Django's account views, answering refused forms with 422."""

from django.contrib.auth import views

from readingjourney.forms import RefusesWith422


class LoginPage(RefusesWith422, views.LoginView):
    redirect_authenticated_user = True


class PasswordChangePage(RefusesWith422, views.PasswordChangeView):
    pass


class PasswordResetPage(RefusesWith422, views.PasswordResetView):
    pass


class PasswordResetConfirmPage(RefusesWith422, views.PasswordResetConfirmView):
    pass
