"""What can be done with a comment: store, edit, delete."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.links import foreign
from community.comments.models import (
    DEEPEST,
    Comment,
    Revision,
    Status,
    place_of,
    top_key_of,
)
from community.comments.rendering import RENDER_VERSION
from community.comments.screening import Draft, Judged, screen
from community.contacts.models import Contact
from community.insertion import Insertion, next_ids
from community.threads.models import Thread

PEOPLE = Insertion(Person)
COMMENTS = Insertion(Comment)


def store_judged(draft: Draft, judged: Judged) -> Comment:
    """Save a draft as what it was judged to be, in the caller's transaction.

    Raises IntegrityError for the second of two equal posts that were sent at once.
    """
    beginning = {"waits_for": judged.waits_for, "risk": judged.risk}
    if judged.begins_as == Status.HELD:
        beginning["waits_since"] = timezone.now()
    comment = store(draft, status=judged.begins_as, **beginning)
    judged.settle(comment)
    return comment


def store(draft: Draft, **beginning: Any) -> Comment:
    """Save a draft as a comment that nobody sees yet, in the caller's transaction."""
    comment = Comment(
        site=draft.site,
        thread=draft.thread,
        parent=draft.parent,
        contact=contact_of(draft),
        author_name=draft.name,
        author_url=draft.url,
        by_moderator=draft.viewer.is_moderator,
        network=draft.sender.network,
        opens_topic=draft.thread.is_topic and not draft.thread.listed,
        **words_of(draft),
        **beginning,
    )
    comment.pk, newcomer = next_ids(Comment, Person)
    comment.person = draft.person or introduce(Person(pk=newcomer, name=draft.name))
    put_in_place(comment)
    COMMENTS.add(comment)
    return comment


def introduce(newcomer: Person) -> Person:
    """Remember somebody nobody has seen before."""
    PEOPLE.add(newcomer)
    return newcomer


def put_in_place(comment: Comment) -> None:
    """Give a new comment its place in the tree, which its id decides."""
    parent = comment.parent
    comment.root_id = parent.branch_id if parent else None
    comment.depth = min(parent.depth + 1, DEEPEST) if parent else 0
    comment.place = place_of(comment.pk)
    comment.path = path_below(parent, comment.place)
    comment.top_key = top_key_of(comment.score, comment.pk)


def path_below(parent: Comment | None, place: int) -> bytes:
    """The bytes that sort a reply behind its parent and before its parent's next neighbour."""
    if parent is None:
        return b""
    above = bytes(parent.path)[: 8 * (DEEPEST - 1)]
    return above + place.to_bytes(8, "big")


def contact_of(draft: Draft) -> Contact | None:
    """The contact of the address given with a draft, or the member's own."""
    if draft.email:
        return Contact.objects.for_address(draft.email)
    return draft.person.contact if draft.person else None


def words_of(draft: Draft) -> dict[str, str | int]:
    """The fields that hold what is said."""
    return {
        "body": draft.source,
        "body_html": draft.rendered.html,
        "render_version": RENDER_VERSION,
        "fingerprint": draft.fingerprint,
        "link_host": link_host_of(draft),
    }


def link_host_of(draft: Draft) -> str:
    """Where the first link leads that is not the publisher's own; nothing without one."""
    away = foreign(draft.rendered.links, draft.site.hosts)
    return away[0].host if away else ""


def edit(comment: Comment, draft: Draft, *, seen: int) -> None:
    """Put new words in place of the old ones, keep the old, and have the new ones judged.

    Raises StaleComment if the comment changed meanwhile, Refusal if the words are refused.
    """
    judged = screen(draft)
    with transaction.atomic():
        Thread.objects.locked(comment.thread_id)
        rewrite(comment, draft, seen=seen)
        if comment.status != Status.CHECKING:
            lifecycle.move(comment, Status.CHECKING, seen=comment.version)
        judged.settle(comment)


def rewrite(comment: Comment, draft: Draft, *, seen: int) -> None:
    """Replace the words of the version seen and keep what stood there."""
    before = Comment.objects.get(pk=comment.pk)
    changed = Comment.objects.filter(pk=comment.pk, version=seen).update(
        version=F("version") + 1,
        edited_at=timezone.now(),
        edited_by_moderator=draft.viewer.person_id != before.person_id,
        **words_of(draft),
    )
    if not changed:
        raise lifecycle.StaleComment(comment.pk)
    Revision.objects.create(
        comment=comment,
        version=seen,
        body=before.body,
        body_html=before.body_html,
        edited_by=draft.person,
    )
    comment.refresh_from_db()


def delete(comment: Comment) -> None:
    """Let its author take a comment back; replies stay under a place-holder."""
    lifecycle.move(comment, Status.WITHDRAWN, seen=comment.version)
