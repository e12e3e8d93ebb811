"""Reading the forum."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from community.sites.models import Site
from community.threads.models import Board, Thread

ON_A_PAGE = 30


@dataclass(frozen=True)
class TopicPage:
    """Some topics of a board, and the one behind which the next page begins."""

    topics: list[Thread]
    last: Thread | None


def boards_of(site: Site) -> QuerySet[Board]:
    """The boards of a site with how much is in them. Nothing unlisted counts."""
    listed = Q(topics__listed=True)
    return Board.objects.filter(site=site).annotate(
        topic_count=Count("topics", filter=listed),
        latest=Max("topics__last_activity", filter=listed),
    )


def topics_of(board: Board, behind: Thread | None) -> TopicPage:
    """Pinned topics first (on the first page only), then those with the newest comment."""
    listed = Thread.objects.listed().filter(board=board).select_related("board")
    rows = listed.filter(pinned=False).order_by("-last_activity", "-id")
    pinned: list[Thread] = []
    if behind is None:
        pinned = list(listed.filter(pinned=True).order_by("-last_activity", "-id"))
    else:
        rows = rows.filter(
            Q(last_activity__lt=behind.last_activity)
            | Q(last_activity=behind.last_activity, id__lt=behind.pk)
        )
    topics = list(rows[: ON_A_PAGE + 1])
    last = topics[ON_A_PAGE - 1] if len(topics) > ON_A_PAGE else None
    return TopicPage([*pinned, *topics[:ON_A_PAGE]], last)
