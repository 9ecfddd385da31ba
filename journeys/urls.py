"""Addresses of the reader's side: pages and API."""

from django.urls import path

from journeys import api, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("signup", pages.sign_up, name="signup"),
    path("settings", pages.settings, name="settings"),
    path("account/delete", pages.DeleteAccountPage.as_view(), name="account-delete"),
    path("journeys/new", pages.NewJourneyPage.as_view(), name="journey-new"),
    path("journeys/<uuid:journey_id>", pages.JourneyPage.as_view(), name="journey"),
    path("journeys/<uuid:journey_id>/finish", pages.FinishPage.as_view(), name="journey-finish"),
    path("journeys/<uuid:journey_id>/stop", pages.stop, name="journey-stop"),
    path("journeys/<uuid:journey_id>/resume", pages.resume, name="journey-resume"),
    path("journeys/<uuid:journey_id>/delete", pages.DeleteJourneyPage.as_view(), name="journey-delete"),
    path("journeys/<uuid:journey_id>/logs/<uuid:log_id>/edit", pages.EditLogPage.as_view(), name="log-edit"),
    path("journeys/<uuid:journey_id>/logs/<uuid:log_id>/delete", pages.DeleteLogPage.as_view(), name="log-delete"),
    path("journeys/<uuid:journey_id>/sound", pages.sound, name="journey-sound"),
    path("music/<uuid:track_id>/remake", pages.remake, name="track-remake"),
    path("api/token", api.TokenView.as_view(), name="api-token"),
    path("api/books", api.BooksView.as_view(), name="api-books"),
    path("api/journeys", api.JourneysView.as_view(), name="api-journeys"),
    path("api/journeys/create", api.JourneyCreateView.as_view(), name="api-journey-create"),
    path("api/journeys/<uuid:journey_id>", api.JourneyView.as_view(), name="api-journey"),
    path("api/journeys/<uuid:journey_id>/sound", api.JourneySoundView.as_view(), name="api-journey-sound"),
    path("api/journeys/<uuid:journey_id>/logs", api.LogsView.as_view(), name="api-logs"),
    path("api/journeys/<uuid:journey_id>/logs/<uuid:log_id>", api.LogView.as_view(), name="api-log"),
    path("api/journeys/<uuid:journey_id>/finish", api.JourneyFinishView.as_view(), name="api-journey-finish"),
    path("api/journeys/<uuid:journey_id>/stop", api.JourneyStopView.as_view(), name="api-journey-stop"),
    path("api/journeys/<uuid:journey_id>/resume", api.JourneyResumeView.as_view(), name="api-journey-resume"),
    # Beside music's own addresses, and here because making a piece again takes the words of its log.
    path("api/music/<uuid:track_id>/remake", api.TrackRemakeView.as_view(), name="api-track-remake"),
]
