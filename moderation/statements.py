"""Statements of reasons: written with the decision, told once it cannot be undone any more."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from moderation import reasons
from moderation.models import (
    Act,
    Appeal,
    AppealState,
    Decider,
    Decision,
    Ground,
    Measure,
    Sanction,
    Statement,
    StatementQuerySet,
)
from moderation.reasons import Why

MONTHS_TO_OBJECT = 6
AT_ONCE = timedelta(0)
SALT = "moderation.statement"
OF_COMMENTS = (Measure.NOT_PUBLISHED, Measure.REMOVED, Measure.HIDDEN)


# Writing them


def follow(
    decision: Decision,
    why: Why,
    *,
    tell_in: timedelta,
    after_notice: bool = False,
    by_mail: bool = True,
) -> None:
    """Write what follows for its author from a decision about a comment.

    A refusal is stated; a comment that is public again takes back what was stated before. Spam
    is not stated: telling its sender would teach them.
    """
    if decision.after == Status.PUBLISHED:
        if decision.before == Status.CHECKING and decision.comment.edited_at is None:
            return  # nothing was ever decided against it
        withdraw(standing_of(decision.comment), with_=decision, tell_in=tell_in)
    elif statement := state(decision, why, after_notice=after_notice):
        keep(statement, tell_in=tell_in, by_mail=by_mail)


def measure_of(decision: Decision) -> Measure | None:
    """What a decision means for the author of the comment; None where they have lost nothing."""
    if decision.after == Status.REJECTED:
        return Measure.REMOVED if decision.comment.removed else Measure.NOT_PUBLISHED
    if (decision.before, decision.after) == (Status.PUBLISHED, Status.HELD):
        return Measure.HIDDEN
    return None


def state(decision: Decision, why: Why, *, after_notice: bool) -> Statement | None:
    """The reasons for a decision, if somebody has lost something and is there to be told."""
    measure = measure_told(decision)
    if measure is None:
        return None
    # What was hidden until a decision is decided now.
    hidden = standing_of(decision.comment).filter(measure=Measure.HIDDEN)
    hidden.update(withdrawn_at=decision.at, withdrawn_with=decision)
    decider = decider_of(decision)
    return worded(decision, measure, why, decider, after_notice=after_notice)


def state_all(decisions: Iterable[Decision], why: Why, *, tell_in: timedelta) -> None:
    """State the refusals among these with a few statements: where nothing was stated before."""
    owed = [(row, measure) for row in decisions if (measure := measure_told(row))]
    if not owed:
        return
    ids = [row.comment_id for row, _measure in owed]
    helped = set(sorted_out(ids).values_list("comment", flat=True))
    made = [
        worded(row, measure, why, decided_by(row, was_helped=row.comment_id in helped))
        for row, measure in owed
    ]
    for statement in made:
        date(statement, tell_in)
    Statement.objects.bulk_create(made)
    wanted = {mail_key(statement): {"statement": statement.pk} for statement in made}
    outbox.enqueue_all("moderation.statement", wanted, due=made[0].told_from)


def measure_told(decision: Decision) -> Measure | None:
    """What its author is told that they have lost; None if nothing, or if nobody is there."""
    comment = decision.comment
    if comment.person is None or is_same(comment, decision.moderator):
        return None
    return measure_of(decision)


def worded(
    decision: Decision,
    measure: Measure,
    why: Why,
    decider: Decider,
    *,
    after_notice: bool = False,
) -> Statement:
    """What is to be told of a decision, still without its dates."""
    comment, moderator = decision.comment, decision.moderator
    if why.ground not in (Ground.RULES, Ground.LAW):
        why = reasons.named(comment.site, reasons.FALLBACK)
    return Statement(
        site=comment.site,
        person=comment.person,
        comment=comment,
        decision=decision,
        measure=measure,
        words=comment.body,
        why=why.told(decision.reason if moderator else ""),
        ground=why.ground,
        provision=why.provision,
        moderator=moderator,
        decider=decider,
        after_notice=after_notice,
        at=decision.at,
    )


def of_sanction(
    sanction: Sanction, *, tell_in: timedelta, after_notice: bool = False
) -> Statement | None:
    """State the reasons for a sanction to the person it was imposed on, unless for spam.

    The e-mail about the sanction itself leads to the statement: it needs none of its own.
    """
    comment = sanction.comment
    person = sanction.person or (comment.person if comment else None)
    if person is None or (comment is not None and comment.status == Status.SPAM):
        return None
    return keep(
        Statement(
            site=sanction.site,
            person=person,
            sanction=sanction,
            measure=Measure(sanction.kind),
            words=comment.body if comment else "",
            why=sanction.reason,
            ground=sanction.ground,
            provision=sanction.provision,
            moderator=sanction.imposed_by,
            decider=Decider.HUMAN if sanction.imposed_by else Decider.MACHINE,
            after_notice=after_notice,
            at=sanction.at,
            until=sanction.ends_at,
        ),
        tell_in=tell_in,
        by_mail=False,
    )


def keep(statement: Statement, *, tell_in: timedelta, by_mail: bool) -> Statement:
    """Store a statement, and note the duty to send it once it is sure."""
    date(statement, tell_in)
    statement.save()
    if by_mail:
        outbox.enqueue(
            "moderation.statement",
            {"statement": statement.pk},
            due=statement.told_from,
            key=mail_key(statement),
        )
    return statement


def date(statement: Statement, tell_in: timedelta) -> None:
    """Say when it is told and until when one may object."""
    statement.told_from = statement.at + tell_in
    statement.objectable_until = months_later(statement.at, MONTHS_TO_OBJECT)


def is_same(comment: Comment, moderator: User | None) -> bool:
    """Whether moderators decide about their own words, of which they need not be told."""
    person = comment.person
    return moderator is not None and person is not None and person.user_id == moderator.pk


def decider_of(decision: Decision) -> Decider:
    """Whether a machine decided, or had made the comment wait."""
    before = sorted_out([decision.comment_id]).filter(pk__lt=decision.pk)
    return decided_by(decision, was_helped=decision.moderator is not None and before.exists())


def decided_by(decision: Decision, *, was_helped: bool) -> Decider:
    """Who that was, where one knows whether a machine had made the comment wait."""
    if decision.moderator is None:
        return Decider.MACHINE
    return Decider.HELPED if was_helped else Decider.HUMAN


def sorted_out(comments: Iterable[int]) -> QuerySet[Decision]:
    """The judgements by which machines have made these comments wait."""
    return Decision.objects.filter(comment__in=comments, act=Act.JUDGE, after=Status.HELD)


def months_later(start: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(start.month - 1 + months, 12)
    last = monthrange(start.year + year, month + 1)[1]
    return start.replace(year=start.year + year, month=month + 1, day=min(start.day, last))


def mail_key(statement: Statement) -> str:
    """The name under which the e-mail can be cancelled while nobody has taken it."""
    return f"statement:{statement.pk}"


def answer_key(appeal: Appeal) -> str:
    """The name under which the e-mails about an answer can be cancelled."""
    return f"answered:{appeal.pk}"


# Taking them back


def standing_of(comment: Comment) -> StatementQuerySet:
    """What still holds against a comment."""
    return Statement.objects.standing().filter(comment=comment)


def withdraw(
    rows: StatementQuerySet,
    *,
    with_: Decision | None = None,
    by: User | None = None,
    tell_in: timedelta = AT_ONCE,
) -> None:
    """Take statements back because what they state holds no more; objections to them are right."""
    now, moderator = timezone.now(), with_.moderator if with_ else by
    ids = list(rows.select_for_update().values_list("pk", flat=True))
    Statement.objects.filter(pk__in=ids).update(withdrawn_at=now, withdrawn_with=with_)
    objections = Appeal.objects.open().filter(statement__in=ids)
    for appeal in list(objections):
        objections.filter(pk=appeal.pk).update(
            state=AppealState.OVERTURNED, decided_at=now, decided_by=moderator, decision=with_
        )
        owe_answer(appeal, tell_in=tell_in)


def owe_answer(appeal: Appeal, *, tell_in: timedelta = AT_ONCE) -> None:
    """Note the duty to tell both sides how an objection ended."""
    outbox.enqueue(
        "moderation.answered",
        {"appeal": appeal.pk},
        due=timezone.now() + tell_in,
        key=answer_key(appeal),
    )


def lifted(sanction: Sanction, by: User | None) -> None:
    """Take back what was stated of a sanction that was lifted before its time."""
    withdraw(Statement.objects.standing().filter(sanction=sanction), by=by)


def undo(decision: Decision) -> bool:
    """Bring statements back to before a decision; False once somebody was told of it."""
    return unstate(Statement.objects.filter(decision=decision)) and restate(decision)


def undo_sanction(sanction: Sanction) -> bool:
    """Remove what was stated of a sanction that was undone; False once its person was told."""
    return unstate(Statement.objects.filter(sanction=sanction))


def unstate(rows: StatementQuerySet) -> bool:
    """Remove statements nobody has been told of; False if it is too late for one."""
    for statement in rows:
        if not outbox.cancel(mail_key(statement)) and outbox.is_settled(mail_key(statement)):
            return False
        statement.delete()
    return True


def restate(decision: Decision) -> bool:
    """Let what a decision took back hold again; False once somebody was told that it does not."""
    answered = Appeal.objects.filter(decision=decision)
    if not all(outbox.cancel(answer_key(appeal)) for appeal in answered):
        return False
    answered.update(state=AppealState.OPEN, decided_at=None, decided_by=None, decision=None)
    Statement.objects.filter(withdrawn_with=decision).update(withdrawn_at=None, withdrawn_with=None)
    return True


# The link to one


def token_for(statement: Statement) -> str:
    """The secret of a statement's page: whoever has it may read it and object."""
    return signing.dumps(statement.pk, salt=SALT)


def read_token(token: str) -> int | None:
    """Which statement a link leads to; None for one that is not ours."""
    try:
        return int(signing.loads(token, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def path_of(statement: Statement) -> str:
    """Where a statement is read."""
    return reverse("statement", args=[token_for(statement)])
