"""All addresses of the product."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from django.utils.translation import gettext as _
from django.views import defaults
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from readingjourney import appearance, health, installing
from readingjourney.account_views import LoginPage, PasswordChangePage, PasswordResetConfirmPage, PasswordResetPage
from readingjourney.api import ApiRootView
from readingjourney.live import addresses
from readingjourney.metrics import metrics
from readingjourney.problems import problem_response

urlpatterns = [
    path("", include("journeys.urls")),
    path("", include("music.urls")),
    path("login", LoginPage.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("account/password", PasswordChangePage.as_view(), name="password_change"),
    path("account/password/done", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("account/reset", PasswordResetPage.as_view(), name="password_reset"),
    path("account/reset/sent", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("account/reset/<uidb64>/<token>", PasswordResetConfirmPage.as_view(), name="password_reset_confirm"),
    path("account/reset/done", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("theme", appearance.set_theme, name="theme"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("sw.js", installing.service_worker, name="service-worker"),
    path("offline", installing.offline, name="offline"),
    path("api/", ApiRootView.as_view(), name="api-root"),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/auth/", include("rest_framework.urls")),
    path("live/events", addresses.events, name="live-events"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return problem_response(request, 404, "not_found", _("Nothing is served at this address."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return problem_response(request, 500, "internal_error", _("Something went wrong on our side."))
    return defaults.server_error(request)


handler404 = not_found
handler500 = server_error
