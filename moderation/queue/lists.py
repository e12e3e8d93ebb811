"""The four lists and their numbers, which are exact only as far as anyone counts."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.formats import number_format

from community.comments.models import QUEUED, Comment, CommentQuerySet, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation.models import Check, CheckState

# How long a comment stays out of sight while its first check is under way.
PATIENCE = timedelta(minutes=1)
# Above this a list has “1,000+”: to count on would cost more than to know is worth.
MOST_COUNTED = 1000

LISTS = {
    "waiting": Status.HELD,
    "published": Status.PUBLISHED,
    "rejected": Status.REJECTED,
    "spam": Status.SPAM,
}


def listed(site: Site, name: str) -> CommentQuerySet:
    """The comments of one list; raises KeyError for a list that does not exist."""
    if name == "waiting":
        return waiting([site.pk])
    return Comment.objects.filter(site=site, status=LISTS[name])


def waiting(sites: Iterable[int]) -> CommentQuerySet:
    """What waits on these sites and is ready to be seen."""
    rows = Comment.objects.filter(QUEUED, site__in=sites)
    return rows.exclude(pk__in=first_checks().values("comment"))


def first_checks() -> QuerySet[Check]:
    """Checks about to give their first answer, which belongs to what moderators see."""
    return Check.objects.filter(state=CheckState.OPEN, created_at__gt=timezone.now() - PATIENCE)


def counts(site: Site) -> dict[str, int]:
    """How many comments each list holds; more than MOST_COUNTED means at least so many.

    The published ones are added up from their threads.
    """
    public = Thread.objects.filter(site=site).aggregate(number=Sum("comment_count"))
    numbers = {name: count(listed(site, name)) for name in LISTS if name != "published"}
    return {**numbers, "published": public["number"] or 0}


def count(rows: CommentQuerySet) -> int:
    """How many there are, as far as anyone counts."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def told(number: int, name: str) -> int | str:
    """A number as people read it: beyond what is counted, that there are more."""
    return (
        number
        if name == "published" or number <= MOST_COUNTED
        else f"{number_format(MOST_COUNTED, force_grouping=True)}+"
    )
