"""Reading threads: each page costs what it shows, whatever the thread holds."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import attrgetter

from django.db import connection
from django.db.models import Q, QuerySet

from community.comments.models import WAITING, Comment, Status
from community.prepared import Parameter, Prepared
from community.sites.viewers import Viewer
from community.threads.models import Thread

PAGE = 50
FIRST_REPLIES = 3
MOST_WAITING_SHOWN = 100
BIGGEST_KEY = 2**63 - 1


# What a page shows of a comment, and what decides who sees it: its source and the notes of its
# judges would double the bytes read.
SHOWN = (
    *("id", "thread_id", "parent_id", "root_id", "path", "place", "depth"),
    *("person_id", "contact_id", "author_name", "author_url", "by_moderator", "body_html"),
    *("status", "waits_for", "told", "version", "listed", "removed"),
    *("ups", "downs", "score", "top_key", "branch_count", "reply_count"),
    *("created_at", "edited_at", "edited_by_moderator", "import_number"),
)

_FIRST_OF_A_BRANCH = (
    "FROM community_comment WHERE root_id = branch.{id} AND listed"
    f" ORDER BY path LIMIT {FIRST_REPLIES}"
)
_COLUMNS = ", ".join(SHOWN)
FIRST_REPLIES_ON_POSTGRESQL = (
    f"SELECT reply.* FROM unnest(%s::bigint[]) AS branch(id) CROSS JOIN LATERAL"  # noqa: S608
    f" (SELECT {_COLUMNS} {_FIRST_OF_A_BRANCH.format(id='id')}) AS reply"
)
# CROSS JOIN keeps SQLite from reading all comments first.
FIRST_REPLIES_ON_SQLITE = (
    f"SELECT {', '.join(f'reply.{name}' for name in SHOWN)}"  # noqa: S608
    " FROM json_each(%s) AS branch CROSS JOIN community_comment AS reply"
    f" WHERE reply.id IN (SELECT id {_FIRST_OF_A_BRANCH.format(id='value')})"
)
# Top-level comments and, behind them, the first replies of each.
PAGE_ON_POSTGRESQL = (
    "WITH branch AS MATERIALIZED ({roots}) SELECT * FROM branch UNION ALL"  # noqa: S608
    " SELECT reply.* FROM branch CROSS JOIN LATERAL"
    f" (SELECT {{columns}} {_FIRST_OF_A_BRANCH.format(id='id')}) AS reply"
    " WHERE branch.branch_count > 0"
)
PAGE_ON_SQLITE = (
    "WITH branch AS MATERIALIZED ({roots}) SELECT * FROM branch UNION ALL"  # noqa: S608
    " SELECT {columns} FROM branch CROSS JOIN community_comment"
    " WHERE branch.branch_count > 0"
    f" AND community_comment.id IN (SELECT id {_FIRST_OF_A_BRANCH.format(id='id')})"
)


class Sort(StrEnum):
    """The orders of top-level comments. Replies always stand oldest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    VOTES = "votes"

    @property
    def key(self) -> str:
        """The column that orders the page."""
        return "top_key" if self is Sort.VOTES else "place"

    @property
    def descends(self) -> bool:
        """Whether the biggest key comes first."""
        return self is not Sort.OLDEST


@dataclass(frozen=True)
class Branch:
    """A top-level comment and the replies a page shows with it."""

    root: Comment
    replies: list[Comment]

    @property
    def hidden(self) -> int:
        """How many listed replies are not on the page."""
        return self.root.branch_count - sum(reply.listed for reply in self.replies)


@dataclass(frozen=True)
class Slice:
    """One page of a thread, and the cursor to the next one."""

    branches: list[Branch]
    next_cursor: int | None


def page_of(thread: Thread, sort: Sort, cursor: int | None, viewer: Viewer) -> Slice:
    """Fifty top-level comments after the cursor with their first replies.

    What waits stands in its place for its author and for moderators, beside the fifty.
    """
    rows = page_rows(thread, sort, cursor)
    listed = in_order((row for row in rows if row.parent_id is None), sort)
    more = len(listed) > PAGE
    listed = listed[:PAGE]
    next_cursor = key_of(listed[-1], sort) if more else None
    waiting = waiting_for(thread, viewer)
    held = fitting(waiting, sort, cursor, next_cursor)
    replies = [*rows, *first_replies([root.pk for root in held if root.branch_count]), *waiting]
    return Slice(branches_of(in_order([*listed, *held], sort), replies), next_cursor)


