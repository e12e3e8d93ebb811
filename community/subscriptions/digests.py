"""E-mails that tell of several comments at once: opened, filled, and ended with their parts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from community.comments.models import Comment
from community.comments.words import excerpt
from community.contacts.models import Contact
from community.mail import restores
from community.mail.mailbox import About, bounce_address
from community.mail.message import Message, message_id, unsubscribe_headers
from community.mail.models import MailState
from community.mail.sender import Settled, Skip
from community.mail.services import mail_domain
from community.subscriptions import links, notices, timing, turns
from community.subscriptions.models import (
    Delivery,
    Digest,
    DigestQuerySet,
    Pace,
    Subscription,
    Timing,
    Unwanted,
)
from community.subscriptions.obstacles import obstacles
from community.subscriptions.plaintext import without_links

BATCH = 1000
# What is read of parts before sending: an e-mail of more would be cut by mail programs.
MOST_SHOWN = 50
MOST_WORDS = 300


# --- opening ---


def gather(most: int = 20 * BATCH) -> int:
    """Put what is to be told together into the open digest of its contact; how much was put.

    A few statements for a thousand, so that a hundred thousand who want one a day hold up nobody.
    """
    done, restored_at = 0, restores.look()
    while done < most and (rows := ungathered()):
        found = gather_batch(keep_back(rows, restored_at))
        done += found
        if not found:
            break
    return done


def ungathered() -> list[Delivery]:
    """Some of what belongs into a digest and is in none."""
    rows = Delivery.objects.gathered().filter(digest=None)
    return list(rows.select_related("comment", "contact__timing").order_by("pk")[:BATCH])


def keep_back(rows: list[Delivery], restored_at: datetime | None) -> list[Delivery]:
    """Hold what may have left before the database was restored; the rest."""
    if restored_at is None:
        return rows
    told = {row.pk for row in rows if slot_of(row) <= restored_at}
    held = Delivery.objects.gathered().filter(pk__in=told)
    held.update(state=MailState.HELD, finished_at=timezone.now())
    return [row for row in rows if row.pk not in told]


def slot_of(row: Delivery) -> datetime:
    """When the digest leaves to which a row belongs, though the row may have been written late.

    What could not be delivered waits for the next one from now.
    """
    since = timezone.now() if row.failures else row.fact_at
    return timing.next_slot(Pace(row.pace), since, timing_of(row.contact))


def timing_of(contact: Contact) -> Timing:
    """When a contact wants e-mails, read beside it."""
    return getattr(contact, "timing", None) or Timing(contact=contact)


@transaction.atomic
def gather_batch(rows: list[Delivery]) -> int:
    """Open the digests these rows need, and put them in; how many found their place.

    The digests are locked meanwhile: none of them leaves half filled. One that just left takes
    nothing in, and the row waits for the next look.
    """
    open_for(rows)
    contacts = {row.contact_id for row in rows}
    still_open = Digest.objects.open().filter(thread=None)
    list(still_open.filter(contact__in=contacts).select_for_update(no_key=True).order_by("pk"))
    site = Comment.objects.filter(pk=OuterRef(OuterRef("comment"))).values("site")
    mine = still_open.filter(
        contact=OuterRef("contact"), site=Subquery(site), pace=OuterRef("pace")
    )
    these = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    loose = these.gathered().filter(digest=None)
    loose.update(digest=Subquery(mine.values("pk")[:1]))
    return these.filter(digest__isnull=False).count()


def open_for(rows: Iterable[Delivery]) -> None:
    """A digest for every contact, site and pace among these rows, unless one is open."""
    wanted = {(row.contact_id, row.comment.site_id, row.pace): row for row in rows}
    Digest.objects.bulk_create(
        [
            Digest(contact_id=contact, site_id=site, pace=pace, due=slot_of(row))
            for (contact, site, pace), row in sorted(wanted.items(), key=itemgetter(0))
        ],
        ignore_conflicts=True,
    )


# --- sending ---


def due() -> DigestQuerySet:
    """Digests still to be sent."""
    return Digest.objects.waiting().select_related("contact", "site")


def compose(digest: Digest) -> Message | Skip | Settled:
    """The e-mail with all its parts that are still wanted."""
    if not takes_turn(digest):
        return Settled()
    parts = wanted_parts(digest)
    if not parts:
        return Skip(Unwanted.NOTHING_LEFT.value)
    with translation.override(digest.contact.language):
        return message_of(digest, parts)


@transaction.atomic
def takes_turn(digest: Digest) -> bool:
    """Whether a digest may leave now; from its first try on it takes nothing more in."""
    now = timezone.now()
    habits = turns.locked_timing(digest.contact)
    if turns.puts_off(digest, now, habits):
        return False
    if digest.begun_at:
        return True
    if is_too_much(digest, habits):
        digest.settle(due=timing.next_slot(Pace.DAILY, now, habits))
        return False
    turns.begin(digest, now)
    return True


def is_too_much(digest: Digest, habits: Timing) -> bool:
    """Whether the day's e-mails have all been sent; once a day, one may always come."""
    frequent = digest.pace in (Pace.AT_ONCE, Pace.HOURLY)
    return frequent and turns.number_today(digest.contact) >= habits.most_a_day


