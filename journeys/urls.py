"""Addresses of the reader's side: pages and API."""

from django.urls import path

from journeys.api import album as album_api
from journeys.api import books as books_api
from journeys.api import journeys as journeys_api
from journeys.api import logs as logs_api
from journeys.api import progress as progress_api
from journeys.api import record as record_api
from journeys.api import remakes as remakes_api
from journeys.api import search as search_api
from journeys.api import sharing as sharing_api
from journeys.api import statistics as statistics_api
from journeys.api import tokens
from journeys.api import transfers as transfers_api
from journeys.pages import (
    account,
    album,
    covers,
    email,
    feed,
    journey,
    logs,
    new_journey,
    onboarding,
    public,
    remakes,
    sessions,
    sharing,
    shelf,
)
from journeys.pages import progress as progress_pages
from journeys.pages import record as record_pages
from journeys.pages import search as search_pages
from journeys.pages import statistics as statistics_pages
from journeys.pages import tokens as token_pages
from journeys.pages import transfers as transfer_pages

urlpatterns = [
    path("", shelf.home, name="home"),
    path("signup", account.sign_up, name="signup"),
    path("settings", account.settings, name="settings"),
    path("account/delete", account.DeleteAccountPage.as_view(), name="account-delete"),
    path("account/email", email.ask_for_change, name="account-email"),
    path("account/email/<token>", email.confirm_change, name="account-email-confirm"),
    path("account/sessions", sessions.sessions, name="sessions"),
    path("account/sessions/<int:session_id>/end", sessions.end, name="session-end"),
    path("account/sessions/end-others", sessions.end_others, name="sessions-end-others"),
    path("account/tokens", token_pages.tokens, name="tokens"),
    path("account/tokens/end", token_pages.end, name="token-end"),
    path("try", onboarding.try_it, name="try-it"),
    path("help", onboarding.help_page, name="help"),
    path("journeys/new", new_journey.NewJourneyPage.as_view(), name="journey-new"),
    path("covers/<uuid:book_id>/<slug:version>.webp", covers.cover, name="book-cover"),
    path("journeys/<uuid:journey_id>", journey.JourneyPage.as_view(), name="journey"),
    path("journeys/<uuid:journey_id>/finish", journey.FinishPage.as_view(), name="journey-finish"),
    path("journeys/<uuid:journey_id>/start", journey.start, name="journey-start"),
    path("journeys/<uuid:journey_id>/again", journey.again, name="journey-again"),
    path("journeys/<uuid:journey_id>/record", record_pages.RecordPage.as_view(), name="journey-record"),
    path("journeys/<uuid:journey_id>/progress", progress_pages.ProgressPage.as_view(), name="journey-progress"),
    path(
        "journeys/<uuid:journey_id>/progress/<uuid:progress_id>",
        progress_pages.EditProgressPage.as_view(),
        name="progress-edit",
    ),
    path(
        "journeys/<uuid:journey_id>/progress/<uuid:progress_id>/delete",
        progress_pages.delete,
        name="progress-delete",
    ),
    path("journeys/<uuid:journey_id>/stop", journey.stop, name="journey-stop"),
    path("journeys/<uuid:journey_id>/resume", journey.resume, name="journey-resume"),
    path("journeys/<uuid:journey_id>/delete", journey.DeleteJourneyPage.as_view(), name="journey-delete"),
    path("journeys/<uuid:journey_id>/logs/<uuid:log_id>/edit", logs.EditLogPage.as_view(), name="log-edit"),
    path("journeys/<uuid:journey_id>/logs/<uuid:log_id>/delete", logs.DeleteLogPage.as_view(), name="log-delete"),
    path("journeys/<uuid:journey_id>/logs/<uuid:log_id>/music", logs.music, name="log-music"),
    path("journeys/<uuid:journey_id>/sound", journey.sound, name="journey-sound"),
    path("journeys/<uuid:journey_id>/share", sharing.SharePage.as_view(), name="journey-share"),
    path("journeys/<uuid:journey_id>/share/revoke", sharing.RevokeSharePage.as_view(), name="journey-share-revoke"),
    path("journeys/<uuid:journey_id>/share/renew", sharing.renew, name="journey-share-renew"),
    path("journeys/<uuid:journey_id>/share/card.png", sharing.card, name="journey-share-card"),
    path(
        "journeys/<uuid:journey_id>/share/tracks/<uuid:track_id>/audio",
        sharing.PreviewAudioView.as_view(),
        name="journey-share-audio",
    ),
    path("j/<slug:token>", public.public_journey, name="public-journey"),
    path("j/<slug:token>/tracks/<uuid:track_id>/audio", public.PublicAudioView.as_view(), name="public-audio"),
    path("j/<slug:token>/card.png", public.card, name="public-card"),
    path("j/<slug:token>/album.jpg", public.album_picture, name="public-album-picture"),
    path("j/<slug:token>/feed.xml", feed.JourneyFeed(), name="public-feed"),
    path("robots.txt", public.robots, name="robots"),
    path("search", search_pages.search, name="search"),
    path("stats", statistics_pages.statistics, name="stats"),
    path("stats/<int:year>", statistics_pages.statistics, name="stats-year"),
    path("journeys/<uuid:journey_id>/album", album.album_part, name="journey-album"),
    path("journeys/<uuid:journey_id>/album.zip", album.download, name="journey-zip"),
    path("music/<uuid:track_id>/remake", remakes.remake, name="track-remake"),
    path("imports", transfer_pages.ImportsPage.as_view(), name="imports"),
    path("imports/<uuid:import_id>", transfer_pages.ImportPage.as_view(), name="import"),
    path("imports/<uuid:import_id>/columns", transfer_pages.give_columns, name="import-columns"),
    path("imports/<uuid:import_id>/choices", transfer_pages.give_choices, name="import-choices"),
    path("imports/<uuid:import_id>/confirm", transfer_pages.ConfirmPage.as_view(), name="import-confirm"),
    path("imports/<uuid:import_id>/music", transfer_pages.ask_music, name="import-music"),
    path("imports/<uuid:import_id>/music/stop", transfer_pages.stop_music, name="import-music-stop"),
    path("imports/<uuid:import_id>/reopen", transfer_pages.reopen_import, name="import-reopen"),
    path("imports/<uuid:import_id>/undo", transfer_pages.UndoPage.as_view(), name="import-undo"),
    path("imports/<uuid:import_id>/delete", transfer_pages.forget_import, name="import-delete"),
    path("exports", transfer_pages.ExportsPage.as_view(), name="exports"),
    path("exports/goodreads.csv", transfer_pages.goodreads_csv, name="export-goodreads"),
    path("exports/readwise.csv", transfer_pages.readwise_csv, name="export-readwise"),
    path("exports/markdown.zip", transfer_pages.markdown_zip, name="export-markdown"),
    path("exports/<uuid:export_id>/file", transfer_pages.export_file, name="export-file"),
    path("exports/<uuid:export_id>/delete", transfer_pages.remove_export, name="export-delete"),
    path("api/imports", transfers_api.ImportsView.as_view(), name="api-imports"),
    path("api/imports/<uuid:import_id>", transfers_api.ImportView.as_view(), name="api-import"),
    path("api/imports/<uuid:import_id>/rows", transfers_api.ImportRowsView.as_view(), name="api-import-rows"),
    path("api/imports/<uuid:import_id>/columns", transfers_api.ImportColumnsView.as_view(), name="api-import-columns"),
    path("api/imports/<uuid:import_id>/choices", transfers_api.ImportChoicesView.as_view(), name="api-import-choices"),
    path("api/imports/<uuid:import_id>/confirm", transfers_api.ImportConfirmView.as_view(), name="api-import-confirm"),
    path("api/imports/<uuid:import_id>/reopen", transfers_api.ImportReopenView.as_view(), name="api-import-reopen"),
    path("api/imports/<uuid:import_id>/music", transfers_api.ImportMusicView.as_view(), name="api-import-music"),
    path("api/imports/<uuid:import_id>/undo", transfers_api.ImportUndoView.as_view(), name="api-import-undo"),
    path("api/exports", transfers_api.ExportsView.as_view(), name="api-exports"),
    path("api/exports/<uuid:export_id>", transfers_api.ExportView.as_view(), name="api-export"),
    path("api/exports/<uuid:export_id>/file", transfers_api.ExportFileView.as_view(), name="api-export-file"),
    path("api/token", tokens.TokenView.as_view(), name="api-token"),
    path("api/books", books_api.BooksView.as_view(), name="api-books"),
    path("api/journeys", journeys_api.JourneysView.as_view(), name="api-journeys"),
    path("api/journeys/create", journeys_api.JourneyCreateView.as_view(), name="api-journey-create"),
    path("api/journeys/want", journeys_api.JourneyWantView.as_view(), name="api-journey-want"),
    path("api/journeys/<uuid:journey_id>", journeys_api.JourneyView.as_view(), name="api-journey"),
    path("api/journeys/<uuid:journey_id>/share", sharing_api.JourneyShareView.as_view(), name="api-journey-share"),
    path("api/journeys/<uuid:journey_id>/sound", journeys_api.JourneySoundView.as_view(), name="api-journey-sound"),
    path("api/journeys/<uuid:journey_id>/album", album_api.AlbumView.as_view(), name="api-journey-album"),
    path("api/journeys/<uuid:journey_id>/logs", logs_api.LogsView.as_view(), name="api-logs"),
    path("api/journeys/<uuid:journey_id>/logs/<uuid:log_id>", logs_api.LogView.as_view(), name="api-log"),
    path(
        "api/journeys/<uuid:journey_id>/logs/<uuid:log_id>/music", logs_api.LogMusicView.as_view(), name="api-log-music"
    ),
    path("api/journeys/<uuid:journey_id>/start", journeys_api.JourneyStartView.as_view(), name="api-journey-start"),
    path("api/journeys/<uuid:journey_id>/again", journeys_api.JourneyAgainView.as_view(), name="api-journey-again"),
    path("api/journeys/<uuid:journey_id>/record", record_api.RecordView.as_view(), name="api-journey-record"),
    path(
        "api/journeys/<uuid:journey_id>/progress", progress_api.ProgressListView.as_view(), name="api-journey-progress"
    ),
    path(
        "api/journeys/<uuid:journey_id>/progress/<uuid:progress_id>",
        progress_api.ProgressView.as_view(),
        name="api-progress",
    ),
    path("api/search", search_api.SearchView.as_view(), name="api-search"),
    path("api/statistics", statistics_api.StatisticsView.as_view(), name="api-statistics"),
    path("api/statistics/<int:year>", statistics_api.YearStatisticsView.as_view(), name="api-statistics-year"),
    path("api/journeys/<uuid:journey_id>/finish", logs_api.JourneyFinishView.as_view(), name="api-journey-finish"),
    path("api/journeys/<uuid:journey_id>/stop", journeys_api.JourneyStopView.as_view(), name="api-journey-stop"),
    path("api/journeys/<uuid:journey_id>/resume", journeys_api.JourneyResumeView.as_view(), name="api-journey-resume"),
    # Beside music's own addresses, and here because making a piece again takes the words of its log.
    path("api/music/<uuid:track_id>/remake", remakes_api.TrackRemakeView.as_view(), name="api-track-remake"),
]
