"""The one door for judgements: a comment moves, and a row says who moved it and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import User
from community.comments import lifecycle, services, words
from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment, Status, WaitsFor
from community.comments.rendering import render
from community.comments.screening import Draft, Sender
from community.insertion import Insertion
from community.outbox import services as outbox
from community.sites.middleware import member_viewer
from moderation import ledger, policies, reasons, reports, sanctions, statements
from moderation.ledger import Entry
from moderation.models import Act, Check, Decision, Reason
from moderation.reasons import NO_REASON, Why
from moderation.risk import risk_of
from moderation.verdicts import Outcome, Verdict, record, told_reason

DECISIONS = Insertion(Decision)
UNDO_WINDOW = sanctions.UNDO_WINDOW
AT_ONCE = timedelta(0)

TARGETS = {
    Act.APPROVE: Status.PUBLISHED,
    Act.KEEP: Status.PUBLISHED,
    Act.REJECT: Status.REJECTED,
    Act.REMOVE: Status.REJECTED,
    Act.SPAM: Status.SPAM,
    Act.HOLD: Status.HELD,
}

# What rules and checks have said, seen from where a comment ended.
OUTCOMES = {Status.REJECTED: Outcome.REJECT, Status.SPAM: Outcome.SPAM}

# Akismet learns where a moderator saw it otherwise: spam it has missed, and ham it took for spam.
CORRECTIONS = {Act.SPAM: ("ham",), Act.APPROVE: ("spam", "discard")}


_moment: ContextVar[datetime | None] = ContextVar("moment of decisions", default=None)


@contextmanager
def dated(at: datetime) -> Iterator[None]:
    """Write down what is decided meanwhile as of that time: the past of a demo."""
    token = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(token)


def moment() -> datetime:
    """The time of what is decided now."""
    return _moment.get() or timezone.now()


class AlreadyDecided(StaleComment):
    """Somebody was faster; `decision` says who, what and when. No moderator: the rules."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.comment_id)
        self.decision = decision


TooLate = sanctions.TooLate


@dataclass(frozen=True)
class Undone:
    """What came of an undo: its row, and the words of a reply taken back with it."""

    decision: Decision
    reply: str = ""


def judge(
    comment: Comment,
    to: Status,
    *,
    seen: int,
    verdicts: list[Verdict],
    by: User | None = None,
    after_notice: bool = False,
) -> Decision:
    """Carry out what rules and checks think; raises StaleComment if the comment has changed."""
    names = ", ".join(verdict.name for verdict in verdicts)
    why = reasons.why_verdicts(comment.site, OUTCOMES.get(to, Outcome.PASS), verdicts)
    delay = UNDO_WINDOW if by else AT_ONCE
    if comment.status == to:  # stored as what it was judged to be
        decision = noted(comment, Act.JUDGE, Status.CHECKING, by=by, reason=names, why=why)
        # Whose words wait has lost nothing yet: no statement will name this decision by its id.
        (DECISIONS.add if to == Status.HELD else DECISIONS.store)(decision)
        statements.follow(decision, why, tell_in=delay)
        return decision
    before = move(
        comment,
        to,
        seen=seen,
        waits_for=told_reason(verdicts),
        risk=risk_of(verdicts),
        announce_in=delay,
    )
    decision = note(comment, Act.JUDGE, before, by=by, reason=names, why=why)
    answered = reports.settle(decision)
    statements.follow(decision, why, tell_in=delay, after_notice=after_notice or answered > 0)
    return decision


