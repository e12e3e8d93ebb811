"""What these tests do again and again."""

import email
import email.policy
from email.message import EmailMessage

from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.mail.message import Message, compose
from community.mail.models import Email
from community.outbox.models import Job, JobState
from community.subscriptions import announcements, confirmations, notices
from community.subscriptions.models import Delivery

JOBS = {
    "announce": announcements.announce,
    "catch-up": announcements.catch_up,
    "confirm-address": confirmations.send,
}


def do_jobs() -> None:
    """Do every open job, due or not."""
    for job in Job.objects.open().order_by("pk"):
        JOBS[job.name](job.payload)
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)


def move(comment: Comment, to: Status, **how: str) -> None:
    """Decide about a comment as it is now."""
    comment.refresh_from_db()
    lifecycle.move(comment, to, seen=comment.version, **how)  # type: ignore[arg-type]


def heard(comment: Comment) -> list[tuple[str, str]]:
    """To whom an e-mail about this comment is due, and why."""
    rows = Delivery.objects.filter(comment=comment).order_by("contact__address")
    return list(rows.values_list("contact__address", "kind"))


def confirmations_to(contact: Contact) -> int:
    """How many confirmation e-mails an address was sent."""
    return Email.objects.filter(kind="confirm", to=contact.address).count()


def raw(delivery: Delivery) -> EmailMessage:
    """The e-mail of a delivery as a mail program reads it."""
    message = notices.compose(delivery)
    assert isinstance(message, Message), message
    return parsed(compose(message))


def parsed(content: bytes) -> EmailMessage:
    """An e-mail as a mail program reads it."""
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def bodies(message: EmailMessage) -> tuple[str, str]:
    """Its plain text and its HTML."""
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()
