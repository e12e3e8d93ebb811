"""Which comments a public page lists: the public ones, and place-holders above them."""

from django.db.models import F

from community.comments.models import Comment
from community.threads.models import Thread


def enter(comment: Comment) -> None:
    """Count a newly listed comment; a parent that is not public returns as a place-holder."""
    count(comment, 1)
    parent = comment.parent
    if parent is not None and not parent.listed:
        Comment.objects.filter(pk=parent.pk).update(listed=True)
        parent.listed = True
        enter(parent)


def leave(comment: Comment) -> None:
    """Uncount a comment that left; a place-holder above it goes too when it keeps nothing."""
    count(comment, -1)
    parent = comment.parent
    if parent is None or parent.is_public:
        return
    emptied = Comment.objects.filter(pk=parent.pk, listed=True, reply_count=0).update(listed=False)
    if emptied:
        leave(parent)


def count(comment: Comment, step: int) -> None:
    """Move the counters of parent and root by one."""
    if comment.parent_id is None or comment.root_id is None:
        return
    Comment.objects.filter(pk=comment.root_id).update(branch_count=F("branch_count") + step)
    Comment.objects.filter(pk=comment.parent_id).update(reply_count=F("reply_count") + step)


def show_topic(comment: Comment, thread: Thread) -> None:
    """A forum topic can be seen exactly while its opening comment is listed."""
    if comment.opens_topic:
        Thread.objects.filter(pk=thread.pk).update(listed=comment.listed)
