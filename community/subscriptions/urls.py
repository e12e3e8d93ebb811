"""Addresses in and around e-mails."""

from django.urls import path

from community.subscriptions import views

urlpatterns = [
    path("confirm/<str:token>/", views.confirm, name="email-confirm"),
    path("confirm/<str:token>/again/", views.confirm_again, name="email-confirm-again"),
    path("confirmed/", views.confirmed, name="email-confirmed"),
    path("ask/", views.ask, name="email-ask"),
    path("again/", views.try_again, name="email-again"),
    path("on-its-way/", views.on_its_way, name="email-on-its-way"),
    path("device/<str:token>/", views.device, name="guest-device"),
    path("stop/<str:token>/", views.stop, name="email-stop"),
    path("choose/<str:token>/", views.choose, name="email-choose"),
    path("follow/<int:pk>/", views.follow_thread, name="follow-thread"),
    path("comment/<int:pk>/", views.follow_comment, name="follow-comment"),
    path("comment/<int:pk>/mute/", views.mute, name="mute"),
    path("board/<int:pk>/", views.follow_board, name="follow-board"),
    path("news/", views.news_page, name="news"),
    path("news/seen/", views.news_seen, name="news-seen"),
    path("settings/", views.settings, name="email-settings"),
    path("unmute/<int:pk>/", views.unmute, name="unmute"),
    path("unfollow/<int:pk>/", views.unfollow, name="unfollow"),
]