def roots_of(thread: Thread | Parameter) -> QuerySet[Comment]:
    """The listed top-level comments of a thread."""
    return Comment.objects.filter(thread=thread, parent=None, listed=True)


def page_rows(thread: Thread, sort: Sort, cursor: int | None) -> list[Comment]:
    """The listed top-level comments of one page, one more if others follow, and first replies."""
    if cursor is None:
        return FIRST_PAGE[sort].all(thread=thread.pk)
    return LATER_PAGE[sort].all(thread=thread.pk, cursor=cursor)


def with_first_replies(roots: str, columns: Sequence[str]) -> str:
    """A statement that reads top-level comments, and with them the first replies of each."""
    page = PAGE_ON_POSTGRESQL if connection.vendor == "postgresql" else PAGE_ON_SQLITE
    return page.format(roots=roots, columns=", ".join(columns))


def _composed(sort: Sort, thread: Parameter, cursor: Parameter | None = None) -> QuerySet[Comment]:
    return after(roots_of(thread), sort, cursor).only(*SHOWN)[: PAGE + 1]


def after(rows: QuerySet[Comment], sort: Sort, cursor: int | Parameter | None) -> QuerySet[Comment]:
    """These comments in this order, behind the cursor."""
    if cursor is not None:
        side = "lt" if sort.descends else "gt"
        rows = rows.filter(**{f"{sort.key}__{side}": cursor})
    return rows.order_by(f"-{sort.key}" if sort.descends else sort.key)


FIRST_PAGE = {
    sort: Prepared[Comment](partial(_composed, sort), "thread", within=with_first_replies)
    for sort in Sort
}
LATER_PAGE = {
    sort: Prepared[Comment](partial(_composed, sort), "thread", "cursor", within=with_first_replies)
    for sort in Sort
}


def key_of(comment: Comment, sort: Sort) -> int:
    """Where a comment stands in this order."""
    key: int = getattr(comment, sort.key)
    return key


def waiting_for(thread: Thread, viewer: Viewer) -> list[Comment]:
    """The comments of a thread that only this viewer sees: their own, or for moderators all."""
    if viewer.person_id is None and not viewer.is_moderator:
        return []
    if viewer.is_moderator:
        # Planned for this thread: how many wait in it decides which index is the shorter way.
        return list(_waiting(thread.pk, viewer.person_id, for_moderators=True))
    return OWN.all(thread=thread.pk, person=viewer.person_id)


def _waiting(
    thread: Parameter | int, person: Parameter | int | None, *, for_moderators: bool = False
) -> QuerySet[Comment]:
    own = Q(person_id=person, status__in=WAITING)
    wanted = own | Q(status=Status.HELD) if for_moderators else own
    rows = Comment.objects.filter(wanted, thread=thread, listed=False)
    return rows.order_by("id")[:MOST_WAITING_SHOWN]


OWN = Prepared[Comment](_waiting, "thread", "person")


def fitting(
    waiting: Sequence[Comment], sort: Sort, cursor: int | None, next_cursor: int | None
) -> list[Comment]:
    """Those waiting top-level comments whose place is on this page."""
    first, last = (cursor, next_cursor) if sort.descends else (next_cursor, cursor)
    top = BIGGEST_KEY if first is None else first
    bottom = -1 if last is None else last
    return [
        comment
        for comment in waiting
        if comment.parent_id is None and bottom <= key_of(comment, sort) <= top
    ]


def in_order(roots: Iterable[Comment], sort: Sort) -> list[Comment]:
    """Top-level comments in this order."""
    return sorted(roots, key=attrgetter(sort.key), reverse=sort.descends)


def branches_of(roots: Iterable[Comment], replies: Iterable[Comment]) -> list[Branch]:
    """Each top-level comment with its replies among these."""
    below: defaultdict[int, list[Comment]] = defaultdict(list)
    for reply in replies:
        if reply.root_id is not None:
            below[reply.root_id].append(reply)
    return [Branch(root, in_reading_order(below[root.id])) for root in roots]


def in_reading_order(replies: Iterable[Comment]) -> list[Comment]:
    """The replies of one branch as a reader meets them."""
    return sorted(replies, key=lambda reply: bytes(reply.path))


