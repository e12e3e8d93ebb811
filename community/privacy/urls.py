"""Addresses of what belongs to oneself."""

from django.urls import path

from community.privacy import views

urlpatterns = [
    path("", views.me, name="me"),
    path("claim/", views.claim, name="me-claim"),
    path("delete/", views.erase, name="me-delete"),
]
