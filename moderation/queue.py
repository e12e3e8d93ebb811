"""Reading for moderators: the four lists, their numbers, and who wrote what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.utils import timezone

from community.comments.models import Comment, CommentQuerySet, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation import sanctions
from moderation.models import Check, CheckState, Decision, Opinion

PAGE = 30
# How long a comment stays out of sight while its first check is under way.
PATIENCE = timedelta(minutes=1)

LISTS = {
    "waiting": Status.HELD,
    "published": Status.PUBLISHED,
    "rejected": Status.REJECTED,
    "spam": Status.SPAM,
}


@dataclass(frozen=True)
class History:
    """What became of an author's comments on one site, and whether they are blocked there."""

    published: int = 0
    waiting: int = 0
    rejected: int = 0
    spam: int = 0
    is_blocked: bool = False


def listed(site: Site, name: str) -> CommentQuerySet:
    """The comments of one list; raises KeyError for a list that does not exist."""
    rows = Comment.objects.filter(site=site, status=LISTS[name])
    return rows.exclude(pk__in=first_checks().values("comment")) if name == "waiting" else rows


def first_checks() -> QuerySet[Check]:
    """Checks about to give their first answer, which belongs to what moderators see."""
    return Check.objects.filter(state=CheckState.OPEN, created_at__gt=timezone.now() - PATIENCE)


def counts(site: Site) -> dict[str, int]:
    """How many comments each list holds; the published ones are added up from their threads."""
    others = Comment.objects.filter(site=site, status__in=[Status.REJECTED, Status.SPAM])
    by_status = dict(others.values_list("status").annotate(Count("pk")).order_by())
    public = Thread.objects.filter(site=site).aggregate(number=Sum("comment_count"))
    return {
        "waiting": listed(site, "waiting").count(),
        "published": public["number"] or 0,
        "rejected": by_status.get(Status.REJECTED, 0),
        "spam": by_status.get(Status.SPAM, 0),
    }


def page(site: Site, name: str, cursor: int | None) -> tuple[list[Comment], int | None]:
    """Thirty cards behind the cursor, and the cursor to the next ones.

    Who waits longest stands first; the other lists begin with the newest.
    """
    found = places(site, name, cursor, PAGE + 1)
    more, found = len(found) > PAGE, found[:PAGE]
    return cards_at(found), found[-1] if more else None


def places(site: Site, name: str, cursor: int | None, most: int) -> list[int]:
    """The ids of a list in its order, read from its index alone: joined, SQLite would sort all."""
    rows = listed(site, name)
    if name == "waiting":
        rows = rows.filter(pk__gt=cursor or 0).order_by("pk")
    else:
        rows = (rows.filter(pk__lt=cursor) if cursor else rows).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:most])


def cards_at(ids: list[int]) -> list[Comment]:
    """The cards of these comments, in this order."""
    found = cards(Comment.objects.all()).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def cards(rows: CommentQuerySet) -> CommentQuerySet:
    """Comments with all a card shows: `current_opinions`, `decisions`, `checks`, place, author."""
    opinions = Prefetch("opinions", Opinion.objects.current(), to_attr="current_opinions")
    decisions = Prefetch("decisions", Decision.objects.select_related("moderator"))
    related = ("site", "thread__article", "thread__board", "parent", "person__user", "contact")
    return rows.select_related(*related, "person__contact").prefetch_related(
        opinions, decisions, "checks"
    )


def author_history(site: Site, person_ids: Iterable[int | None]) -> dict[int, History]:
    """What these people's comments came to, in three queries for any number of them."""
    people = {pk for pk in person_ids if pk is not None}
    rows = Comment.objects.filter(site=site, person__in=people)
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    grouped = rows.values_list("person_id", "status").annotate(Count("pk")).order_by()
    for person, status, number in grouped:
        numbers[person][status] = number
    blocked = sanctions.sanctioned_among(site, people)
    return {pk: history_of(numbers[pk], is_blocked=pk in blocked) for pk in people}


def history_of(numbers: dict[str, int], *, is_blocked: bool) -> History:
    """The numbers of one author, by the name of the list."""
    found = {name: numbers.get(status, 0) for name, status in LISTS.items()}
    return History(**found, is_blocked=is_blocked)
