"""A thread as a page: its comments in one order, links to the others, the form below."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments import queries
from community.comments.models import Comment
from community.comments.queries import Sort
from community.pages.addresses import default_sort, page_address
from community.pages.shown import Presenter, ShownComment
from community.sites.viewers import Viewer
from community.subscriptions.services import mark_seen
from community.threads.models import Thread


class SortLink(NamedTuple):
    """One choice of order."""

    key: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Page:
    """One page of comments."""

    title: str
    # How many comments, also where there are none.
    count: str
    closed: str
    comments: list[ShownComment]
    pinned: ShownComment | None
    sort: str
    sort_links: list[SortLink]
    first_url: str
    next_url: str


def read_sort(request: HttpRequest, thread: Thread) -> Sort:
    """The order asked for in the address; an unknown one is the usual one."""
    try:
        return Sort(request.GET.get("sort", ""))
    except ValueError:
        return default_sort(thread)


def read_cursor(request: HttpRequest) -> int | None:
    """The cursor in the address; raises Http404 for anything that is none."""
    raw = request.GET.get("after")
    if not raw:
        return None
    # Counted before it is read: Python refuses to read thousands of digits.
    is_number = raw.isascii() and raw.isdigit() and len(raw) <= len(str(queries.BIGGEST_KEY))
    if not is_number or int(raw) > queries.BIGGEST_KEY:
        raise Http404("no such page")
    return int(raw)


def read_page(request: HttpRequest, thread: Thread, viewer: Viewer) -> Page:
    """The page of a thread that the address asks for, as this viewer sees it."""
    sort, cursor = read_sort(request, thread), read_cursor(request)
    found = queries.page_of(thread, sort, cursor, viewer)
    pinned = pinned_comment(thread) if cursor is None else None
    rows = [row for branch in found.branches for row in (branch.root, *branch.replies)]
    note_seen(viewer, rows)
    presenter = Presenter(thread, viewer, [*rows, *([pinned] if pinned else [])])
    return Page(
        title=title_of(thread),
        count=told_count(thread),
        closed=closed_notice(thread),
        comments=[presenter.branch(branch) for branch in found.branches],
        pinned=presenter.show(pinned) if pinned else None,
        sort=sort.value,
        sort_links=sort_links(thread, sort),
        first_url=page_address(thread, sort) if cursor is not None else "",
        next_url=page_address(thread, sort, found.next_cursor) if found.next_cursor else "",
    )


def note_seen(viewer: Viewer, rows: Iterable[Comment]) -> None:
    """Whoever has these comments before their eyes needs no e-mail about them any more."""
    if viewer.person and viewer.person.contact_id:
        mark_seen(viewer.person.contact_id, [row.pk for row in rows])


def title_of(thread: Thread) -> str:
    """How many comments there are, counted when they came."""
    return told_count(thread) if thread.comment_count else _("Comments")


def told_count(thread: Thread) -> str:
    """The number of public comments in words."""
    count = thread.comment_count
    return ngettext("%(n)s comment", "%(n)s comments", count) % {"n": count}


def closed_notice(thread: Thread) -> str:
    """Since when nobody can write here; empty while one can."""
    if thread.is_open:
        return ""
    if thread.closed_at is None:
        return _("Comments are closed.")
    day = date_format(localtime(thread.closed_at), "DATE_FORMAT")
    return _("Comments are closed since %(day)s.") % {"day": day}


def pinned_comment(thread: Thread) -> Comment | None:
    """The comment a moderator pinned to the top, while it is public."""
    if thread.pinned_comment_id is None:
        return None
    return Comment.objects.published().filter(pk=thread.pinned_comment_id).first()


def sort_links(thread: Thread, current: Sort) -> list[SortLink]:
    """The orders one may choose."""
    labels = {
        Sort.NEWEST: _("Newest"),
        Sort.OLDEST: _("Oldest"),
        Sort.VOTES: _("Most voted"),
    }
    return [
        SortLink(sort.value, label, f"{page_address(thread, sort)}#comments", sort is current)
        for sort, label in labels.items()
    ]
