"""Addresses of music: the page, its actions, and the API."""

from django.urls import path

from music import api, pages

urlpatterns = [
    path("music", pages.MusicPage.as_view(), name="music"),
    path("music/<uuid:track_id>/retry", pages.retry, name="track-retry"),
    path("music/<uuid:track_id>/cancel", pages.cancel, name="track-cancel"),
    path("music/<uuid:track_id>/remake/retry", pages.retry_new, name="track-remake-retry"),
    path("music/<uuid:track_id>/remake/cancel", pages.keep_old, name="track-remake-cancel"),
    path("music/<uuid:track_id>/delete", pages.delete, name="track-delete"),
    path("api/music", api.MusicView.as_view(), name="api-music"),
    path("api/music/status", api.MusicStatusView.as_view(), name="api-music-status"),
    path("api/music/generate/<uuid:track_id>", api.TrackGenerateView.as_view(), name="api-track-generate"),
    path("api/music/<uuid:track_id>", api.TrackView.as_view(), name="api-track"),
    path("api/music/<uuid:track_id>/status", api.TrackStateView.as_view(), name="api-track-state"),
    path("api/music/<uuid:track_id>/retry", api.TrackRetryView.as_view(), name="api-track-retry"),
    path("api/music/<uuid:track_id>/cancel", api.TrackCancelView.as_view(), name="api-track-cancel"),
    path("api/music/<uuid:track_id>/remake/retry", api.TrackRemakeRetryView.as_view(), name="api-track-remake-retry"),
    path(
        "api/music/<uuid:track_id>/remake/cancel", api.TrackRemakeCancelView.as_view(), name="api-track-remake-cancel"
    ),
    path("api/music/<uuid:track_id>/heard", api.TrackHeardView.as_view(), name="api-track-heard"),
    path("api/music/<uuid:track_id>/audio", api.TrackAudioView.as_view(), name="api-track-audio"),
    path("api/music/<uuid:track_id>/cover", api.TrackCoverView.as_view(), name="api-track-cover"),
    path("api/music/<uuid:track_id>/midi", api.TrackMidiView.as_view(), name="api-track-midi"),
]
