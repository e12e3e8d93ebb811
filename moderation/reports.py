"""Reports as facts: who has reported what, how much it weighs, what a decision makes of it."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.contacts.addresses import normalise
from community.outbox import services as outbox
from community.sites.models import Site
from community.sites.viewers import Viewer
from moderation.models import Act, Decision, Report, ReportOutcome, ReportQuerySet, ReportReason
from moderation.trust import Level, Trust, trust_of

# So much together hides a comment until a moderator has looked.
HIDES_AT = 100
# What one report of somebody weighs while nobody knows how often they are right.
BY_LEVEL = {Level.NEWCOMER: 10, Level.KNOWN: 35, Level.TRUSTED: 50}
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5
# Several people may share one network: those known by a cookie have a limit of their own.
MOST_A_NETWORK = 20

OUTCOMES = {
    Act.APPROVE: ReportOutcome.DISMISSED,
    Act.KEEP: ReportOutcome.DISMISSED,
    Act.REJECT: ReportOutcome.UPHELD,
    Act.REMOVE: ReportOutcome.UPHELD,
    Act.SPAM: ReportOutcome.UPHELD,
}

ILLEGAL = "illegal"


# Reasons


DEFAULTS: dict[str, str | Promise] = {
    "attack": _("It attacks or insults somebody."),
    "hatred": _("It stirs up hatred or threatens somebody."),
    "private": _("It tells private things about somebody."),
    "untrue": _("It claims something untrue and harmful."),
    "advertising": _("It is advertising or spam."),
    "off-topic": _("It has nothing to do with the article."),
    "other": _("Something else."),
}
OWN = "own"


def next_code(site: Site) -> str:
    """A code for a reason the administrators have thought of."""
    last = ReportReason.objects.filter(site=site).aggregate(last=Max("pk"))["last"] or 0
    return f"{OWN}-{last + 1}"


def reasons_of(site: Site) -> dict[str, ReportReason]:
    """Every reason of a site by its code, also those no longer offered."""
    own = {reason.code: reason for reason in ReportReason.objects.filter(site=site).order_by("pk")}
    defaults = {
        code: ReportReason(site=site, code=code, title=str(title))
        for code, title in DEFAULTS.items()
    }
    return defaults | own


def offered_reasons(site: Site) -> list[ReportReason]:
    """What readers may choose from."""
    return [reason for reason in reasons_of(site).values() if reason.is_offered]


# Who reports


@dataclass(frozen=True)
class Reporter:
    """Somebody who reports: a viewer, perhaps without a cookie, and the hash of their network."""

    viewer: Viewer
    network: str = ""
    address: str = ""

    @property
    def person(self) -> Person | None:
        """Who they are, if a cookie or a log-in says so."""
        return self.viewer.person

    def mark_for(self, comment: Comment, *, is_illegal: bool) -> str:
        """What somebody without a cookie is known by, for this comment alone.

        A notice of illegal content bears an address: neighbours in a network may each send one.
        """
        if self.person:
            return ""
        known_by = normalise(self.address) if is_illegal and self.address else self.network
        return hashed(f"{comment.pk}:{known_by}") if known_by else ""


def hashed(value: str) -> str:
    """What is kept in place of the value."""
    key = b"moderation.reports" + settings.SECRET_KEY.encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:40]


def earlier_report(comment: Comment, reporter: Reporter, *, is_illegal: bool) -> Report | None:
    """What this reader has said of the comment before, as far as they can be known."""
    rows = Report.objects.filter(comment=comment, is_illegal=is_illegal)
    if reporter.person:
        return rows.filter(person=reporter.person).first()
    mark = reporter.mark_for(comment, is_illegal=is_illegal)
    return rows.filter(mark=mark).first() if mark else None


def has_had_enough(reporter: Reporter) -> bool:
    """Whether this reader, or everybody in their network together, must wait for a while."""
    recent = Report.objects.filter(at__gt=timezone.now() - HOUR)
    near = recent.filter(network=reporter.network) if reporter.network else recent.none()
    if near[:MOST_A_NETWORK].count() >= MOST_A_NETWORK:
        return True
    mine = recent.filter(person=reporter.person) if reporter.person else near.filter(person=None)
    return mine[:MOST_AN_HOUR].count() >= MOST_AN_HOUR


# What it weighs


def weight_for(reporter: Reporter, comment: Comment) -> int:
    """How much a report counts towards hiding, by who sends it."""
    if reporter.viewer.is_moderator:
        return HIDES_AT
    return weight_of(trust_of(reporter.person, comment.site))


def weight_of(trust: Trust) -> int:
    """By trust and by how often earlier reports were right: from a fifth to nearly twice."""
    factor = min(max(2 * trust.accuracy, 0.2), 1.8)
    return round(BY_LEVEL[trust.level] * factor)


def hides(comment: Comment) -> bool:
    """Whether open reports weigh enough; what moderators wrote themselves they look after."""
    if comment.by_moderator:
        return False
    return total_weight(comment) >= HIDES_AT


def total_weight(comment: Comment) -> int:
    """What all open reports of a comment weigh together."""
    total = Report.objects.open().filter(comment=comment).aggregate(total=Sum("weight"))["total"]
    return total or 0


def kept_before(comment: Comment) -> Decision | None:
    """The decision by which a moderator has kept these very words after a report, if any."""
    since = comment.edited_at or comment.created_at
    kept = Decision.objects.filter(
        comment=comment, moderator__isnull=False, undone_by=None, at__gte=since
    )
    kept = kept.filter(Q(act=Act.KEEP) | Q(act=Act.APPROVE, reports__isnull=False))
    return kept.order_by("-pk").first()


# Lists


def reported(site: Site) -> ReportQuerySet:
    """What waits for a moderator because readers have reported it; the illegal first."""
    return Report.objects.open().filter(site=site)


# What a decision makes of it


def settle(decision: Decision) -> int:
    """Let a decision answer all open reports of its comment, in the caller's transaction.

    Whoever has sent them hears of it once the decision cannot be undone any more.
    """
    outcome = OUTCOMES.get(Act(decision.act)) or outcome_by_status(decision)
    if outcome is None:
        return 0
    rows = Report.objects.open().filter(comment=decision.comment_id)
    settled = rows.update(outcome=outcome, decided_at=decision.at, decision=decision)
    if settled:
        owe_answers(decision)
    return settled


def outcome_by_status(decision: Decision) -> ReportOutcome | None:
    """What rules and checks make of reports: only an end is an answer."""
    ended = decision.after in (Status.REJECTED, Status.SPAM)
    return ReportOutcome.UPHELD if decision.act == Act.JUDGE and ended else None


def owe_answers(decision: Decision) -> None:
    """Note the duty to tell the reporters what came of it."""
    outbox.enqueue(
        "moderation.report-answers",
        {"decision": decision.pk},
        due=decision.at + timedelta(seconds=0 if decision.automated else 10),
        key=answers_key(decision),
    )


def answers_key(decision: Decision) -> str:
    """The name under which the answers can be cancelled while nobody has taken them."""
    return f"report-answers:{decision.pk}"


def unsettle(decision: Decision) -> bool:
    """Open again what an undone decision had answered; False if somebody has been told."""
    key = answers_key(decision)
    if not outbox.cancel(key) and outbox.is_settled(key):
        return False
    Report.objects.filter(decision=decision).update(outcome="", decided_at=None, decision=None)
    return True


def settle_one(
    report: Report, outcome: ReportOutcome, *, at: datetime, decision: Decision | None = None
) -> None:
    """Answer one report by what is known already, without anybody looking at it."""
    report.outcome, report.decided_at = outcome, at
    report.decision, report.automated = decision, True
    report.save(update_fields=["outcome", "decided_at", "decision", "automated"])