def decide(
    comment: Comment,
    act: Act,
    *,
    seen: int,
    by: User,
    reason: str = "",
    canned: str = "",
    reply: str = "",
    block: bool = False,
    by_mail: bool = True,
) -> Decision:
    """Carry out a moderator's decision about the version they have seen, all of it or nothing.

    Refusing stands on a `canned` reason of the site, the general one if none is named, to which
    `reason` adds the moderator's own words. Approving may post a `reply` (Markdown) below the
    comment; `block` also blocks its author. Without `by_mail` its author reads of it on screen
    alone, because another e-mail tells of it.
    Raises AlreadyDecided, StaleComment if its author has changed or deleted it, ForbiddenMove if
    its status knows no such way, BadText for a reply that cannot be posted, UnknownReason.
    """
    why = reasons.why_act(comment.site, act, canned)
    answer = draft_of_reply(comment, by, reply) if reply.strip() else None
    start = moment()
    try:
        with transaction.atomic():
            told = why.told(reason)
            before = move(
                comment,
                TARGETS[act],
                seen=seen,
                told=told,
                announce_in=UNDO_WINDOW,
                stays=act is Act.KEEP,
            )
            posted = post(answer, by) if answer and comment.is_public else None
            decision = note(
                comment, act, before, by=by, reason=reason, why=why, reply=posted, at=start
            )
            owe_feedback(decision)
            answered = reports.settle(decision)
            statements.follow(
                decision, why, tell_in=UNDO_WINDOW, by_mail=by_mail, after_notice=answered > 0
            )
            if block:
                sanctions.block(comment, by)
    except StaleComment:
        raise_if_decided(comment, since=seen)
        raise
    except ForbiddenMove:
        raise_if_settled(comment, seen)
        raise
    return decision


def move(
    comment: Comment,
    to: Status,
    *,
    seen: int,
    waits_for: str = "",
    told: str = "",
    risk: int | None = None,
    announce_in: timedelta = AT_ONCE,
    undoes: Decision | None = None,
    stays: bool = False,
) -> Status:
    """Bring a comment into a new status, or let it stay; the status it had when it was seen."""
    if comment.version != seen:
        raise StaleComment(comment.pk)
    before = Status(comment.status)
    if stays:
        lifecycle.stay(comment, seen=seen)
        return before
    lifecycle.move(
        comment,
        to,
        seen=seen,
        waits_for=waits_for or comment.waits_for or WaitsFor.OTHER,
        removed=to in (Status.REJECTED, Status.SPAM) and was_public(comment, undoes),
        told=told[:500] or why_mended(comment, to),
        risk=risk,
        announce_in=announce_in,
    )
    return before


def why_mended(comment: Comment, to: Status) -> str:
    """What its author was told of a moderator's edit stays with the comment when it is public."""
    return comment.told if comment.edited_by_moderator and to == Status.PUBLISHED else ""


def was_public(comment: Comment, undone: Decision | None) -> bool:
    """Whether readers have seen a comment, so that its end is a removal.

    The seconds between an approval and its undo do not count.
    """
    if undone is None:
        return comment.is_public or comment.published_at is not None
    return comment.published_at is not None and comment.published_at < undone.at


def note(
    comment: Comment,
    act: Act,
    before: Status,
    *,
    by: User | None,
    reason: str = "",
    why: Why = NO_REASON,
    reply: Comment | None = None,
    undoes: Decision | None = None,
    at: datetime | None = None,
) -> Decision:
    """Write down what was just done with a comment."""
    decision = noted(
        comment, act, before, by=by, reason=reason, why=why, reply=reply, undoes=undoes, at=at
    )
    return DECISIONS.store(decision)


def noted(
    comment: Comment,
    act: Act,
    before: Status,
    *,
    by: User | None,
    reason: str = "",
    why: Why = NO_REASON,
    reply: Comment | None = None,
    undoes: Decision | None = None,
    at: datetime | None = None,
) -> Decision:
    """The row that says what was done, still to be saved."""
    return Decision(
        site_id=comment.site_id,
        comment=comment,
        act=act,
        before=before,
        after=comment.status,
        version=comment.version,
        moderator=by,
        automated=by is None,
        reason=reason[:500],
        code=why.code[:40],
        ground=why.ground,
        provision=why.provision,
        reply=reply,
        undoes=undoes,
        at=at or moment(),
    )


# What goes with an approval


def draft_of_reply(comment: Comment, by: User, source: str) -> Draft:
    """A moderator's answer, rendered before any transaction begins; raises BadText."""
    body = words.normalise(source)
    return Draft(
        site=comment.site,
        thread=comment.thread,
        parent=comment,
        viewer=member_viewer(by, comment.site),
        name=by.name,
        email="",
        url="",
        source=body,
        rendered=render(body),
        fingerprint=words.fingerprint(body),
        sender=Sender(),
    )


