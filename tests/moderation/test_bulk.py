"""Deciding about many: each on its own, a few statements for all."""

from collections.abc import Callable

import pytest

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.outbox.models import Job
from community.project.invariants import breaches
from community.sites.models import Site
from community.threads.models import Thread
from moderation import bulk, decisions
from moderation.decisions import UNDO_WINDOW
from moderation.models import Act, Decider, Decision, Statement
from tests import factories
from tests.moderation.posting import write

FIELDS = ("status", "listed", "removed", "told", "waits_for", "waits_since", "version")


@pytest.fixture
def waiting(thread: Thread, moderator: User) -> list[Comment]:
    """Six that wait, one of them a reply to one, one a reply to a public comment."""
    public = write(thread, person=factories.guest())
    decisions.decide(public, Act.APPROVE, seen=public.version, by=moderator)
    made = [write(thread, person=factories.guest()) for _ in range(4)]
    made.append(write(thread, parent=public, person=factories.guest()))
    made.append(write(thread, parent=made[0], person=factories.guest()))
    assert {row.status for row in made} == {Status.HELD}
    return made


def seen(rows: list[Comment]) -> dict[int, int]:
    """What was on the page."""
    return {row.pk: row.version for row in rows}


def state(rows: list[Comment]) -> list[tuple[object, ...]]:
    """All that a decision leaves on these comments and their thread."""
    found = Comment.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    thread = rows[0].thread
    thread.refresh_from_db()
    kept = [thread.comment_count, thread.publications, thread.version]
    return [*found.values_list(*FIELDS, "publication", "reply_count"), tuple(kept[:2])]


@pytest.mark.parametrize("act", [Act.APPROVE, Act.SPAM])
def test_many_at_once_come_to_the_same_as_one_by_one(
    waiting: list[Comment], site: Site, moderator: User, act: Act
) -> None:
    others = Thread.objects.get(pk=waiting[0].thread_id)
    twins = [write(others, person=factories.guest()) for _ in range(2)]
    for row in twins:
        decisions.decide(row, act, seen=row.version, by=moderator)
    single = state(twins)[0][:6]
    made = bulk.decide_all(Comment.objects.all(), seen(waiting), act, by=moderator)
    assert len(made) == len(waiting)
    assert state(waiting[:1])[0][:6] == single
    assert list(breaches()) == []


def test_approved_comments_are_numbered_listed_and_announced_after_the_undo(
    waiting: list[Comment], moderator: User
) -> None:
    bulk.decide_all(Comment.objects.all(), seen(waiting), Act.APPROVE, by=moderator)
    rows = list(Comment.objects.filter(pk__in=[row.pk for row in waiting]).order_by("pk"))
    assert [row.publication for row in rows] == [2, 3, 4, 5, 6, 7]
    assert all(row.listed for row in rows)
    due = set(Job.objects.open().filter(name="announce").values_list("key", flat=True))
    assert {f"announce:{row.pk}" for row in rows} <= due


def test_what_changed_or_is_elsewhere_is_left_out(
    waiting: list[Comment], moderator: User, thread: Thread
) -> None:
    asked = seen(waiting) | {waiting[0].pk: 99, 987_654: 1}
    allowed = Comment.objects.exclude(pk=waiting[1].pk)
    made = bulk.decide_all(allowed, asked, Act.APPROVE, by=moderator)
    assert {row.comment_id for row in made} == {row.pk for row in waiting[2:]}
    waiting[1].refresh_from_db()
    assert waiting[1].status == Status.HELD


def test_what_is_public_goes_too_and_counters_stay_true(thread: Thread, moderator: User) -> None:
    public = [write(thread, person=factories.guest()) for _ in range(2)]
    for row in public:
        decisions.decide(row, Act.APPROVE, seen=row.version, by=moderator)
    made = bulk.decide_all(Comment.objects.all(), seen(public), Act.SPAM, by=moderator)
    assert len(made) == 2
    assert list(breaches()) == []


def test_every_one_of_many_can_be_undone(waiting: list[Comment], moderator: User) -> None:
    for decision in bulk.decide_all(
        Comment.objects.all(), seen(waiting), Act.APPROVE, by=moderator
    ):
        decisions.undo(Decision.objects.get(pk=decision.pk), by=moderator)
    statuses = Comment.objects.filter(pk__in=[row.pk for row in waiting])
    assert set(statuses.values_list("status", flat=True)) == {Status.HELD}
    assert list(breaches()) == []


def test_every_refused_author_is_told_why(waiting: list[Comment], moderator: User) -> None:
    bulk.decide_all(Comment.objects.all(), seen(waiting), Act.REJECT, by=moderator)
    assert Statement.objects.count() == len(waiting)
    rows = Comment.objects.filter(pk__in=[row.pk for row in waiting])
    bulk.decide_all(Comment.objects.all(), seen(list(rows)), Act.APPROVE, by=moderator)
    assert not Statement.objects.standing().exists()


def test_a_refusal_among_many_is_stated_as_one_by_itself(thread: Thread, moderator: User) -> None:
    people = [factories.guest(name) for name in ("Ada", "Ben", "Cleo")]
    alone, *many = [write(thread, "The same.", person=who, name=who.name) for who in people]
    decisions.decide(alone, Act.REJECT, seen=alone.version, by=moderator)
    bulk.decide_all(Comment.objects.all(), seen(many), Act.REJECT, by=moderator)
    told = ("measure", "words", "why", "ground", "provision", "decider", "moderator")
    first, *others = Statement.objects.order_by("pk").values(*told)
    assert others == [first, first]
    assert first["decider"] == Decider.HELPED
    owed = Job.objects.open().filter(name="moderation.statement")
    assert set(owed.values_list("payload__statement", flat=True)) == set(
        Statement.objects.values_list("pk", flat=True)
    )
    assert all(row.told_from == row.at + UNDO_WINDOW for row in Statement.objects.all())


@pytest.mark.parametrize("act", [Act.APPROVE, Act.REJECT, Act.SPAM])
def test_sixty_cost_little_more_than_six(
    thread: Thread,
    moderator: User,
    django_assert_max_num_queries: Callable[[int], object],
    act: Act,
) -> None:
    guest = factories.guest()
    rows = [factories.comment(thread, status=Status.HELD, person=guest) for _ in range(60)]
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        bulk.decide_all(Comment.objects.all(), seen(rows), act, by=moderator)
