"""Addresses of what moderation shows to readers and authors."""

from django.urls import path

from moderation.readers import notices

urlpatterns = [
    path("me/notices/<int:pk>/read/", notices.read, name="notice-read"),
]
