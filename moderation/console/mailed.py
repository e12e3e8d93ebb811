"""Deciding from an e-mail: opening the link shows the comment, pressing a button decides."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment
from community.sites.middleware import member_viewer
from community.sites.requests import Request
from moderation import alerts, decisions
from moderation.console.acts import BULK, conflict_page
from moderation.console.cards import Card, single_card
from moderation.decisions import TooLate
from moderation.models import Decision


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: Request, token: str) -> HttpResponse:
    """One comment for the moderator to whom the e-mail was sent, logged in or not."""
    link = alerts.read_token(token)
    if link is None:
        return render(request, "moderation/expired.html", status=410)
    viewer = member_viewer(link.user, request.site)
    if not viewer.is_moderator:
        raise Http404("no moderator any more")
    request.viewer, request.user = viewer, link.user
    card = card_here(request, link.comment_id)
    if card is None:
        raise Http404("no such comment")
    if request.method == "POST":
        return act(request, card, link)
    return page(request, card, link)


def card_here(request: Request, pk: int) -> Card | None:
    """The card of a comment of the site that the e-mail came from."""
    return single_card(request, Comment.objects.filter(site=request.site), pk)


def page(
    request: Request, card: Card, link: alerts.Link, decision: Decision | None = None
) -> HttpResponse:
    """The comment with its buttons; after a decision, what was done and how to undo it."""
    changed = card.comment.version != link.version
    context = {"card": card, "changed": changed, "decision": decision, "from_mail": True}
    return render(request, "moderation/mailed.html", context)


def act(request: Request, card: Card, link: alerts.Link) -> HttpResponse:
    """Decide about the version the e-mail showed, or take that back."""
    comment, press = card.comment, request.POST.get("act", "")
    try:
        if press == "undo":
            undo_last(request, card)
            decision = None
        elif press in BULK:
            decision = decisions.decide(comment, BULK[press], seen=link.version, by=link.user)
        else:
            raise Http404("no such button")
    except (StaleComment, ForbiddenMove, TooLate, PermissionDenied) as conflict:
        return conflict_page(request, comment.pk, conflict)
    fresh = card_here(request, comment.pk)
    assert fresh is not None  # noqa: S101 - it was there a moment ago, and rows are never removed
    return page(request, fresh, replace(link, version=fresh.comment.version), decision)


def undo_last(request: Request, card: Card) -> None:
    """Take back this moderator's own last decision about the comment."""
    mine = Decision.objects.filter(comment=card.comment, moderator=request.user)
    last = mine.select_related("comment").last()
    if last is None:
        raise TooLate
    decisions.undo(last, by=request.user)
