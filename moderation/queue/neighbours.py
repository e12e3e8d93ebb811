"""A comment among its neighbours: a few above, before, after and below it, never the thread."""

from dataclasses import dataclass

from community.comments.models import Comment, CommentQuerySet

MOST = 3


@dataclass(frozen=True)
class Neighbours:
    """Public comments around one, each list in the order of reading."""

    above: list[Comment]
    before: list[Comment]
    after: list[Comment]
    answers: list[Comment]


def neighbours(comment: Comment) -> Neighbours:
    """What a reader would see around this comment."""
    rows, key = (branch(comment), "path") if comment.root_id else (tops(comment), "place")
    here = getattr(comment, key)
    here = bytes(here) if comment.root_id else here
    before = rows.filter(**{f"{key}__lt": here}).order_by(f"-{key}")[:MOST]
    after = rows.filter(**{f"{key}__gt": here}).order_by(key)[:MOST]
    answers = Comment.objects.published().filter(parent=comment).order_by("pk")[:MOST]
    above = those_above(comment)
    shown = {row.pk for row in above}
    return Neighbours(
        above,
        [row for row in reversed(before) if row.pk not in shown],
        [row for row in after if row.parent_id != comment.pk],
        list(answers),
    )


def branch(comment: Comment) -> CommentQuerySet:
    """The public comments of its branch."""
    return Comment.objects.published().filter(root=comment.root_id, listed=True)


def tops(comment: Comment) -> CommentQuerySet:
    """The public comments that answer the same article."""
    top = Comment.objects.published().filter(parent=None, listed=True)
    return top.filter(thread=comment.thread_id)


def those_above(comment: Comment) -> list[Comment]:
    """What it answers, and what that answers, as far as a few steps."""
    found: list[Comment] = []
    parent = comment.parent
    while parent is not None and len(found) < MOST:
        found.insert(0, parent)
        parent = parent.parent
    return found
