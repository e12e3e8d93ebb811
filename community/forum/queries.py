"""Reading the forum: each page costs what it shows, whatever the forum holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import DateTimeField, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, NullIf
from django.http import Http404

from community.sites import cursors
from community.sites.cursors import Cursor
from community.sites.models import Site
from community.threads.models import Board, Thread

ON_A_PAGE = 30
MOST_BOARDS = 200
# Above that many, nobody counts.
MOST_COUNTED = 1_000
PINNED = "pinned-"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class CountOf(Subquery):
    """How many rows there are, which the database counts no further than the slice goes."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS few)"
    output_field = IntegerField()


class TopicCursor(NamedTuple):
    """The last topic of the page before, and whether it was one of the pinned."""

    pinned: bool
    place: Cursor

    def __str__(self) -> str:
        return f"{PINNED if self.pinned else ''}{self.place}"


@dataclass(frozen=True)
class TopicPage:
    """Some topics of a board, and the cursor behind which the next page begins."""

    topics: list[Thread]
    next: TopicCursor | None


def boards_of(site: Site) -> QuerySet[Board]:
    """The boards of a site with how much is in them, as far as anybody counts.

    Nothing unlisted counts.
    """
    listed = Thread.objects.filter(board=OuterRef("pk"), listed=True)
    # The pinned and the others each stand in order of age in one index.
    pinned, others = (
        listed.filter(pinned=pinned).order_by("-last_activity").values("last_activity")[:1]
        for pinned in (True, False)
    )
    long_ago = Value(LONG_AGO, output_field=DateTimeField())
    latest = Greatest(Coalesce(Subquery(pinned), long_ago), Coalesce(Subquery(others), long_ago))
    return Board.objects.filter(site=site).annotate(
        topic_count=CountOf(listed.values("pk")[: MOST_COUNTED + 1]),
        latest=NullIf(latest, long_ago),
    )[:MOST_BOARDS]


def read_cursor(raw: str) -> TopicCursor | None:
    """The cursor an address names; raises Http404 for anything that is none."""
    if not raw:
        return None
    place = cursors.read(raw.removeprefix(PINNED))
    if place is None:
        raise Http404("no such page")
    return TopicCursor(raw.startswith(PINNED), place)


def topics_of(board: Board, cursor: TopicCursor | None) -> TopicPage:
    """Pinned topics first, then the others, each with the newest comment first."""
    wanted = ON_A_PAGE + 1
    found: list[Thread] = []
    if cursor is None or cursor.pinned:
        found = list(some(board, True, cursor.place if cursor else None)[:wanted])
    if len(found) < wanted:
        place = cursor.place if cursor and not cursor.pinned else None
        found += some(board, False, place)[: wanted - len(found)]
    topics = found[:ON_A_PAGE]
    return TopicPage(topics, cursor_at(topics[-1]) if len(found) > ON_A_PAGE else None)


def some(board: Board, pinned: bool, place: Cursor | None) -> QuerySet[Thread]:
    """The pinned topics of a board or the others, behind a place."""
    rows = Thread.objects.listed().filter(board=board, pinned=pinned).select_related("board")
    return cursors.behind(rows, "last_activity", place)


def cursor_at(topic: Thread) -> TopicCursor:
    """The cursor behind a topic."""
    return TopicCursor(topic.pinned, Cursor(topic.last_activity, topic.pk))
