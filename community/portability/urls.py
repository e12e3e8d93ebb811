"""Addresses of the import, all for administrators."""

from django.urls import path

from community.portability import views

urlpatterns = [
    path("", views.imports, name="moderation-import"),
    path("<int:pk>/", views.one, name="moderation-import-one"),
    path("<int:pk>/start/", views.start, name="moderation-import-start"),
    path("<int:pk>/discard/", views.discard, name="moderation-import-discard"),
]
