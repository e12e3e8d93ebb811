"""What reporters hear: a receipt at once, later what came of their report."""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.mail.message import unsubscribe_headers
from community.mail.models import Email
from community.mail.services import post
from community.outbox.handlers import Payload
from community.subscriptions import links
from moderation.models import Report, ReportOutcome

SALT = "moderation.reports"
RECEIPT, ANSWER = "report receipt", "report answer"
# Whoever types an address may be a stranger to it.
MOST_A_DAY = 3


# The page of one report


def status_url(report: Report) -> str:
    """Where one report can be followed by whoever has the link, without cookie or account."""
    return reverse("report-status", args=[signing.dumps(report.pk, salt=SALT)])


def read_token(token: str) -> Report | None:
    """The report that a link is about; None for a link that is not ours."""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Report.objects.filter(pk=number).select_related("site", "decision").first()


def comment_url(report: Report) -> str:
    """The exact address of what was reported."""
    return report.site.url(reverse("comment", args=[report.comment_id]))


def told_state(report: Report) -> str:
    """How a report stands, in one or two sentences."""
    match report.outcome:
        case ReportOutcome.UPHELD:
            return _("The comment is not shown any more.")
        case ReportOutcome.DISMISSED:
            return _("A moderator has looked at it. The comment stays.")
        case ReportOutcome.ALREADY:
            return told_decided_before(report)
        case ReportOutcome.GONE:
            return _("Its author has deleted the comment meanwhile.")
    return _("A moderator will look at it.")


def told_decided_before(report: Report) -> str:
    """What had been decided when the report came."""
    if report.decision_id:
        return _("A moderator has looked at these very words after an earlier report. They stay.")
    return _("The comment was not shown any more when your report came.")


def told_who_decided(report: Report) -> str:
    """Whether a person or a machine has decided; nothing while nobody has."""
    if report.is_open or report.outcome == ReportOutcome.GONE:
        return ""
    if report.automated:
        return _("This answer was given automatically, by what had been decided before.")
    if report.decision is None or report.decision.automated:
        return _("This was decided automatically.")
    return _("A person has decided this; nothing of it was automated.")


# E-mails


def send_receipt(report: Report) -> None:
    """Confirm by e-mail, in the caller's transaction, that a report has come in."""
    write(report, RECEIPT, gettext_noop("We have your report"))


def send_answers(payload: Payload) -> None:
    """Tell everybody whose report a decision has settled, in one e-mail each."""
    told = Report.objects.filter(decision=int(payload["decision"]), automated=False).exclude(
        outcome=""
    )
    for report in told.exclude(address="").select_related("site", "decision"):
        send_answer(report)


def send_answer(report: Report) -> None:
    """Tell one reporter what came of it; the row remembers, since a job may run twice."""
    untold = Report.objects.filter(pk=report.pk, told_at=None)
    with transaction.atomic():
        if untold.update(told_at=timezone.now()):
            write(report, ANSWER, gettext_noop("What came of your report"))


def write(report: Report, kind: str, subject: str) -> None:
    """Post an e-mail that holds nothing a stranger has typed, unless the address had enough."""
    if not report.address or not may_write(report.address, kind):
        return
    stop = links.stop_url(report.site, Contact.objects.for_address(report.address))
    with translation.override(report.language):
        context = context_of(report, stop)
        post(
            kind=kind,
            to=report.address,
            subject=_(subject),
            text=render_to_string("mail/report.txt", context),
            html=render_to_string("mail/report.html", context),
            sender_name=report.site.name,
            headers=unsubscribe_headers(stop),
        )


def context_of(report: Report, stop: str) -> dict[str, object]:
    """What such an e-mail is made of."""
    site = report.site
    return {
        "site": site,
        "report": report,
        "state": told_state(report),
        "who": told_who_decided(report),
        "comment_url": comment_url(report),
        "url": site.url(status_url(report)),
        "contact_url": site.url(reverse("contact")),
        "stop_url": stop,
    }


def may_write(address: str, kind: str) -> bool:
    """Whether one more e-mail of this kind to this address is all right today."""
    if Contact.objects.filter(address=address, paused_at__isnull=False).exists():
        return False
    day = timezone.now() - timedelta(days=1)
    return Email.objects.filter(kind=kind, to=address, created_at__gt=day).count() < MOST_A_DAY


def is_settled_by_status(comment: Comment) -> ReportOutcome | None:
    """What to answer at once about a comment that is not public any more for good."""
    if comment.status == Status.WITHDRAWN:
        return ReportOutcome.GONE
    if comment.status in (Status.REJECTED, Status.SPAM):
        return ReportOutcome.ALREADY
    return None
