"""The four lists of the console, and the card of one comment."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from community.comments.models import Comment
from community.outbox.services import silent_since
from community.sites.guards import moderators_only
from community.sites.models import Membership
from community.sites.requests import Request
from moderation import appeals, ledger, queue
from moderation.checks import breaker
from moderation.console.cards import Card, cards_of, single_card
from moderation.console.wishes import (
    address,
    choices,
    read_cursor,
    read_filter,
    sites_of,
    within_reach,
)
from moderation.models import Reason
from moderation.queue import Filter, Kind, Page, claims

ROUTES = {
    "waiting": "moderation",
    "published": "moderation-published",
    "rejected": "moderation-rejected",
    "spam": "moderation-spam",
    "reported": "moderation-reported",
}

SENTENCES = {
    Kind.TEXT: gettext_lazy("These say the same."),
    Kind.HOST: gettext_lazy("These have links to the same place."),
    Kind.PERSON: gettext_lazy("These are by the same author."),
    Kind.NETWORK: gettext_lazy("These came from the same network."),
}


@require_GET
@moderators_only
def waiting(request: Request) -> HttpResponse:
    """The queue: what waits, in the order and with the filters of the address."""
    sites = sites_of(request)
    wanted = read_filter(request, sites)
    found, elsewhere = look(request, wanted)
    context = {
        **surroundings(request, "waiting"),
        **choices(wanted, sites, request),
        "list": "waiting",
        "cards": cards_of(request, found.comments, alike=found.alike, looked_at_by=elsewhere),
        "with_others": sorted(set(elsewhere.values())),
        "looked_at": found.looked_at,
        "next_url": next_of(request, found),
    }
    return render(request, "moderation/queue.html", context)


def look(request: Request, wanted: Filter) -> tuple[Page, dict[int, str]]:
    """A page that no other moderator is looking at, if there is one; and what the others have.

    Where all that waits is with others it is shown all the same.
    """
    cursor, user = read_cursor(request), request.user
    if claims.is_alone(user, wanted.sites):
        return queue.page(wanted, cursor), {}
    others = claims.of_others(user, wanted.sites)
    found = queue.page(wanted, cursor, without=others)
    if not found.comments and found.next_cursor is None:
        found = queue.page(wanted, cursor)
    claims.take(user, found.comments)
    return found, claims.of_others(user, wanted.sites)


def next_of(request: Request, found: Page) -> str:
    """The address of the page behind this one."""
    last = found.next_cursor
    if last is None:
        return ""
    here = address(request)
    return f"{here}{'&' if '?' in here else '?'}after={last}"


@require_GET
@moderators_only
def decided(request: Request, name: str) -> HttpResponse:
    """What was published, was not, or is spam."""
    found = queue.newest(request.site, name, read_cursor(request))
    behind = found.next_cursor
    context = {
        **surroundings(request, name),
        "list": name,
        "cards": cards_of(request, found.comments),
        "next_url": f"{reverse(ROUTES[name])}?after={behind}" if behind else "",
    }
    return render(request, "moderation/queue.html", context)


@require_GET
@moderators_only
def alike(request: Request, pk: int) -> HttpResponse:
    """All that wait and are like this one, in short, to be decided in one act."""
    comment = get_object_or_404(within_reach(request, Comment.objects.all()), pk=pk)
    kind = request.GET.get("by", Kind.TEXT)
    if kind not in list(Kind):
        raise Http404("no such likeness")
    rows = queue.all_alike(comment, Kind(kind)).select_related("thread")
    context = {
        **surroundings(request, ""),
        "told": SENTENCES[Kind(kind)],
        "rows": rows.defer("body_html")[: queue.MOST_ALIKE],
    }
    return render(request, "moderation/alike.html", context)


@require_GET
@moderators_only
def one(request: Request, pk: int) -> HttpResponse:
    """One comment with its card, all reasons, notes, neighbours and history."""
    return card_page(request, pk)


def card_page(request: Request, pk: int, *, error: str = "", status: int = 200) -> HttpResponse:
    """The page of one card, perhaps with what went wrong."""
    card = reachable_card(request, pk)
    if card is None:
        raise Http404("no such comment")
    context = {
        **surroundings(request, ""),
        "card": card,
        "looks": ledger.looks_at(pk),
        "neighbours": queue.neighbours(card.comment),
        "error": error,
    }
    return render(request, "moderation/comment.html", context, status=status)


def reachable_card(request: Request, pk: int) -> Card | None:
    """The card of one comment about which this member may decide."""
    return single_card(request, within_reach(request, Comment.objects.all()), pk)


def surroundings(request: Request, current: str) -> dict[str, Any]:
    """What every page of the console shows around its subject."""
    return {
        "nav": "moderation",
        "tabs": tabs(request, current),
        "worker_silent_since": silent_since(),
        "spam_check_off": not settings.AKISMET_KEY,
        "spam_check_silent": breaker.silent_since(Reason.AKISMET),
        "wants_alerts": wants_alerts(request),
    }


def wants_alerts(request: Request) -> bool:
    """Whether this moderator gets e-mails about waiting comments."""
    mine = Membership.objects.filter(site=request.site, user=request.user)
    return mine.filter(wants_alerts=True).exists()


def tabs(request: Request, current: str) -> list[tuple[str, str, int | str, bool]]:
    """The lists with their counts: label, address, number, whether it is this one."""
    counts = {**queue.counts(request.site), "reported": queue.count_reported(request.site)}
    labels = {
        "waiting": _("Waiting"),
        "reported": _("Reported"),
        "published": _("Published"),
        "rejected": _("Not published"),
        "spam": _("Spam"),
    }
    lists = [
        (label, reverse(ROUTES[name]), queue.told(counts[name], name), name == current)
        for name, label in labels.items()
    ]
    waiting = appeals.open_on(request.site).count()
    objections = (_("Objections"), reverse("moderation-appeals"), waiting, current == "objections")
    return [*lists, objections]
