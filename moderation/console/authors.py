"""An author as moderators know them: what they wrote, what became of it, what holds for them."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from community.accounts.models import Person
from community.comments.models import Comment
from community.sites.guards import moderators_only
from community.sites.models import Membership
from community.sites.requests import Request
from moderation import queue, sanctions
from moderation.console.wishes import read_cursor
from moderation.models import Sanction, SanctionQuerySet

PAGE = 30
MOST_SANCTIONS = 50


def person_of(request: Request, pk: int) -> Person:
    """Someone who has taken part on this site; raises Http404 for anybody else."""
    people = Person.objects.select_related("contact", "user")
    person = get_object_or_404(people, pk=pk)
    wrote = Comment.objects.filter(person=person, site=request.site).exists()
    if not wrote:
        get_object_or_404(Sanction.objects.filter(person=person, site=request.site)[:1])
    return person


def address_of(person: Person) -> str:
    """Where a person's page is."""
    return reverse("moderation-person", args=[person.pk])


@require_GET
@moderators_only
def author(request: Request, pk: int) -> HttpResponse:
    """One author: history, what holds for them and what held, their comments."""
    person = person_of(request, pk)
    found = comments_of(request, person)
    comments, last = found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
    context = {
        "nav": "moderation",
        "person": person,
        "history": queue.histories(request.site, {person.pk})[person.pk],
        "membership": Membership.objects.filter(site=request.site, user=person.user).first(),
        "sanctions": sanctions_of(request, person)[:MOST_SANCTIONS],
        "comments": comments,
        "may_sanction": sanctions.may_sanction(request.user, person, request.site),
        "next_url": f"{address_of(person)}?after={last}" if last else "",
    }
    return render(request, "moderation/person.html", context)


def comments_of(request: Request, person: Person) -> list[Comment]:
    """What they wrote here, newest first, and one more if there is."""
    rows = Comment.objects.filter(person=person, site=request.site).select_related("thread")
    cursor = read_cursor(request)
    rows = rows.filter(pk__lt=cursor) if cursor else rows
    return list(rows.order_by("-pk")[: PAGE + 1])


def sanctions_of(request: Request, person: Person) -> SanctionQuerySet:
    """What holds for them, by name or confirmed address, and what once held; newest first."""
    mine = sanctions.marks_of_person(person) | Q(person=person)
    rows = Sanction.objects.filter(mine, site=request.site)
    return rows.select_related("person", "imposed_by", "lifted_by").order_by("-pk")
