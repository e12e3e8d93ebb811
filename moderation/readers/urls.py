"""Addresses of what moderation shows to readers and authors."""

from django.urls import path

from moderation.readers import notices, record, reports

urlpatterns = [
    path("comments/<int:pk>/report/", reports.report, name="comment-report"),
    path("comments/<int:pk>/report/illegal/", reports.illegal, name="comment-report-illegal"),
    path("reports/<str:token>/", reports.status, name="report-status"),
    path("contact/", reports.contact, name="contact"),
    path("me/notices/<int:pk>/read/", notices.read, name="notice-read"),
    path("moderation-log/", record.log, name="moderation-log"),
    path("transparency/", record.report, name="transparency"),
]
