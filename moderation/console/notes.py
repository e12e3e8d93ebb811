"""Moderators' private notes on comments and authors."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from community.comments.models import Comment
from community.sites.guards import moderators_only
from community.sites.requests import Request
from moderation.console.acts import back
from moderation.console.lists import card_page
from moderation.console.wishes import within_reach
from moderation.models import Note

LONGEST = 1000


@require_POST
@moderators_only
def add(request: Request, pk: int) -> HttpResponse:
    """Write a note on a comment, or on its author."""
    comment = get_object_or_404(within_reach(request, Comment.objects.all()), pk=pk)
    body = request.POST.get("body", "").replace("\0", "").strip()
    if not body:
        return card_page(request, pk, status=422)
    on_author = request.POST.get("about") == "author" and comment.person_id is not None
    Note.objects.create(
        site_id=comment.site_id,
        comment=None if on_author else comment,
        person_id=comment.person_id,
        by=request.user,
        body=body[:LONGEST],
    )
    return redirect(back(request))


@require_POST
@moderators_only
def remove(request: Request, pk: int) -> HttpResponse:
    """Take one's own note away."""
    mine = Note.objects.filter(by=request.user, site__memberships__user=request.user)
    get_object_or_404(mine, pk=pk).delete()
    return redirect(back(request))
