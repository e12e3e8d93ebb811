"""What goes out about one comment to one contact, decided anew in the moment of sending."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from community.comments.models import Comment
from community.comments.words import excerpt
from community.contacts.models import Contact
from community.mail.message import Message, Phase, Refused, message_id, unsubscribe_headers
from community.mail.models import PostingQuerySet
from community.mail.sender import Skip
from community.mail.services import mail_domain
from community.subscriptions import links
from community.subscriptions.models import Delivery, Kind
from community.subscriptions.obstacles import obstacle
from community.subscriptions.plaintext import without_links, words_of

QUOTED = 160
# An address that is gone for good, by enhanced status (RFC 3463) or, where that says nothing,
# by code. “5.7.1” is only a policy, and a full mailbox is emptied one day.
GONE = ("5.1.", "5.2.1")
GONE_BY_CODE = {None, 550, 551, 553}


def due() -> PostingQuerySet:
    """Deliveries still to be sent, with all that their words need."""
    return Delivery.objects.waiting().select_related(  # type: ignore[misc] # knows only Posting
        "contact",
        "subscription",
        "comment__site",
        "comment__thread__article",
        "comment__parent",
        "comment__person__contact",
    )


def compose(delivery: Delivery) -> Message | Skip:
    """The e-mail as it is wanted now, or why it is not wanted any more."""
    if reason := obstacle(delivery):
        return Skip(reason)
    with translation.override(delivery.contact.language):
        return message_of(delivery)


def heed_refusal(delivery: Delivery, error: Refused) -> None:
    """Write no more to an address that its server says is gone, until its owner comes back."""
    if error.phase is Phase.RECIPIENT and speaks_of_no_mailbox(error):
        unpaused = Contact.objects.filter(pk=delivery.contact_id, paused_at=None)
        unpaused.update(paused_at=timezone.now())


def speaks_of_no_mailbox(error: Refused) -> bool:
    """Whether a refusal means that nobody reads this address any more."""
    if error.status and not error.status.endswith(".0"):
        return error.status.startswith(GONE)
    return error.code in GONE_BY_CODE


def message_of(delivery: Delivery) -> Message:
    """Text, HTML and headers for one receiver."""
    site, contact = delivery.comment.site, delivery.contact
    stop = links.stop_url(site, contact, delivery.subscription)
    context = context_of(delivery, stop)
    return Message(
        sender=settings.MAIL_FROM,
        sender_name=site.name,
        to=contact.address,
        subject=f"Re: {context['title']}",
        text=render_to_string(f"mail/{delivery.kind}.txt", context),
        html=render_to_string(f"mail/{delivery.kind}.html", context),
        message_id=comment_mail_id(delivery.comment_id, contact),
        headers={**thread_headers(delivery), **unsubscribe_headers(stop)},
    )


def context_of(delivery: Delivery, stop: str) -> dict[str, Any]:
    """What the templates show. Of the comment only words: its links would speak in our name."""
    comment, site = delivery.comment, delivery.comment.site
    return {
        "site": site,
        "title": without_links(comment.thread.title),
        "name": without_links(comment.author_name),
        "words": words_of(comment.body),
        "answered": answered(comment) if delivery.kind == Kind.REPLY else "",
        "url": site.url(reverse("comment", args=[comment.pk])),
        "stop_url": stop,
        "mine_url": site.url(reverse("me")),
    }


def answered(comment: Comment) -> str:
    """One line of the comment that was answered, as long as everyone may read it."""
    parent = comment.parent
    return excerpt(words_of(parent.body), QUOTED) if parent and parent.is_public else ""


# --- headers ---


def thread_headers(delivery: Delivery) -> dict[str, str]:
    """The headers by which mail programs show a thread as one (RFC 5322, 3.6.4; RFC 2919)."""
    comment, contact = delivery.comment, delivery.contact
    root = message_id("thread", f"{comment.thread_id}.{contact.pk}", mail_domain())
    line = [root]
    if comment.parent_id:
        line.append(comment_mail_id(comment.parent_id, contact))
    return {
        "In-Reply-To": line[-1],
        "References": " ".join(line),
        "List-Id": f"<comments.{urlsplit(comment.site.base_url).hostname}>",
    }


def comment_mail_id(comment_id: int, contact: Contact) -> str:
    """The one Message-ID of the e-mail about a comment to a contact, however often it is sent."""
    return message_id("comment", f"{comment_id}.{contact.pk}", mail_domain())
