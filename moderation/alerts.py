"""E-mails to moderators that something waits: at once for the first, then every ten minutes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.comments.words import excerpt
from community.mail import services as mail
from community.outbox import services as outbox
from community.outbox.handlers import Later, Payload
from community.sites.models import Membership, Site
from community.subscriptions import speaking
from community.subscriptions.plaintext import without_links, words_of
from moderation import queue
from moderation.models import Alert, Decision, Opinion
from moderation.verdicts import Outcome

PAUSE = timedelta(minutes=10)
# Commits are not seen in the order of their times: so far back an e-mail looks again.
OVERLAP = timedelta(minutes=1)
MOST_SHOWN = 10
WORDS_SHOWN = 300
LINK_SECONDS = 7 * 24 * 3600
SALT = "moderation.email"


# The link in an e-mail


@dataclass(frozen=True)
class Link:
    """What a link in an e-mail proves: who may decide about which version of which comment."""

    user: User
    comment_id: int
    version: int


def token_for(user: User, comment: Comment) -> str:
    """A link's secret, for this moderator and the comment as it is now. Good for a week."""
    return signing.dumps([user.pk, comment.pk, comment.version], salt=SALT)


def read_token(token: str) -> Link | None:
    """What a link proves; None for one that is a week old or not ours.

    Whether its user is still a moderator of the site is for the caller to ask.
    """
    try:
        user_id, comment_id, version = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return Link(user, comment_id, version) if user else None


# When to write


def ring(site_id: int) -> None:
    """Note, in the caller's transaction, that the moderators of a site have something to do."""
    outbox.enqueue("moderation.alert", {"site": site_id}, key=f"alert:{site_id}")


def ring_again() -> None:
    """Ring where something waits untold: a ring is lost when its job ends that very moment."""
    for site in Site.objects.all():
        alert = Alert.objects.filter(site=site).first() or Alert(site=site)
        if pause_left(alert) <= timedelta(0) and news(alert).exists():
            ring(site.pk)


def send(payload: Payload) -> None:
    """Tell the moderators of a site what waits; raises Later while the last e-mail is young."""
    with transaction.atomic():
        Alert.objects.get_or_create(site_id=payload["site"])
        alert = Alert.objects.select_for_update().get(site_id=payload["site"])
        if (rest := pause_left(alert)) > timedelta(0):
            raise Later(rest, "one e-mail in ten minutes")
        if news(alert).exists():
            tell(alert)


def pause_left(alert: Alert) -> timedelta:
    """How long moderators have peace after the last e-mail; negative when it is over."""
    return alert.sent_at + PAUSE - timezone.now() if alert.sent_at else timedelta(0)


def news(alert: Alert) -> QuerySet[Decision]:
    """What rules and checks have put into the queue since the last e-mail, and waits still."""
    ready = queue.listed(alert.site, "waiting")
    held = Decision.objects.filter(after=Status.HELD, moderator=None, comment__in=ready)
    held = held.exclude(before=Status.HELD)  # an objection brings nothing into the queue
    if alert.sent_at is None:
        return held
    return held.filter(at__gt=alert.sent_at - OVERLAP).exclude(comment__in=alert.told)


def tell(alert: Alert) -> None:
    """Write to every moderator who wants it, and remember what they know now."""
    now = timezone.now()
    recent = news(alert).filter(at__gt=now - OVERLAP)
    alert.told = sorted(set(recent.values_list("comment", flat=True)))
    waiting = queue.listed(alert.site, "waiting")
    oldest = waiting.order_by("pk").values_list("pk", flat=True)[:MOST_SHOWN]
    shown, number = queue.cards_at(list(oldest)), waiting.count()
    for member in moderators_of(alert.site):
        write(alert.site, member.user, shown, number)
    alert.sent_at = now
    alert.save()


def moderators_of(site: Site) -> QuerySet[Membership]:
    """Who wants these e-mails."""
    wanted = Membership.objects.filter(site=site, wants_alerts=True, user__is_active=True)
    return wanted.select_related("user")


# What to write


@dataclass(frozen=True)
class Item:
    """One waiting comment as the e-mail shows it: nothing in it becomes a link but our own."""

    author: str
    title: str
    words: str
    reasons: list[str]
    at: datetime
    url: str


def write(site: Site, user: User, shown: list[Comment], number: int) -> None:
    """Put one moderator's e-mail on its way."""
    with speaking.to_moderator(user, site):
        context = {
            "site": site,
            "user": user,
            "items": [item_of(comment, user) for comment in shown],
            "number": number,
            "more": number - len(shown),
            "queue_url": site.url(reverse("moderation")),
        }
        mail.post(
            kind="moderation",
            to=user.email,
            sender_name=site.name,
            subject=subject_of(site, number),
            text=render_to_string("mail/moderation/alert.txt", context),
            html=render_to_string("mail/moderation/alert.html", context),
        )


def subject_of(site: Site, number: int) -> str:
    """How many comments wait, and where."""
    sentence = ngettext(
        "%(number)d comment waits for a moderator – %(site)s",
        "%(number)d comments wait for a moderator – %(site)s",
        number,
    )
    return sentence % {"number": number, "site": site.name}


def item_of(comment: Comment, user: User) -> Item:
    """A comment for one moderator, with a link only they can use."""
    token = token_for(user, comment)
    return Item(
        author=without_links(comment.author_name),
        title=without_links(comment.thread.title),
        words=excerpt(words_of(comment.body), WORDS_SHOWN),
        reasons=[reason_of(opinion) for opinion in current_opinions(comment)],
        at=comment.created_at,
        url=comment.site.url(reverse("moderation-email", args=[token])),
    )


def current_opinions(comment: Comment) -> list[Opinion]:
    """What speaks against a comment."""
    prepared: list[Opinion] = comment.current_opinions  # type: ignore[attr-defined]
    return [opinion for opinion in prepared if opinion.outcome != Outcome.PASS]


def reason_of(opinion: Opinion) -> str:
    """A reason with its evidence."""
    title = opinion.title
    return f"{title}: {readable(opinion.evidence)}" if opinion.evidence else title


def readable(evidence: str) -> str:
    """Evidence that still names the host, yet no mail program makes a link: “casino[.]example”."""
    spelled = re.sub(r"(?<=\S)[.。．](?=\S)", "[.]", evidence)
    return spelled.replace("://", "[:]//").replace("@", "[at]")
