"""A moderator mends a comment: takes a link out, say. What it said before is kept."""

from django.db import transaction

from community.accounts.models import User
from community.comments import services, words
from community.comments.lifecycle import StaleComment
from community.comments.models import Comment, Status
from community.comments.rendering import render
from community.comments.screening import Draft, Sender
from community.sites.middleware import member_viewer
from community.threads.models import Thread
from moderation import decisions
from moderation.models import Act, Decision


def mend(comment: Comment, source: str, *, seen: int, by: User, reason: str = "") -> Decision:
    """Put a moderator's words in place of the version they have seen, and tell its author why.

    The comment stays where it stands; readers are told that a moderator has edited it. Raises
    AlreadyDecided or StaleComment if it has changed, BadText for words that cannot be posted.
    """
    draft = mended(comment, by, source)
    try:
        with transaction.atomic():
            thread = Thread.objects.locked(comment.thread_id)
            services.rewrite(comment, draft, seen=seen)
            comment.told = reason[:500]
            comment.save(update_fields=["told"])
            # Words that readers could see are gone.
            Thread.objects.filter(pk=thread.pk).renew(removal=comment.is_public)
            return decisions.note(comment, Act.EDIT, Status(comment.status), by=by, reason=reason)
    except StaleComment:
        decisions.raise_if_decided(comment, since=seen)
        raise


def mended(comment: Comment, by: User, source: str) -> Draft:
    """The new words, rendered before any transaction begins; raises BadText."""
    body = words.normalise(source)
    return Draft(
        site=comment.site,
        thread=comment.thread,
        parent=comment.parent,
        viewer=member_viewer(by, comment.site),
        name=comment.author_name,
        email="",
        url=comment.author_url,
        source=body,
        rendered=render(body),
        fingerprint=words.fingerprint(body),
        sender=Sender(),
        comment=comment,
    )
