"""What became of each e-mail, looked up by those who run a site."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.mail.models import CAME_BACK, Email, MailState, Posting
from community.sites.models import Site
from community.subscriptions.models import Delivery, DeliveryQuerySet, Unwanted

ON_A_PAGE = 50
# Beyond that nobody counts: the page says so.
MOST_COUNTED = 10_000
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Ends:
    """How many e-mails ended in which way, in a day and in a week; only the newest, if many."""

    rows: list[tuple[str, int, int]]
    is_capped: bool


def ends(site: Site) -> Ends:
    """How the e-mails of the last week ended."""
    now = timezone.now()
    ended = Delivery.objects.filter(finished_at__gt=now - A_WEEK, comment__site=site)
    newest = ended.annotate(is_recent=Q(finished_at__gt=now - A_DAY)).order_by("-finished_at")
    found = list(newest.values_list("state", "reason", "is_recent")[:MOST_COUNTED])
    week = Counter(told_end(state, reason) for state, reason, _recent in found)
    day = Counter(told_end(state, reason) for state, reason, recent in found if recent)
    rows = [(end, day[end], number) for end, number in week.most_common()]
    return Ends(rows, len(found) == MOST_COUNTED)


def ends_of(comment: Comment) -> list[tuple[str, int]]:
    """How the e-mails about one comment ended, or that they have not."""
    rows = Delivery.objects.filter(comment=comment).order_by("-pk")
    found = rows.values_list("state", "reason")[:MOST_COUNTED]
    return Counter(told_end(state, reason) for state, reason in found).most_common()


def about(comment: Comment, before: int | None = None) -> DeliveryQuerySet:
    """A page of the e-mails about a comment, the newest first."""
    return a_page(Delivery.objects.filter(comment=comment), before)


def to(contact: Contact, site: Site, before: int | None = None) -> DeliveryQuerySet:
    """A page of the e-mails to an address about comments of a site, the newest first."""
    return a_page(Delivery.objects.filter(contact=contact, comment__site=site), before)


def a_page(rows: DeliveryQuerySet, before: int | None) -> DeliveryQuerySet:
    """The rows behind an id, with what is shown of them, and one more if there are more."""
    behind = rows if before is None else rows.filter(pk__lt=before)
    beside = behind.select_related("contact", "comment__thread", "digest", "subscription")
    return beside.order_by("-pk")[: ON_A_PAGE + 1]


def other_emails(contact: Contact) -> QuerySet[Email]:
    """The newest questions, codes and answers to an address. Their words are nobody's business."""
    return Email.objects.filter(to=contact.address).defer("text", "html").order_by("-pk")[:20]


def is_known_on(site: Site, contact: Contact) -> bool:
    """Whether an address has to do with a site: whose administrators may ask for it only then."""
    return (
        contact.subscriptions.all().on(site).exists()
        or contact.comments.filter(site=site).exists()
        or contact.deliveries.filter(comment__site=site).exists()
        or Person.objects.filter(contact=contact, comments__site=site).exists()
    )


# --- in words ---


def told(row: Posting) -> str:
    """How an e-mail stands or will end, and why."""
    if isinstance(row, Delivery) and row.foreseen:
        return told_end(MailState.SKIPPED, row.foreseen)
    return told_end(row.state, row.reason)


def told_end(state: str, reason: str) -> str:
    """The same, of its state and reason alone: e-mails of one end have one sentence."""
    if state == MailState.SKIPPED:
        return SKIPPED.get(reason, lambda: _("Not sent."))()
    if reason.startswith(CAME_BACK):
        return _("Sent, and came back")
    return ENDS[MailState(state)]()


def detail_of(row: Posting) -> str:
    """What the mail server said, or what went wrong; our codes have sentences of their own."""
    came_back = row.reason.startswith(CAME_BACK)
    if row.state in (MailState.SKIPPED, MailState.HELD, MailState.UNKNOWN) and not came_back:
        return ""
    return row.reason.removeprefix(CAME_BACK).strip()


ENDS: dict[MailState, Callable[[], str]] = {
    MailState.WAITING: lambda: _("On its way"),
    MailState.GATHERED: lambda: _("Comes together with others"),
    MailState.SENT: lambda: _("Sent"),
    MailState.UNKNOWN: lambda: _("Handed over, but the answer was lost"),
    MailState.FAILED: lambda: _("Could not be sent"),
    MailState.HELD: lambda: _("Held back after a restore"),
    MailState.SKIPPED: lambda: _("Not sent."),
}
SKIPPED: dict[str, Callable[[], str]] = {
    Unwanted.COMMENT: lambda: _("Not sent: the comment was not public any more"),
    Unwanted.ARTICLE: lambda: _("Not sent: the article was not public any more"),
    Unwanted.STOPPED: lambda: _("Not sent: its receiver had stopped these"),
    Unwanted.PAUSED: lambda: _("Not sent: we do not write to this address"),
    Unwanted.SEEN: lambda: _("Not sent: its receiver had seen the comment here"),
    Unwanted.THREAD_MUTED: lambda: _("Not sent: its receiver wants none about these comments"),
    Unwanted.PERSON_MUTED: lambda: _("Not sent: its receiver wants none about this author"),
    Unwanted.BANNED: lambda: _("Not sent: the author may not write here any more"),
    Unwanted.LATE: lambda: _("Not sent: it was too late"),
}
