"""What somebody is told of, on the site: the same rows as the e-mails, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community.comments.models import Comment, Status
from community.comments.words import excerpt
from community.mail.models import MailState
from community.prepared import Parameter, Prepared
from community.sites.models import Site
from community.subscriptions.models import Delay, Delivery, Kind, Unwanted
from community.subscriptions.plaintext import words_of
from community.threads.models import Thread

ON_A_PAGE = 30
# Beyond that nobody counts.
MOST_COUNTED = 100
# What is older is no news, read or not.
NEWS_FOR = timedelta(days=60)
QUOTED = 160
# Nobody is told on the site of what they asked not to hear of.
UNTOLD = (Unwanted.STOPPED, Unwanted.THREAD_MUTED, Unwanted.PERSON_MUTED, Unwanted.BANNED)


@dataclass(frozen=True)
class Notice:
    """One comment somebody was to hear of, and what became of the e-mail."""

    comment: Comment
    told: str
    words: str
    url: str
    mail: str
    is_new: bool


def _unread(contact: Parameter, site: Parameter, since: Parameter) -> QuerySet[Delivery, int]:
    rows = Delivery.objects.filter(contact=contact, seen_at=None, created_at__gt=since)
    public = rows.filter(comment__site=site, comment__status=Status.PUBLISHED)
    told = public.exclude(reason__in=[code.value for code in UNTOLD])
    return told.order_by("-pk").values_list("pk", flat=True)[:MOST_COUNTED]


UNREAD = Prepared[int](_unread, "contact", "site", "since")


def unread(contact_id: int, site: Site) -> int:
    """How many comments a contact was to hear of and has not seen, a hundred at most."""
    return len(UNREAD.all(contact=contact_id, site=site.pk, since=timezone.now() - NEWS_FOR))


def page(contact_id: int, site: Site, before: int | None = None) -> tuple[list[Notice], int | None]:
    """The newest notices before an id, and the id before which the next page begins.

    Only comments everybody may read now are told of.
    """
    rows = Delivery.objects.filter(
        contact=contact_id,
        comment__site=site,
        comment__status=Status.PUBLISHED,
        comment__thread__in=Thread.objects.listed(),
        created_at__gt=timezone.now() - NEWS_FOR,
    ).select_related("comment__thread", "digest", "subscription")
    behind = rows if before is None else rows.filter(pk__lt=before)
    found = list(behind.order_by("-pk")[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    return [notice_of(row) for row in shown], shown[-1].pk if len(found) > ON_A_PAGE else None


def see_all(contact_id: int, site: Site) -> int:
    """Count all of it as read; their number."""
    rows = Delivery.objects.filter(contact=contact_id, comment__site=site, seen_at=None)
    return rows.update(seen_at=timezone.now())


def notice_of(row: Delivery) -> Notice:
    """One row as its receiver reads it."""
    return Notice(
        comment=row.comment,
        told=TOLD[Kind(row.kind)]() % {"name": row.comment.author_name},
        words=excerpt(words_of(row.comment.body), QUOTED),
        url=reverse("comment", args=[row.comment_id]),
        mail=told_end(row),
        is_new=row.seen_at is None and row.reason not in UNTOLD,
    )


def told_end(row: Delivery) -> str:
    """What became of the e-mail or will, in a sentence."""
    if row.foreseen:
        return SKIPPED[row.foreseen]()
    match MailState(row.state):
        case MailState.SKIPPED:
            return SKIPPED.get(row.reason, lambda: _("No e-mail was sent."))()
        case MailState.WAITING | MailState.GATHERED:
            return DELAYED.get(row.delay, lambda: _("The e-mail is on its way."))()
        case state:
            return ENDED[state]() % {"when": moment_of(row.finished_at or row.created_at)}


def moment_of(when: datetime) -> str:
    """Day and time in the reader's language."""
    here = localtime(when)
    return f"{date_format(here, 'DATE_FORMAT')}, {time_format(here, 'TIME_FORMAT')}"


TOLD: dict[Kind, Callable[[], str]] = {
    Kind.PUBLISHED: lambda: _("Your comment is published."),
    Kind.REPLY: lambda: _("%(name)s answered your comment."),
    Kind.MENTION: lambda: _("%(name)s named you."),
    Kind.FOLLOWED: lambda: _("%(name)s answered a comment you follow."),
    Kind.ARTICLE: lambda: _("%(name)s wrote on your article."),
    Kind.AUTHOR: lambda: _("%(name)s, whom you follow, wrote a comment."),
    Kind.TOPIC: lambda: _("%(name)s opened a topic."),
    Kind.THREAD: lambda: _("%(name)s wrote a comment."),
}
ENDED: dict[MailState, Callable[[], str]] = {
    # Without a full stop: in English the time ends with one.
    MailState.SENT: lambda: _("E-mailed on %(when)s"),
    MailState.UNKNOWN: lambda: _("Sent on %(when)s; whether it arrived is not known."),
    MailState.FAILED: lambda: _("Your mail server did not take the e-mail."),
    MailState.HELD: lambda: _("The e-mail is held back, since it may have been sent before."),
}
DELAYED: dict[str, Callable[[], str]] = {
    Delay.ASKED: lambda: _("The e-mail comes together with others, as you chose."),
    Delay.GATHERED: lambda: _("The e-mail comes together with others about the same page."),
    Delay.QUIET: lambda: _("The e-mail waits for the end of your quiet hours."),
    Delay.CAP: lambda: _("You had enough e-mails that day; this one comes the next morning."),
}
SKIPPED: dict[str, Callable[[], str]] = {
    Unwanted.STOPPED: lambda: _("No e-mail: you had stopped these."),
    Unwanted.PAUSED: lambda: _("No e-mail: we do not write to your address at the moment."),
    Unwanted.THREAD_MUTED: lambda: _("No e-mail: you want none about these comments."),
    Unwanted.PERSON_MUTED: lambda: _("No e-mail: you want none about this author."),
    Unwanted.SEEN: lambda: _("No e-mail: you had seen it here."),
    Unwanted.LATE: lambda: _("No e-mail: it was too late for one."),
    Unwanted.BANNED: lambda: _("No e-mail: its author may not write here any more."),
}
