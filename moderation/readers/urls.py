"""Addresses of what moderation shows to readers and authors."""

from django.urls import path

from moderation.readers import notices, record

urlpatterns = [
    path("me/notices/<int:pk>/read/", notices.read, name="notice-read"),
    path("moderation-log/", record.log, name="moderation-log"),
    path("transparency/", record.report, name="transparency"),
]
