"""Comments across threads: the newest, the liveliest of the last days, those of one author.

Each walks an index backwards by id (`moderation_lists`, `own_comments`) as far as it shows, or
through a window of so many.
"""

from datetime import timedelta
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone

from community.comments.models import Comment
from community.sites.models import Site
from community.sites.viewers import ANYONE

WINDOW = 2_000
DAYS = 7


class Liveliness(StrEnum):
    """What makes a comment lively, by the name of the number that tells it."""

    VOTES = "score"
    REPLIES = "branch_count"


def public(site: Site) -> QuerySet[Comment]:
    """What everybody may read on a site, newest first, with the place it stands in."""
    rows = Comment.objects.visible_to(ANYONE).filter(site=site)
    return rows.select_related("thread__article", "thread__board").order_by("-pk")


def newest(site: Site, behind: int | None = None) -> QuerySet[Comment]:
    """The newest comments, behind an id."""
    return after(public(site), behind)


def liveliest(site: Site, by: Liveliness) -> QuerySet[Comment]:
    """The comments of the last days with the most votes or replies, among the newest thousands."""
    window = Comment.objects.published().filter(site=site).order_by("-pk").values("pk")[:WINDOW]
    since = timezone.now() - timedelta(days=DAYS)
    rows = public(site).filter(pk__in=window, created_at__gte=since, **{f"{by.value}__gt": 0})
    return rows.order_by(f"-{by.value}", "-pk")


def of_author(
    site: Site, person_id: int, name: str, behind: int | None = None
) -> QuerySet[Comment]:
    """What somebody has said under one name."""
    return after(public(site).filter(person=person_id, author_name=name), behind)


def names_of(site: Site, person_id: int) -> set[str]:
    """The names somebody has written under lately."""
    rows = public(site).filter(person=person_id)
    return set(rows.values_list("author_name", flat=True)[:200])


def after(rows: QuerySet[Comment], behind: int | None) -> QuerySet[Comment]:
    """Those behind an id."""
    return rows if behind is None else rows.filter(pk__lt=behind)
