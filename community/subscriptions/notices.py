"""What goes out about one comment to one contact, decided anew in the moment of sending."""

from dataclasses import dataclass, field
from functools import lru_cache
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from community.accounts.models import Person
from community.comments.models import Comment
from community.comments.policies import may_reply
from community.comments.queries import ancestors_of
from community.comments.words import excerpt
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.mail import mailbox as inbox
from community.mail.message import (
    Message,
    Phase,
    Refused,
    feedback_id,
    mailbox,
    message_id,
    unsubscribe_headers,
)
from community.mail.sender import Skip
from community.mail.services import mail_domain
from community.sites.models import Site
from community.subscriptions import links
from community.subscriptions.models import Delivery, DeliveryQuerySet, Digest, Kind
from community.subscriptions.obstacles import obstacle
from community.subscriptions.plaintext import without_links, words_of

QUOTED = 160
# In the place of links that each receiver has for themselves. Nobody can know them, so that nothing
# in a comment is taken for one; HTML leaves them, and signed links, as they are.
GAPS = {name: f"gap-{token_hex(8)}" for name in ("stop_url", "choose_url")}


def due() -> DeliveryQuerySet:
    """Deliveries still to be sent, with all that their words need."""
    return with_words(Delivery.objects.waiting())


def with_words(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """These deliveries with all that their words need."""
    return rows.select_related(
        "contact",
        "subscription",
        "comment__site",
        "comment__thread__article",
        "comment__parent",
        "comment__person__contact",
    )


def compose(delivery: Delivery) -> Message | Skip:
    """The e-mail as it is wanted now, or why it is not wanted any more."""
    reason = obstacle(delivery)
    return Skip(reason) if reason else written(delivery)


def written(delivery: Delivery) -> Message:
    """The e-mail in the language of its receiver."""
    with translation.override(delivery.contact.language):
        return message_of(delivery)


def heed_refusal(delivery: Delivery | Digest, error: Refused) -> None:
    """Write no more to an address that its server says is gone, until its owner comes back."""
    if error.phase is Phase.RECIPIENT and health.means_gone(error.status, error.code):
        health.pause(delivery.contact_id, Why.GONE)


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
        text=filled(f"mail/{delivery.kind}.txt", context),
        html=filled(f"mail/{delivery.kind}.html", context),
        message_id=comment_mail_id(delivery.comment_id, contact),
        headers={
            **thread_headers(delivery),
            **(answer_headers(delivery) if context["can_answer"] else {}),
            **unsubscribe_headers(stop),
        },
        bounces_to=inbox.bounce_address(inbox.About.DELIVERY, delivery.pk),
    )


def filled(template: str, context: dict[str, Any]) -> str:
    """The words of a template, made once for all receivers who are told the same."""
    same = {name: GAPS.get(name, value) for name, value in context.items()}
    words = rendered(template, translation.get_language(), Shown(same))
    for name, gap in GAPS.items():
        words = words.replace(gap, context[name])
    return words


@dataclass(frozen=True)
class Shown:
    """What a template shows; the same where all of it is the same, the site's words too."""

    context: dict[str, Any] = field(hash=False, compare=False)
    key: tuple[Any, ...] = field(init=False)

    def __post_init__(self) -> None:
        site = self.context["site"]
        object.__setattr__(self, "key", (site.postal_address, *map(str, self.context.values())))


@lru_cache(maxsize=64)
def rendered(template: str, language: str, shown: Shown) -> str:
    """A template in the language in use, with gaps where each receiver has a link of their own."""
    return render_to_string(template, shown.context)


def context_of(delivery: Delivery, stop: str) -> dict[str, Any]:
    """What the templates show. Of the comment only words: its links would speak in our name."""
    comment, site = delivery.comment, delivery.comment.site
    return {
        "site": site,
        "title": without_links(comment.thread.title),
        "name": without_links(comment.author_name),
        "words": words_of(comment.body),
        "answered": answered(comment) if delivery.kind == Kind.REPLY else "",
        "can_answer": can_be_answered(delivery),
        "url": site.url(reverse("comment", args=[comment.pk])),
        "stop_url": stop,
        "choose_url": links.choose_url(site, delivery.contact),
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
    line = [
        thread_mail_id(comment.thread_id, contact),
        *(comment_mail_id(pk, contact) for pk in ancestors_of(comment)),
    ]
    return {
        "In-Reply-To": line[-1],
        "References": " ".join(line),
        **list_headers(comment.site, delivery.kind),
    }


def list_headers(site: Site, kind: str) -> dict[str, str]:
    """By which mail programs and providers tell our e-mails from others (RFC 2919)."""
    return {
        "Feedback-ID": feedback_id(kind, site.pk),
        "List-Id": f"<comments.{urlsplit(site.base_url).hostname}>",
    }


def can_be_answered(delivery: Delivery) -> bool:
    """Whether an answer by e-mail would arrive: somebody known may write there, and we listen."""
    comment = delivery.comment
    if delivery.kind == Kind.PUBLISHED or not inbox.is_configured():
        return False
    speaks = Person.objects.filter(contact=delivery.contact_id).exclude(name="")
    return may_reply(comment.thread, comment) and speaks.exists()


def answer_headers(delivery: Delivery) -> dict[str, str]:
    """Where an answer to this e-mail goes."""
    address = inbox.answer_address(delivery.contact_id, delivery.comment_id)
    return {"Reply-To": mailbox(delivery.comment.site.name, address)}


def thread_mail_id(thread_id: int, contact: Contact) -> str:
    """What all e-mails about a thread to a contact hang on; no e-mail bears it."""
    return message_id("thread", f"{thread_id}.{contact.pk}", mail_domain())


def comment_mail_id(comment_id: int, contact: Contact) -> str:
    """The one Message-ID of the e-mail about a comment to a contact, however often it is sent."""
    return message_id("comment", f"{comment_id}.{contact.pk}", mail_domain())
