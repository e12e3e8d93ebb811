"""Every address of Parley; docs/map.md says what is done where."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("community.feeds.urls")),
    path("accounts/", include("allauth.urls")),
    path("decisions/", include("moderation.author_urls")),
    path("e-mails/from-service/", include("community.inbound.urls")),
    path("e-mails/", include("community.subscriptions.urls")),
    path("cookies/", include("community.consent.urls")),
    path("forum/", include("community.forum.urls")),
    path("me/", include("community.privacy.urls")),
    path("moderation/import/", include("community.portability.urls")),
    path("moderation/", include("moderation.urls")),
    path("", include("moderation.readers.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("community.demo.urls")))
# Last, since old addresses may be anything.
urlpatterns.append(path("", include("community.pages.urls")))

handler404 = "community.pages.views.errors.not_found"
handler403 = "community.pages.views.errors.forbidden"
