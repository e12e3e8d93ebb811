"""Addresses for machines."""

from django.urls import path, register_converter

from community.feeds import machines, views
from community.feeds.converters import FormatConverter

register_converter(FormatConverter, "format")

urlpatterns = [
    path("feed.<format:kind>", views.of_site, name="feed"),
    path("latest/feed.<format:kind>", views.comments_of_site, name="feed-comments"),
    path("articles/<slug:slug>/feed.<format:kind>", views.of_article, name="feed-article"),
    path("forum/<slug:slug>/feed.<format:kind>", views.of_board, name="feed-board"),
    path("forum/<slug:slug>/<int:pk>/feed.<format:kind>", views.of_topic, name="feed-topic"),
    path("authors/<str:token>/feed.<format:kind>", views.of_author, name="feed-author"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", machines.sitemap_part, name="sitemap-part"),
]
