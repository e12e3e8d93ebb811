"""Addresses."""

from django.urls import path

from community.consent import views

urlpatterns = [path("", views.cookies, name="cookies")]
