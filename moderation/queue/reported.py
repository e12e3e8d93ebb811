"""What readers have reported and still see: the illegal first, then what weighs most."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from community.comments.models import Comment, Status
from community.sites.models import Site
from moderation.models import Report
from moderation.queue.cards import cards_at
from moderation.queue.pages import PAGE, Page


def reported_page(site: Site, shown: int | None = None) -> Page:
    """The cards behind the first `shown`; one that waits anyway stands in the queue alone."""
    start = shown or 0
    rows = by_comment(site).values_list("comment", flat=True)
    found = list(rows[start : start + PAGE + 1])
    comments = cards_at(found[:PAGE], Comment.objects.filter(site=site))
    return Page(comments, next_cursor=start + PAGE if len(found) > PAGE else None)


def by_comment(site: Site) -> QuerySet[Report, Any]:
    """One row for each comment that is public and has open reports."""
    public = Report.objects.open().filter(site=site, comment__status=Status.PUBLISHED)
    weighed = public.values("comment").annotate(
        illegal=Count("pk", filter=Q(is_illegal=True)), total=Sum("weight")
    )
    return weighed.order_by("-illegal", "-total", "comment")


def count_reported(site: Site) -> int:
    """How many comments that is."""
    return by_comment(site).order_by().count()
