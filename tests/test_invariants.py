"""Every breach of what must be true is found, and nothing else is called one."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments import services as comments
from community.comments.models import DEEPEST, Comment, Status
from community.mail.models import MailState
from community.mail.services import post
from community.outbox import services as outbox
from community.outbox.models import Job, JobState
from community.project import invariants
from community.subscriptions import services as subscriptions
from community.subscriptions.models import Delivery, Subscription
from community.threads.models import Thread
from community.votes import services as votes
from community.votes.models import Vote
from moderation import decisions
from moderation.models import Act, Decision
from moderation.record import rows_of
from tests import factories
from tests.moderation.posting import edit, write

LONG_AGO = timezone.now() - timedelta(hours=2)

pytestmark = pytest.mark.both


@pytest.fixture
def lived_in(thread: Thread, author: Person, reader: Person, moderator: User) -> Thread:
    """A thread with answers, votes, decisions, edits and e-mails."""
    subscriptions.follow_thread(thread, author.contact, author)
    Subscription.objects.update(confirmed_at=LONG_AGO)
    first = write(thread, person=reader)
    decisions.decide(first, Act.APPROVE, seen=first.version, by=moderator, reply="Thank you.")
    deep = first
    for _ in range(3):
        deep = write(thread, parent=deep, person=factories.guest())
        decisions.decide(deep, Act.APPROVE, seen=deep.version, by=moderator)
    spam = write(thread, person=factories.guest())
    decisions.decide(spam, Act.SPAM, seen=spam.version, by=moderator)
    undone = write(thread, person=factories.guest())
    decision = decisions.decide(undone, Act.APPROVE, seen=undone.version, by=moderator)
    decisions.undo(decision, by=moderator)
    edit(undone, "Other words than before.")
    comments.delete(Comment.objects.get(pk=deep.parent_id))
    votes.press(deep, author, 1)
    Job.objects.filter(state=JobState.OPEN).update(due=timezone.now())
    outbox.work()
    return thread


def found() -> str:
    """What the checks say."""
    return "\n".join(invariants.breaches())


def test_what_the_product_does_breaks_nothing(lived_in: Thread) -> None:
    assert Delivery.objects.count() == 4  # one was deleted before
    assert Decision.objects.count() > 10
    assert found() == ""


def test_the_command_ends_well(db: None) -> None:
    call_command("check_invariants", stdout=StringIO())


def test_the_command_fails_with_a_sentence_per_breach(lived_in: Thread) -> None:
    Thread.objects.update(comment_count=77)
    said = StringIO()
    with pytest.raises(CommandError, match="1 of the things"):
        call_command("check_invariants", stdout=said)
    assert said.getvalue().startswith("Threads whose comment_count is not what a recount gives: 1")


def last() -> Comment:
    """The deepest public comment."""
    return Comment.objects.published().order_by("-depth").first()


def overwrite(**fields: object) -> Callable[[], None]:
    """Change that comment behind the product's back."""
    return lambda: Comment.objects.filter(pk=last().pk).update(**fields) and None


def lose_vote() -> None:
    Vote.objects.all().delete()


def lose_delivery() -> None:
    Delivery.objects.filter(comment=last()).delete()


def move_to_another_thread() -> None:
    other = factories.thread(last().site)
    Comment.objects.filter(pk=last().parent_id).update(thread=other)


def bite_own_tail() -> None:
    one, two = Comment.objects.exclude(parent=None).order_by("pk")[:2]
    Comment.objects.filter(pk=one.pk).update(parent=two, depth=DEEPEST)
    Comment.objects.filter(pk=two.pk).update(parent=one, depth=DEEPEST)


def decide_again() -> None:
    row = Decision.objects.filter(comment=last()).last()
    Decision.objects.create(
        site=row.site,
        comment=row.comment,
        act=row.act,
        before=row.before,
        after=row.after,
        version=row.version,
    )


def lose_decision() -> None:
    # Only whoever holds the keys of the database gets past the guard of the record.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
    rows_of(Decision).filter(pk=Decision.objects.filter(comment=last()).first().pk).delete()


def leave_a_job() -> None:
    outbox.enqueue("announce", {"comment": 0})
    Job.objects.open().update(due=LONG_AGO, created_at=LONG_AGO)


def give_up_a_job() -> None:
    outbox.enqueue("announce", {"comment": 0})
    Job.objects.open().update(state=JobState.DEAD)


def leave_an_email() -> None:
    email = post(kind="account", to="ann@example.org", subject="Code", text="Your code.")
    type(email).objects.update(due=LONG_AGO, created_at=LONG_AGO)


def leave_a_delivery() -> None:
    Delivery.objects.update(
        state=MailState.WAITING, due=LONG_AGO, created_at=LONG_AGO, lease_until=LONG_AGO
    )


def forget_to_judge() -> None:
    made = factories.comment(Thread.objects.first(), status=Status.CHECKING)
    Comment.objects.filter(pk=made.pk).update(created_at=LONG_AGO)


@pytest.mark.parametrize(
    ("breach", "sentence"),
    [
        pytest.param(lose_vote, "whose ups is not", id="I5 votes"),
        pytest.param(overwrite(reply_count=3), "whose reply_count is not", id="I5 answers"),
        pytest.param(overwrite(branch_count=3), "whose branch_count is not", id="I5 branch"),
        pytest.param(overwrite(top_key=1), "whose top_key does not", id="I5 order"),
        pytest.param(overwrite(publication=99), "give a publication number twice", id="I5 number"),
        pytest.param(overwrite(status="held"), "no decision has put them", id="I1 status"),
        pytest.param(overwrite(status="held"), "are listed though", id="listed"),
        pytest.param(lose_decision, "broken chain", id="I1 chain"),
        pytest.param(decide_again, "decided twice", id="I8"),
        pytest.param(move_to_another_thread, "whose parent is in another", id="I10 thread"),
        pytest.param(overwrite(depth=9), "whose root, depth or path", id="I10 depth"),
        pytest.param(overwrite(path=b"x" * 8), "whose root, depth or path", id="I10 path"),
        pytest.param(bite_own_tail, "among their own ancestors", id="I10 cycle"),
        pytest.param(lose_delivery, "nobody told of", id="I3"),
        pytest.param(leave_a_job, "Jobs that are overdue", id="I9 job"),
        pytest.param(leave_an_email, "E-mails that are overdue", id="I9 e-mail"),
        pytest.param(leave_a_delivery, "E-mails about comments that", id="I9 delivery"),
        pytest.param(give_up_a_job, "Jobs that failed too often", id="given up"),
        pytest.param(forget_to_judge, "Comments nobody judges", id="unjudged"),
    ],
)
def test_a_breach_is_found(lived_in: Thread, breach: Callable[[], None], sentence: str) -> None:
    breach()
    assert sentence in found()


def test_whom_nothing_was_owed_is_not_called_untold(lived_in: Thread, reader: Person) -> None:
    late = factories.contact()
    subscriptions.follow_thread(lived_in, late, factories.guest())
    subscriptions.follow_thread(lived_in, factories.contact(proven=False), reader)
    assert found() == ""


def test_checks_cost_the_same_number_of_queries_whatever_there_is(
    lived_in: Thread, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    with django_assert_max_num_queries(30):
        found()
