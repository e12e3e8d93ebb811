"""Objections: taken from an author, answered by somebody else than the first who decided."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import User
from community.comments.lifecycle import StaleComment
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions, sanctions, statements
from moderation.models import (
    Act,
    Appeal,
    AppealQuerySet,
    AppealState,
    AppealTerms,
    Decision,
    Statement,
    StatementQuerySet,
)

RING_BEFORE = timedelta(days=1)
SHOWN_ANSWERED = 30
ACTS = {AppealState.UPHELD: Act.UPHOLD, AppealState.OVERTURNED: Act.OVERTURN}


class NotTaken(Exception):
    """Nobody can object to this: it was taken back, it is too late, or the site takes none."""


class AlreadyOpened(Exception):
    """Somebody has objected to this already."""


class AlreadyAnswered(Exception):
    """Somebody has answered this objection, or its author has taken it back."""

    def __init__(self, appeal: Appeal) -> None:
        super().__init__(str(appeal))
        self.appeal = appeal


def terms_of(site: Site) -> AppealTerms:
    """What the site has set, or the defaults."""
    return AppealTerms.objects.filter(site=site).first() or AppealTerms(site=site)


# The author's side


@transaction.atomic
def open_(statement: Statement, words: str) -> Appeal:
    """Object to a decision, once, while there is time; raises NotTaken or AlreadyOpened."""
    terms, now = terms_of(statement.site), timezone.now()
    # Locked, so that it is not taken back at this moment.
    fresh = Statement.objects.select_for_update().get(pk=statement.pk)
    if not terms.are_taken or not fresh.may_be_objected_to(now):
        raise NotTaken
    due = now + timedelta(days=terms.answer_days)
    wanted = Appeal(site=fresh.site, statement=fresh, words=words, opened_at=now, due_at=due)
    # The constraint decides between two presses; ignore_conflicts is how it says so.
    Appeal.objects.bulk_create([wanted], ignore_conflicts=True)
    made = Appeal.objects.get(statement=fresh)
    if (made.opened_at, made.words) != (now, words):
        raise AlreadyOpened
    log(made, Act.OBJECT)
    outbox.enqueue("moderation.appeal-due", {"appeal": made.pk}, due=due - RING_BEFORE)
    return made


@transaction.atomic
def take_back(appeal: Appeal) -> None:
    """Let an objection be; raises AlreadyAnswered if it is not open any more."""
    settle(appeal, AppealState.WITHDRAWN, Appeal.objects.all())
    log(appeal, Act.RECANT)


# The moderators' side


def open_on(site: Site) -> QuerySet[Appeal]:
    """The objections of a site that wait for an answer, what is due first first."""
    return shown(Appeal.objects.open().filter(site=site)).order_by("due_at", "pk")


def answered_on(site: Site) -> QuerySet[Appeal]:
    """The newest answers of a site."""
    rows = Appeal.objects.exclude(state=AppealState.OPEN).filter(site=site)
    return shown(rows).order_by("-decided_at", "-pk")[:SHOWN_ANSWERED]


def shown(rows: AppealQuerySet) -> AppealQuerySet:
    """Objections with what a moderator needs to see of them."""
    return rows.select_related(
        "site", "decided_by", "statement__moderator", "statement__comment__thread"
    )


def may_answer(appeal: Appeal, user: User) -> bool:
    """Whether this moderator may answer: somebody else decided first, or there is nobody else."""
    return Appeal.objects.open().for_moderator(user).filter(pk=appeal.pk).exists()


@transaction.atomic
def answer(
    appeal: Appeal, state: AppealState, *, words: str, by: User, seen: int | None = None
) -> Appeal:
    """Uphold or overturn a decision, all of it or nothing; `seen` is the comment's version.

    Raises AlreadyAnswered if somebody was faster, PermissionDenied for whoever decided first
    while there is somebody else, StaleComment if the comment has changed.
    """
    statement = appeal.statement
    comment = locked(statement)
    allowed = Appeal.objects.all().for_moderator(by)
    same = statement.moderator_id == by.pk
    settle(appeal, state, allowed, answer=words, decided_by=by, by_same_person=same)
    if comment and seen != comment.version:
        raise StaleComment(comment.pk)
    decision = log(appeal, ACTS[state], by=by, comment=comment)
    if state == AppealState.OVERTURNED:
        statements.withdraw(everything_against(statement), with_=decision, by=by)
        if statement.sanction:
            sanctions.lift(statement.sanction, by)
    statements.owe_answer(appeal)
    return appeal


def locked(statement: Statement) -> Comment | None:
    """The comment it is about, its thread held first as in every decision."""
    comment = statement.comment
    if comment is None:
        return None
    Thread.objects.locked(comment.thread_id)
    return Comment.objects.select_related("site").get(pk=comment.pk)


def settle(appeal: Appeal, state: AppealState, among: AppealQuerySet, **changes: object) -> None:
    """End an open objection, if it is one of these; raises AlreadyAnswered or PermissionDenied."""
    now = timezone.now()
    mine = among.filter(pk=appeal.pk, state=AppealState.OPEN)
    if not mine.update(state=state, decided_at=now, **changes):
        appeal.refresh_from_db()
        raise PermissionDenied if appeal.is_open else AlreadyAnswered(appeal)
    appeal.refresh_from_db()


def everything_against(statement: Statement) -> StatementQuerySet:
    """What is taken back with a statement: whatever holds against the same comment."""
    if statement.comment is None:
        return Statement.objects.standing().filter(pk=statement.pk)
    return statements.standing_of(statement.comment)


def log(
    appeal: Appeal, act: Act, *, by: User | None = None, comment: Comment | None = None
) -> Decision | None:
    """Write into the log of the comment what was done; a restored one goes through the one door.

    Of a sanction the log of sanctions tells that it was lifted.
    """
    about = comment or appeal.statement.comment
    if about is None:
        return None
    before = Status(about.status)
    if act is Act.OVERTURN and before not in (Status.PUBLISHED, Status.WITHDRAWN):
        decisions.move(about, Status.PUBLISHED, seen=about.version)
    return decisions.note(about, act, before, by=by, reason=appeal.answer)
