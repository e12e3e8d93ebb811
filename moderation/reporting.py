"""What happens when a reader reports a comment, and when moderators have looked."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from community.accounts.models import Person, User
from community.comments.models import Comment, Revision, Status
from community.contacts.addresses import normalise
from community.mail.models import Email
from community.mail.services import post
from community.outbox import services as outbox
from community.outbox.handlers import Later, Payload
from community.sites.models import Site
from community.threads.models import Thread
from moderation import alerts, answers, decisions, queue, reports
from moderation.models import Decision, Escalation, Reason, Report, ReportOutcome
from moderation.reports import Reporter
from moderation.risk import MOST
from moderation.verdicts import Outcome, Verdict, record

NEWS = "report news"
PAUSE = timedelta(minutes=10)
# How long what a report tells of people is kept after it is settled, DSA Art. 20: six months.
KEPT = timedelta(days=183)
KNOWN_AGAIN = timedelta(days=30)


@dataclass(frozen=True)
class Complaint:
    """What a reader says."""

    code: str
    title: str
    why: str = ""
    is_illegal: bool = False
    about_children: bool = False
    name: str = ""
    address: str = ""


class AlreadyReported(Exception):
    """This reader has reported this comment before: `report` is what they said."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class TooMany(Exception):
    """More reports within an hour than one reader may send."""


@transaction.atomic
def file(comment: Comment, reporter: Reporter, said: Complaint, *, seen: int) -> Report:
    """Keep a report about the version seen, and hide the comment if it is one too many.

    The lock on the thread lets reports and decisions about one comment come one after the other.
    Raises AlreadyReported, and TooMany when nothing is kept.
    """
    Thread.objects.locked(comment.thread_id)
    fresh = Comment.objects.select_related("site", "thread").get(pk=comment.pk)
    if earlier := reports.earlier_report(fresh, reporter, is_illegal=said.is_illegal):
        raise AlreadyReported(earlier)
    if reports.has_had_enough(reporter):
        raise TooMany
    report = keep(fresh, reporter, said, seen)
    answer_or_act(report, fresh)
    answers.send_receipt(report)
    return report


def keep(comment: Comment, reporter: Reporter, said: Complaint, seen: int) -> Report:
    """Write a report down, with the words as the reader has seen them."""
    return Report.objects.create(
        site=comment.site,
        comment=comment,
        version=seen,
        words=words_at(comment, seen),
        person=reporter.person,
        mark=reporter.mark_for(comment, is_illegal=said.is_illegal),
        network=reporter.network,
        code=said.code,
        title=said.title[:80],
        why=said.why,
        is_illegal=said.is_illegal,
        about_children=said.about_children,
        name=said.name,
        address=normalise(said.address),
        language=translation.get_language() or comment.site.speaks,
        weight=reports.weight_for(reporter, comment),
    )


def words_at(comment: Comment, version: int) -> str:
    """What a comment said in this version."""
    later = Revision.objects.filter(comment=comment, version__gte=version).order_by("version")
    return later.values_list("body", flat=True).first() or comment.body


def answer_or_act(report: Report, comment: Comment) -> None:
    """Answer at once what is decided already; else hide the comment, or tell moderators."""
    if outcome := answers.is_settled_by_status(comment):
        reports.settle_one(report, outcome, at=timezone.now())
        return
    kept = reports.kept_before(comment)
    if kept and not report.is_illegal:
        reports.settle_one(report, ReportOutcome.ALREADY, at=timezone.now(), decision=kept)
        return
    if report.is_illegal:
        comment.weigh(MOST)
    if comment.is_public and not kept and reports.hides(comment):
        hide(comment)
    elif comment.is_public:
        outbox.enqueue(
            "moderation.report-news", {"site": comment.site_id}, key=f"report-news:{report.site_id}"
        )


def hide(comment: Comment) -> Decision:
    """Let a comment wait for a moderator, since enough speaks against it."""
    number = Report.objects.open().filter(comment=comment).count()
    with translation.override(comment.site.speaks):
        evidence = ngettext("%(n)d report", "%(n)d reports", number) % {"n": number}
    verdict = Verdict(Reason.REPORTED, Outcome.HOLD, evidence)
    record(comment, [verdict], version=comment.version)
    decision = decisions.judge(
        comment, Status.HELD, seen=comment.version, verdicts=[verdict], after_notice=True
    )
    alerts.ring(comment.site_id)
    return decision


# E-mails to moderators


def send_news(payload: Payload) -> None:
    """Tell moderators that readers have reported something, once in ten minutes."""
    site = Site.objects.get(pk=payload["site"])
    number = queue.count_reported(site)
    if not number:
        return
    members = [member.user for member in alerts.moderators_of(site)]
    young = Email.objects.filter(kind=NEWS, to__in=[user.email for user in members])
    if young.filter(created_at__gt=timezone.now() - PAUSE).exists():
        raise Later(PAUSE, "one e-mail in ten minutes")
    illegal = reports.reported(site).filter(is_illegal=True).exists()
    for user in members:
        write_news(site, user, number, illegal=illegal)


def write_news(site: Site, user: User, number: int, *, illegal: bool) -> None:
    """Put one moderator's e-mail on its way: numbers and a link, no words of anybody."""
    with translation.override(site.speaks):
        sentence = ngettext(
            "%(n)d reported comment waits for you", "%(n)d reported comments wait for you", number
        ) % {"n": number}
        context = {"site": site, "user": user, "sentence": sentence, "illegal": illegal}
        context["url"] = site.url(reverse("moderation-reported"))
        post(
            kind=NEWS,
            to=user.email,
            sender_name=site.name,
            subject=f"{sentence} – {site.name}",
            text=render_to_string("mail/moderation/reported.txt", context),
        )


# Threats to life


def escalate(comment: Comment, by: User, told: str) -> Escalation:
    """Write down that a moderator has passed a threat to life on, to whom and when."""
    return Escalation.objects.create(
        site_id=comment.site_id, comment=comment, by=by, told=told[:300]
    )


# In time


def settle_gone() -> int:
    """Answer open reports of comments that their authors have deleted; their number."""
    gone = Comment.objects.filter(pk__in=Report.objects.open().values("comment"))
    rows = Report.objects.open().filter(comment__in=gone.filter(status=Status.WITHDRAWN))
    found = list(rows.select_related("site")[:500])
    for report in found:
        reports.settle_one(report, ReportOutcome.GONE, at=timezone.now())
        answers.send_answer(report)
    return len(found)


def forget() -> int:
    """Blank what settled reports tell of people, and the networks they came from."""
    now = timezone.now()
    old = Report.objects.filter(decided_at__lt=now - KEPT).exclude(words="", why="", address="")
    known = Report.objects.filter(at__lt=now - KNOWN_AGAIN).exclude(network="", mark="")
    blanked: int = old.update(words="", why="", name="", address="")
    return blanked + known.update(network="", mark="")


def erase(person: Person) -> None:
    """Forget who has reported, and the words of theirs that others have reported."""
    mine = Q(person=person)
    if person.contact:
        mine |= Q(address=person.contact.address)
    Report.objects.filter(mine).update(name="", address="", why="", network="")
    theirs = Comment.objects.filter(person=person).values("pk")
    Report.objects.filter(comment__in=theirs).update(words="", why="")
