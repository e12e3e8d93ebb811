"""The four lists of the console, and the card of one comment."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from community.outbox.services import silent_since
from community.sites.guards import moderators_only
from community.sites.models import Membership
from community.sites.requests import Request
from moderation import queue
from moderation.console.cards import cards_of, single_card

ROUTES = {
    "waiting": "moderation",
    "published": "moderation-published",
    "rejected": "moderation-rejected",
    "spam": "moderation-spam",
}


@require_GET
@moderators_only
def listing(request: Request, name: str) -> HttpResponse:
    """One list: what waits, was published, was not, or is spam."""
    comments, last = queue.page(request.site, name, read_cursor(request))
    context = {
        **surroundings(request, name),
        "list": name,
        "cards": cards_of(request, comments),
        "next_url": f"{reverse(ROUTES[name])}?after={last}" if last else "",
    }
    return render(request, "moderation/queue.html", context)


@require_GET
@moderators_only
def one(request: Request, pk: int) -> HttpResponse:
    """One comment with its card and its history."""
    return card_page(request, pk)


def card_page(request: Request, pk: int, *, error: str = "", status: int = 200) -> HttpResponse:
    """The page of one card, perhaps with what went wrong."""
    card = single_card(request, request.site, pk)
    if card is None:
        raise Http404("no such comment")
    context = {**surroundings(request, ""), "card": card, "error": error}
    return render(request, "moderation/comment.html", context, status=status)


def surroundings(request: Request, current: str) -> dict[str, Any]:
    """What every page of the console shows around its subject."""
    return {
        "nav": "moderation",
        "tabs": tabs(request, current),
        "worker_silent_since": silent_since(),
        "spam_check_off": not settings.AKISMET_KEY,
        "wants_alerts": wants_alerts(request),
    }


def wants_alerts(request: Request) -> bool:
    """Whether this moderator gets e-mails about waiting comments."""
    mine = Membership.objects.filter(site=request.site, user=request.user)
    return mine.filter(wants_alerts=True).exists()


def tabs(request: Request, current: str) -> list[tuple[str, str, int, bool]]:
    """The lists with their counts: label, address, number, whether it is this one."""
    counts = queue.counts(request.site)
    labels = {
        "waiting": _("Waiting"),
        "published": _("Published"),
        "rejected": _("Not published"),
        "spam": _("Spam"),
    }
    return [
        (label, reverse(ROUTES[name]), counts[name], name == current)
        for name, label in labels.items()
    ]


def read_cursor(request: Request) -> int | None:
    """The cursor in the address; raises Http404 for anything that is none."""
    raw = request.GET.get("after", "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise Http404("no such page")
    return int(raw)
