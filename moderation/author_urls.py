"""Addresses for those whom a decision concerns."""

from django.urls import path

from moderation.console import objecting

urlpatterns = [
    path("<str:token>/", objecting.statement, name="statement"),
]
