"""What operators see of the mail that came back."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from community.comments.models import Comment
from community.contacts.models import Contact
from community.inbound.models import AddressEvent, Answer, EventKind, Outcome
from community.sites.models import Site
from community.subscriptions.models import Subscription

SHOWN = 50
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Figures:
    """How many came in thirty days, by what they were, and how many addresses are paused now."""

    events: list[tuple[str, int]]
    answers: list[tuple[str, int]]
    paused: int


def latest_events(site: Site) -> QuerySet[AddressEvent]:
    """The newest reports about addresses that have to do with this site."""
    theirs = AddressEvent.objects.filter(contact__in=contacts_of(site))
    return theirs.select_related("contact").order_by("-at", "-pk")[:SHOWN]


def latest_answers(site: Site) -> QuerySet[Answer]:
    """The newest answers by e-mail on this site."""
    rows = Answer.objects.filter(answered__site=site)
    return rows.select_related("answered__thread", "comment").order_by("-at", "-pk")[:SHOWN]


def figures(site: Site) -> Figures:
    """The numbers above both lists."""
    since = timezone.now() - LOOKED_BACK
    events = AddressEvent.objects.filter(contact__in=contacts_of(site), at__gt=since)
    answers = Answer.objects.filter(answered__site=site, at__gt=since)
    kinds = dict(events.values_list("kind").annotate(number=Count("pk")))
    outcomes = dict(answers.values_list("outcome").annotate(number=Count("pk")))
    return Figures(
        [(str(kind.label), kinds.get(kind.value, 0)) for kind in EventKind],
        [(str(outcome.label), outcomes.get(outcome.value, 0)) for outcome in Outcome],
        contacts_of(site).exclude(paused_at=None).count(),
    )


def contacts_of(site: Site) -> QuerySet[Contact]:
    """Addresses that follow something here, or with which somebody wrote here."""
    mine = OuterRef("pk")
    follows = Subscription.objects.all().on(site).filter(contact=mine)
    wrote = Comment.objects.filter(site=site, contact=mine)
    return Contact.objects.filter(Exists(follows) | Exists(wrote))
