"""Addresses of the forum."""

from django.urls import path

from community.forum import views

urlpatterns = [
    path("", views.boards, name="forum"),
    path("<slug:slug>/", views.board, name="board"),
    path("<slug:slug>/new/", views.new_topic, name="topic-new"),
    path("<slug:slug>/<int:pk>/", views.topic, name="topic"),
]
