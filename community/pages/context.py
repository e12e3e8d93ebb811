"""What every page needs to know of its surroundings."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from community.articles import queries as articles
from community.articles.models import Article
from community.comments.models import Comment
from community.comments.standing import Standing, standing_of
from community.consent.purposes import Purpose
from community.consent.services import allowed
from community.contacts.health import trouble_with
from community.contacts.models import Contact
from community.limits.networks import network_of
from community.sites.viewers import ANYONE, Viewer
from community.subscriptions import news


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Site, viewer, and whether the page is rendered for one person (then forms bear a token)."""
    viewer: Viewer = getattr(request, "viewer", ANYONE)
    return {
        "site": getattr(request, "site", None),
        "viewer": viewer,
        "personal": getattr(request, "personal", False),
        "waiting_count": waiting_count(request) if viewer.is_moderator else 0,
        "latest_article": SimpleLazyObject(lambda: latest_article(request)),
        "unread": unread_news(request, viewer),
        "demo": settings.DEMO,
        # Whether what one has begun to write may stay in this browser, or only in its tab.
        "keeps_drafts": SimpleLazyObject(lambda: allowed(request, Purpose.DETAILS)),
        # Asked only where a form or one's own page shows it, and only of whoever is known.
        "address_trouble": SimpleLazyObject(lambda: trouble_with(contact_of(viewer))),
        "standing": SimpleLazyObject(lambda: standing_on(request)),
    }


def contact_of(viewer: Viewer) -> Contact | None:
    """The confirmed address of whoever looks."""
    return viewer.person.contact if viewer.person else None


def standing_on(request: HttpRequest) -> Standing:
    """How whoever looks stands on this site; nothing is asked about strangers."""
    viewer: Viewer = getattr(request, "viewer", ANYONE)
    site = getattr(request, "site", None)
    if viewer.person is None or site is None:
        return Standing()
    return standing_of(viewer, site, network_of(request))


def unread_news(request: HttpRequest, viewer: Viewer) -> str | None:
    """How many news wait for whoever looks; None for those without a confirmed address."""
    site = getattr(request, "site", None)
    if site is None or viewer.person is None or viewer.person.contact_id is None:
        return None
    number = news.unread(viewer.person.contact_id, site)
    return str(number) if number < news.MOST_COUNTED else f"{news.MOST_COUNTED - 1}+"


def latest_article(request: HttpRequest) -> Article | None:
    """The newest article, named at the foot of every page."""
    site = getattr(request, "site", None)
    return next(iter(articles.newest(site).articles), None) if site else None


def waiting_count(request: HttpRequest) -> int | str:
    """How many comments wait on this site; above a thousand nobody counts."""
    waiting = Comment.objects.waiting().filter(site=request.site)  # type: ignore[misc]
    number = waiting[:1001].count()
    return number if number <= 1000 else "1,000+"