def first_replies(roots: Sequence[int]) -> list[Comment]:
    """The first replies of each branch in one statement of short index scans.

    Window functions and recursion grow with the thread; this does not (see the decisions).
    """
    if not roots:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(FIRST_REPLIES_ON_POSTGRESQL, [list(roots)])
            # Its driver gives values as fields have them.
            return [Comment.from_db(connection.alias, SHOWN, row) for row in cursor.fetchall()]
    return list(Comment.objects.raw(FIRST_REPLIES_ON_SQLITE, [json.dumps(list(roots))]))


def branch_page(
    root: Comment, behind: Comment | None, viewer: Viewer
) -> tuple[list[Comment], Comment | None]:
    """Fifty replies of one branch behind a given one, and the last of them if more follow."""
    rows = Comment.objects.filter(root=root, listed=True).order_by("path")
    if behind is not None:
        rows = rows.filter(path__gt=bytes(behind.path))
    listed = list(rows[: PAGE + 1])
    more, listed = len(listed) > PAGE, listed[:PAGE]
    low = bytes(behind.path) if behind else b""
    high = bytes(listed[-1].path) if more else b"\xff" * 8
    own = [
        comment
        for comment in waiting_for(root.thread, viewer)
        if comment.root_id == root.pk and low < bytes(comment.path) <= high
    ]
    shown = sorted([*listed, *own], key=lambda reply: bytes(reply.path))
    return shown, listed[-1] if more else None


def page_start(reply: Comment) -> Comment | None:
    """The reply behind which the branch page begins that shows this one; None for the first."""
    before = Comment.objects.filter(root=reply.root_id, listed=True, path__lt=bytes(reply.path))
    nearest = list(before.order_by("-path")[:PAGE])
    return nearest[0] if len(nearest) == PAGE else None


def is_on_first_page(root: Comment, sort: Sort) -> bool:
    """Whether a top-level comment, listed or waiting, has its place among the first fifty."""
    last = END_OF_FIRST_PAGE[sort].first(thread=root.thread_id)
    if last is None:
        return True
    key = key_of(root, sort)
    return key >= last if sort.descends else key <= last


def _fiftieth(sort: Sort, thread: Parameter) -> QuerySet[Comment, int]:
    """The key of the fiftieth top-level comment."""
    keys = after(roots_of(thread), sort, None).values_list(sort.key, flat=True)
    return keys[PAGE - 1 : PAGE]


END_OF_FIRST_PAGE = {sort: Prepared[int](partial(_fiftieth, sort), "thread") for sort in Sort}


def is_among_first_replies(comment: Comment) -> bool:
    """Whether a reply is shown with its branch without asking for more."""
    return any(reply.pk == comment.pk for reply in first_replies([comment.branch_id]))


def cursor_before(root: Comment, sort: Sort) -> int:
    """The cursor whose page begins with this comment."""
    return key_of(root, sort) + (1 if sort.descends else -1)


def ancestors_of(comment: Comment) -> list[int]:
    """The ids of what a comment answers, from the top of its branch down to its parent."""
    if comment.parent_id is None or comment.root_id is None:
        return []
    path = bytes(comment.path)
    above = [path[:end] for end in range(8, len(path), 8)]
    rows = Comment.objects.filter(root=comment.root_id, path__in=above).order_by("path")
    found = [comment.root_id, *rows.values_list("pk", flat=True)]
    # Below the deepest level all stand side by side.
    return found if found[-1] == comment.parent_id else [*found, comment.parent_id]


def latest(thread: Thread, since: int) -> QuerySet[Comment]:
    """What became public in a thread after a publication number, in that order."""
    return (
        Comment.objects.published()
        .filter(thread=thread, publication__gt=since)
        .order_by("publication")
    )


def gone(thread: Thread) -> QuerySet[Comment]:
    """What was public in a thread and is not any more, the newest first."""
    rows = Comment.objects.filter(thread=thread, publication__isnull=False)
    return rows.exclude(status=Status.PUBLISHED).order_by("-id")


PUBLISHED_OF = Prepared[int](
    lambda person: (
        Comment.objects.published().filter(person=person).values_list("pk", flat=True)[:1]
    ),
    "person",
)


def is_known(viewer: Viewer) -> bool:
    """Whether a viewer's comments appear at once: confirmed and approved before, or a moderator."""
    if viewer.is_moderator:
        return True
    if viewer.person is None or viewer.person.contact_id is None:
        return False
    return PUBLISHED_OF.first(person=viewer.person_id) is not None
