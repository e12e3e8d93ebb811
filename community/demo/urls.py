"""Addresses of the demo."""

from django.urls import path

from community.demo import views

urlpatterns = [
    path("become/", views.become, name="demo-become"),
    path("switch/", views.switch, name="demo-switch"),
    path("inbox/", views.inbox, name="demo-inbox"),
    path("inbox/<str:name>/", views.read, name="demo-mail"),
    path("inbox/<str:name>/html/", views.frame, name="demo-mail-html"),
]