def post(draft: Draft, by: User) -> Comment:
    """Publish a moderator's answer; e-mails about it wait as long as it can be undone."""
    reply = services.store(draft)
    verdict = Verdict(Reason.STAFF, Outcome.TRUST)
    record(reply, [verdict], version=reply.version)
    ledger.write(
        reply,
        [Entry("staff", 1, 0, verdict)],
        version=reply.version,
        policy=policies.in_force(reply.site, reply.thread),
        outcome=Outcome.TRUST,
    )
    judge(reply, Status.PUBLISHED, seen=reply.version, verdicts=[verdict], by=by)
    return reply


def owe_feedback(decision: Decision) -> None:
    """Note the duty to tell Akismet when this decision contradicts it, once per comment."""
    wrong = CORRECTIONS.get(Act(decision.act), ())
    checks = Check.objects.filter(comment=decision.comment_id)
    if not checks.filter(answer__in=wrong).exists() or checks.exclude(reported="").exists():
        return
    outbox.enqueue(
        "moderation.feedback",
        {"decision": decision.pk},
        due=decision.at + UNDO_WINDOW,
        key=feedback_key(decision),
    )


def feedback_key(decision: Decision) -> str:
    """The name under which feedback can be cancelled while nobody has taken it."""
    return f"feedback:{decision.pk}"


# Who was faster


def raise_if_decided(comment: Comment, *, since: int) -> None:
    """Say who decided after this version, if it was a moderator."""
    later = history(comment).filter(version__gt=since, moderator__isnull=False).last()
    if later:
        raise AlreadyDecided(later)


def raise_if_settled(comment: Comment, version: int) -> None:
    """Say who brought the comment to where it is, if that is on record."""
    made = history(comment).filter(version=version).last()
    if made:
        raise AlreadyDecided(made)


def history(comment: Comment) -> QuerySet[Decision]:
    """Everything decided about a comment, oldest first."""
    return Decision.objects.filter(comment=comment).select_related("moderator")


# Undo


def undo(decision: Decision, *, by: User) -> Undone:
    """Take back one's own decision within ten seconds, with all that would have followed.

    What would have been sent is cancelled, a reply comes back as text, a block is lifted.
    Raises TooLate, AlreadyDecided or StaleComment if something happened since, PermissionDenied
    for somebody else's decision.
    """
    if decision.moderator_id != by.pk or decision.act in (Act.UNDO, Act.JUDGE, Act.EDIT):
        raise PermissionDenied
    if timezone.now() > decision.at + UNDO_WINDOW:
        raise TooLate
    try:
        with transaction.atomic():
            return reverse(decision, by)
    except StaleComment:
        raise_if_decided(decision.comment, since=decision.version)
        raise


def reverse(decision: Decision, by: User) -> Undone:
    """Bring everything back to where it was, or raise and change nothing."""
    comment = decision.comment
    taken_back = decision.reply
    if taken_back:
        recall(taken_back, decision)
    if decision.after == Status.PUBLISHED and decision.act != Act.KEEP:
        recall_announcement(comment, decision)
    if not outbox.cancel(feedback_key(decision)) and outbox.is_settled(feedback_key(decision)):
        raise TooLate
    if not statements.undo(decision):
        raise TooLate
    if not reports.unsettle(decision):
        raise TooLate
    before = move(
        comment,
        status_before(decision),
        seen=decision.version,
        undoes=decision,
        stays=decision.act == Act.KEEP,
    )
    sanctions.undo_block(comment, by, decision.at)
    row = note(comment, Act.UNDO, before, by=by, undoes=decision)
    return Undone(row, taken_back.body if taken_back else "")


def status_before(decision: Decision) -> Status:
    """Where an undone comment goes; what nobody had judged yet waits for a moderator."""
    before = Status(decision.before)
    return Status.HELD if before == Status.CHECKING else before


def recall(reply: Comment, decision: Decision) -> None:
    """Take back the answer that came with an approval, unless its author has done so."""
    if reply.status == Status.WITHDRAWN:
        return
    recall_announcement(reply, decision)
    before = move(reply, Status.WITHDRAWN, seen=reply.version)
    note(reply, Act.UNDO, before, by=decision.moderator)


def recall_announcement(comment: Comment, decision: Decision) -> None:
    """Cancel the e-mails of a publication; raises TooLate once a worker has them.

    Whoever was told of an earlier publication is told nothing new by this one.
    """
    told = comment.announced_at
    if told and told < decision.at:
        return
    if not outbox.cancel(lifecycle.announcement_key(comment.pk)):
        raise TooLate