def wanted_parts(digest: Digest) -> list[Delivery]:
    """What is to be told, oldest first; what is not wanted any more is ended with its reason."""
    parts = list(
        notices.with_words(Delivery.objects.gathered().filter(digest=digest)).order_by("pk")
    )
    unwanted = obstacles(parts)
    for part in parts:
        if code := unwanted.get(part.pk):
            Delivery.objects.gathered().filter(pk=part.pk).update(
                state=MailState.SKIPPED, reason=code, finished_at=timezone.now()
            )
    return [part for part in parts if part.pk not in unwanted]


def message_of(digest: Digest, parts: list[Delivery]) -> Message:
    """Text, HTML and headers. Every try bears the same Message-ID, whatever dropped out."""
    if len(parts) == 1:
        alone = notices.message_of(parts[0])
        return replace(alone, message_id=mail_id_of(digest))
    site, contact = digest.site, digest.contact
    only = only_wish(parts)
    stop = links.stop_url(site, contact, only) if only else links.stop_together_url(digest)
    context = context_of(digest, parts, stop)
    return Message(
        sender=settings.MAIL_FROM,
        sender_name=site.name,
        to=contact.address,
        subject=context["title"],
        text=render_to_string("mail/digest.txt", context),
        html=render_to_string("mail/digest.html", context),
        message_id=mail_id_of(digest),
        headers={
            **thread_headers(contact, parts),
            **notices.list_headers(site, "digest"),
            **unsubscribe_headers(stop),
        },
        bounces_to=bounce_address(About.DIGEST, digest.pk),
    )


def thread_headers(contact: Contact, parts: list[Delivery]) -> dict[str, str]:
    """Where mail programs show it: in the conversation, if all its parts belong to one."""
    threads = {part.comment.thread_id for part in parts}
    if len(threads) > 1:
        return {}
    root = notices.thread_mail_id(threads.pop(), contact)
    return {"In-Reply-To": root, "References": root}


def mail_id_of(digest: Digest) -> str:
    """The one Message-ID of a digest, however often it is sent."""
    return message_id("digest", digest.key.hex, mail_domain())


def only_wish(parts: list[Delivery]) -> Subscription | None:
    """The wish behind all parts; None where there are several, each to be stopped by itself."""
    wishes = {part.subscription_id: part.subscription for part in parts}
    return next(iter(wishes.values())) if len(wishes) == 1 else None


def context_of(digest: Digest, parts: list[Delivery], stop: str) -> dict[str, Any]:
    """What the templates show: the comments by thread, in the order in which they came."""
    shown = parts[:MOST_SHOWN]
    threads: dict[int, list[dict[str, Any]]] = {}
    for part in shown:
        row = {**notices.context_of(part, stop), "kind": part.kind}
        row["words"] = excerpt(row["words"], MOST_WORDS)
        threads.setdefault(part.comment.thread_id, []).append(row)
    return {
        "site": digest.site,
        "title": title_of(digest, parts),
        "threads": list(threads.values()),
        "more": len(parts) - len(shown),
        "stop_url": stop,
        "choose_url": links.choose_url(digest.site, digest.contact),
        "mine_url": digest.site.url(reverse("me")),
    }


def title_of(digest: Digest, parts: list[Delivery]) -> str:
    """How many comments, and where."""
    number = len(parts)
    titles = {without_links(part.comment.thread.title) for part in parts}
    where = titles.pop() if len(titles) == 1 else digest.site.name
    sentence = ngettext(
        "%(number)s new comment on “%(where)s”", "%(number)s new comments on “%(where)s”", number
    )
    return sentence % {"number": number, "where": where}
