"""The one door through which a comment's status changes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.comments import listing
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.prepared import Prepared
from community.threads.models import Thread

MOVES: dict[Status, frozenset[Status]] = {
    Status.CHECKING: frozenset(
        {Status.PUBLISHED, Status.HELD, Status.REJECTED, Status.SPAM, Status.WITHDRAWN}
    ),
    Status.HELD: frozenset(
        {Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.WITHDRAWN, Status.CHECKING}
    ),
    Status.PUBLISHED: frozenset(
        {Status.HELD, Status.REJECTED, Status.SPAM, Status.WITHDRAWN, Status.CHECKING}
    ),
    Status.REJECTED: frozenset({Status.PUBLISHED, Status.HELD, Status.SPAM, Status.WITHDRAWN}),
    Status.SPAM: frozenset({Status.PUBLISHED, Status.HELD, Status.REJECTED, Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset(),
}

# What a move writes.
MOVED = (
    "status",
    "version",
    "listed",
    "waits_for",
    "waits_since",
    "risk",
    "removed",
    "told",
)


AS_SEEN = Prepared[Comment](
    lambda pk, version: Comment.objects.filter(pk=pk, version=version), "pk", "version"
)


class StaleComment(Exception):
    """The comment has changed since it was looked at."""


class ForbiddenMove(Exception):
    """A comment in this status cannot get there."""


@transaction.atomic
def move(
    comment: Comment,
    to: Status,
    *,
    seen: int,
    waits_for: str = "",
    removed: bool = False,
    told: str = "",
    risk: int | None = None,
    announce_in: timedelta = timedelta(0),
) -> None:
    """Bring a comment into a new status, with everything that hangs on it.

    `risk` is what its judges found, if they have judged it now.
    Raises StaleComment if it is not the version `seen` any more, ForbiddenMove if MOVES does not
    name this way.
    """
    thread = Thread.objects.locked(comment.thread_id)
    fresh = AS_SEEN.first(pk=comment.pk, version=seen)
    if fresh is None:
        raise StaleComment(comment.pk)
    before = Status(fresh.status)
    if to not in MOVES[before]:
        raise ForbiddenMove(f"{before} to {to}")
    was_listed = fresh.listed
    fresh.risk = fresh.risk if risk is None else risk
    fresh.waits_since = timezone.now() if to == Status.HELD else None
    numbered = number_publication(fresh, thread) if to == Status.PUBLISHED else {}
    write(fresh, to, waits_for=waits_for, removed=removed, told=told)
    comment.adopt(fresh)
    if Status.PUBLISHED in (before, to):
        settle_publicity(comment, thread, numbered, was_listed=was_listed, announce_in=announce_in)
    elif comment.listed:  # its place-holder may say something else now
        Thread.objects.filter(pk=thread.pk).renew()


def move_all(
    comments: Sequence[Comment],
    thread: Thread,
    to: Status,
    *,
    told: str = "",
    announce_in: timedelta = timedelta(0),
) -> None:
    """Move many that nobody reads yet, all of one thread, with a few statements for all of them.

    The caller holds the lock of the thread and has read them since: whoever changes a comment
    takes that lock first, so that their versions are still those that were read. Raises
    ForbiddenMove, as for one.
    """
    newly_listed = [row for row in comments if to == Status.PUBLISHED and not row.listed]
    for row in comments:
        if to not in MOVES[Status(row.status)] or row.is_public:
            raise ForbiddenMove(f"{row.status} to {to}")
        row.waits_since = None
        removed = to != Status.PUBLISHED and row.published_at is not None
        prepare(row, to, waits_for=row.waits_for, removed=removed, told=told)
    unnumbered = [row for row in comments if row.is_public and row.publication is None]
    now = timezone.now()
    for number, row in enumerate(unnumbered, start=thread.publications + 1):
        row.publication, row.published_at = number, now
    Comment.objects.bulk_update(unnumbered, ["publication"])
    write_all(comments)
    if to == Status.PUBLISHED:
        publish_all(comments, newly_listed, thread, len(unnumbered), announce_in)
    elif any(row.listed for row in comments):  # a place-holder may say something else now
        Thread.objects.filter(pk=thread.pk).renew()


def publish_all(
    comments: Sequence[Comment],
    newly_listed: Sequence[Comment],
    thread: Thread,
    numbered: int,
    announce_in: timedelta,
) -> None:
    """Bring counters and duties in line after many comments became public."""
    for row in newly_listed:
        listing.enter(row)
    for row in comments:
        listing.show_topic(row, thread)
    untold = [row.pk for row in comments if row.announced_at is None]
    wanted = {announcement_key(pk): {"comment": pk} for pk in untold}
    outbox.enqueue_all("announce", wanted, due=timezone.now() + announce_in)
    mine = Thread.objects.filter(pk=thread.pk)
    if numbered:
        published = F("publications") + numbered
        mine.update(publications=published, last_activity=timezone.now())
    mine.renew(comment_count=F("comment_count") + len(comments))


@transaction.atomic
def stay(comment: Comment, *, seen: int) -> None:
    """Note that this version was looked at and stays public: nobody else decides about it now.

    Raises StaleComment if it is not the version `seen` any more, or not public.
    """
    Thread.objects.locked(comment.thread_id)
    as_seen = Comment.objects.published().filter(pk=comment.pk, version=seen)
    if not as_seen.update(version=seen + 1):
        raise StaleComment(comment.pk)
    comment.adopt(Comment.objects.get(pk=comment.pk))


def write(comment: Comment, to: Status, *, waits_for: str, removed: bool, told: str) -> None:
    """Change the row itself, if it is still the version that was read."""
    as_read = Comment.objects.filter(pk=comment.pk, version=comment.version)
    prepare(comment, to, waits_for=waits_for, removed=removed, told=told)
    names = (*MOVED, "publication", "published_at")
    if not as_read.update(**{name: getattr(comment, name) for name in names}):
        raise StaleComment(comment.pk)


def write_all(comments: Sequence[Comment]) -> None:
    """Change the rows of many, if they are still what was read: one statement for all alike."""
    names = (*MOVED, "published_at")
    alike: dict[tuple[object, ...], list[Comment]] = defaultdict(list)
    for row in comments:
        alike[tuple(getattr(row, name) for name in names)].append(row)
    for values, rows in alike.items():
        as_read = Comment.objects.filter(pk__in=[r.pk for r in rows], version=rows[0].version - 1)
        if as_read.update(**dict(zip(names, values, strict=True))) != len(rows):
            raise StaleComment(rows[0].pk)


def prepare(comment: Comment, to: Status, *, waits_for: str, removed: bool, told: str) -> None:
    """Make it in memory what it is to be."""
    comment.status = to
    comment.version += 1
    comment.listed = to == Status.PUBLISHED or comment.reply_count > 0
    # What it waited for stays known when it is published: its author may want to hear of it.
    if to != Status.PUBLISHED:
        comment.waits_for = waits_for
    comment.removed = removed
    comment.told = told


def settle_publicity(
    comment: Comment,
    thread: Thread,
    numbered: dict[str, Any],
    *,
    was_listed: bool,
    announce_in: timedelta,
) -> None:
    """Bring counters and duties in line after a comment became public or ceased to be."""
    if comment.listed and not was_listed:
        listing.enter(comment)
    elif was_listed and not comment.listed:
        listing.leave(comment)
    if comment.is_public:
        announce(comment, after=announce_in)
    listing.show_topic(comment, thread)
    step = 1 if comment.is_public else -1
    mine = Thread.objects.filter(pk=thread.pk)
    mine.renew(removal=step < 0, comment_count=F("comment_count") + step, **numbered)


def number_publication(comment: Comment, thread: Thread) -> dict[str, Any]:
    """Give a comment its number among the thread's publications, the first time only.

    It is still to be written, and so is what becomes of the thread by it.
    """
    if comment.publication is not None:
        return {}
    comment.publication, comment.published_at = thread.publications + 1, timezone.now()
    return {"publications": comment.publication, "last_activity": comment.published_at}


def announce(comment: Comment, *, after: timedelta) -> None:
    """Note the duty to tell those who wait for it, once in a comment's life."""
    if comment.announced_at is None:
        outbox.enqueue(
            "announce",
            {"comment": comment.pk},
            due=timezone.now() + after,
            key=announcement_key(comment.pk),
        )


def announcement_key(comment_id: int) -> str:
    """The name under which an announcement can be cancelled while nobody has taken it."""
    return f"announce:{comment_id}"
