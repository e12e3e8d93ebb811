"""What happened under a thread since a page was opened: numbers that are the same for everybody."""

from typing import TypedDict

from django.conf import settings

from community.comments import queries
from community.threads.models import Thread

MOST_NEW = 50
MOST_GONE = 300


class News(TypedDict):
    """The newest comments (publication, id, parent, branch), and what is not public any more."""

    mark: tuple[int, int, int]
    new: list[tuple[int | None, ...]]
    gone: list[int]


def news_of(thread: Thread) -> News:
    """The news of a thread; an open page compares them with what it shows."""
    rows = queries.latest(thread, max(0, thread.publications - MOST_NEW))
    return {
        # What events carry too: who hears one knows by it whether this is the answer to it.
        "mark": (thread.publications, thread.removals, thread.comment_count),
        "new": list(rows.values_list("publication", "pk", "parent_id", "root_id")),
        "gone": list(queries.gone(thread).values_list("pk", flat=True)[:MOST_GONE]),
    }


def events_of(pk: int) -> str:
    """Where an open page is told that there is news; nothing where it has to ask."""
    return f"/threads/{pk}/events/" if settings.LIVE_EVENTS else ""
