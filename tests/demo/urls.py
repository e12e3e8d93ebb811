"""The addresses of a project whose demo is on."""

from django.urls import include, path

urlpatterns = [
    path("demo/", include("community.demo.urls")),
    path("", include("community.project.urls")),
]
handler404 = "community.pages.views.errors.not_found"
