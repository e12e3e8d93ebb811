"""Who may do what with a comment."""

from datetime import timedelta

from django.utils import timezone

from community.comments.models import Comment, Status
from community.sites.viewers import Viewer
from community.threads.models import Thread

EDIT_WINDOW = timedelta(minutes=15)


def is_own(viewer: Viewer, comment: Comment) -> bool:
    """Whether the viewer wrote it."""
    return viewer.person_id is not None and viewer.person_id == comment.person_id


def may_reply(thread: Thread, comment: Comment) -> bool:
    """Whether one may answer this comment."""
    return comment.is_public and thread.is_open


def may_edit(viewer: Viewer, comment: Comment) -> bool:
    """Authors may edit for 15 minutes, until someone has answered."""
    young = comment.created_at > timezone.now() - EDIT_WINDOW
    editable = comment.status in (Status.PUBLISHED, Status.HELD, Status.CHECKING)
    return is_own(viewer, comment) and young and editable and comment.reply_count == 0


def may_delete(viewer: Viewer, comment: Comment) -> bool:
    """Authors may delete what they wrote at any time."""
    return is_own(viewer, comment) and comment.status != Status.WITHDRAWN


def may_vote(viewer: Viewer, comment: Comment) -> bool:
    """One may vote on what is public and not one's own."""
    return comment.is_public and not is_own(viewer, comment)
