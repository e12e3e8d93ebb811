"""Addresses of the console."""

from django.urls import path

from moderation.console import (
    acts,
    appeals,
    authors,
    filters,
    lists,
    live,
    mailed,
    mending,
    notes,
    reasons,
    record,
    sanctions,
    settings,
)

urlpatterns = [
    path("", lists.waiting, name="moderation"),
    path("published/", lists.decided, {"name": "published"}, name="moderation-published"),
    path("rejected/", lists.decided, {"name": "rejected"}, name="moderation-rejected"),
    path("spam/", lists.decided, {"name": "spam"}, name="moderation-spam"),
    path("alike/<int:pk>/", lists.alike, name="moderation-alike"),
    path("comments/<int:pk>/", lists.one, name="moderation-comment"),
    path("live/", live.live, name="moderation-live"),
    path("comments/<int:pk>/edit/", mending.mend, name="moderation-mend"),
    path("comments/<int:pk>/notes/", notes.add, name="moderation-note"),
    path("notes/<int:pk>/remove/", notes.remove, name="moderation-note-remove"),
    path("comments/<int:pk>/decide/", acts.decide, name="moderation-decide"),
    path("comments/<int:pk>/pin/", acts.pin, name="moderation-pin"),
    path("comments/<int:pk>/unblock/", settings.unblock, name="moderation-unblock"),
    path("bulk/", acts.bulk, name="moderation-bulk"),
    path("undo/", acts.undo, name="moderation-undo"),
    path("threads/<int:pk>/", acts.thread_act, name="moderation-thread"),
    path("e-mail/<str:token>/", mailed.mailed, name="moderation-email"),
    path("alerts/", settings.alerts, name="moderation-alerts"),
    path("objections/", appeals.listing, name="moderation-appeals"),
    path("objections/<int:pk>/", appeals.answer, name="moderation-appeal-answer"),
    path("settings/", settings.settings_page, name="moderation-settings"),
    path("settings/reasons/", reasons.listing, name="moderation-reasons"),
    path("settings/reasons/new/", reasons.add, name="moderation-reason-new"),
    path("settings/reasons/<slug:code>/", reasons.edit, name="moderation-reason"),
    path("settings/filter/", filters.filter_page, name="moderation-filter"),
    path("settings/people/", settings.add_person, name="moderation-person-new"),
    path("settings/people/<int:pk>/", settings.dismiss_person, name="moderation-person-dismiss"),
    path("comments/<int:pk>/sanction/", sanctions.impose_on_author, name="moderation-sanction"),
    path("people/<int:pk>/", authors.author, name="moderation-person"),
    path(
        "people/<int:pk>/sanction/", sanctions.impose_on_person, name="moderation-person-sanction"
    ),
    path("record/", record.report, name="moderation-record"),
    path("record/csv/", record.as_csv, name="moderation-record-csv"),
    path("record/json-lines/", record.as_json_lines, name="moderation-record-json"),
    path("sanctions/<int:pk>/lift/", sanctions.lift, name="moderation-sanction-lift"),
    path("settings/boards/", settings.add_board, name="moderation-board-new"),
]
