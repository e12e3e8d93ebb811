"""Addresses in and around e-mails."""

from django.urls import path

from community.subscriptions.views import choosing, confirming, following, news, stopping

urlpatterns = [
    path("confirm/<str:token>/", confirming.confirm, name="email-confirm"),
    path("confirm/<str:token>/again/", confirming.confirm_again, name="email-confirm-again"),
    path("confirmed/", confirming.confirmed, name="email-confirmed"),
    path("ask/", confirming.ask, name="email-ask"),
    path("again/", confirming.try_again, name="email-again"),
    path("on-its-way/", confirming.on_its_way, name="email-on-its-way"),
    path("device/<str:token>/", confirming.device, name="guest-device"),
    path("stop/<str:token>/", stopping.stop, name="email-stop"),
    path("stop/together/<str:token>/", stopping.stop_together, name="email-stop-together"),
    path("choose/<str:token>/", choosing.choose, name="email-choose"),
    path("follow/<int:pk>/", following.follow_thread, name="follow-thread"),
    path("comment/<int:pk>/", following.follow_comment, name="follow-comment"),
    path("comment/<int:pk>/mute/", choosing.mute, name="mute"),
    path("board/<int:pk>/", following.follow_board, name="follow-board"),
    path("news/", news.news_page, name="news"),
    path("news/seen/", news.news_seen, name="news-seen"),
    path("settings/", choosing.settings, name="email-settings"),
    path("unmute/<int:pk>/", choosing.unmute, name="unmute"),
    path("unfollow/<int:pk>/", choosing.unfollow, name="unfollow"),
]
