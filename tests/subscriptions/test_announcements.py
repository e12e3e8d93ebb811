"""Who hears of a comment, and who does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.outbox import services as outbox
from community.outbox.handlers import Later
from community.subscriptions import announcements, services
from community.subscriptions.models import Delivery, Scope, Subscription
from community.threads.models import Thread
from tests import factories
from tests.subscriptions.helpers import do_jobs, heard, move

pytestmark = pytest.mark.both  # one statement of ours must be understood by both databases


def follower(thread: Thread, address: str) -> Person:
    """Someone who gets every new comment of a thread."""
    person = Person.objects.create(name=address, contact=factories.contact(address))
    services.follow_thread(thread, person.contact, person)
    return person


def waiting_comment(thread: Thread, person: Person, waits_for: str = "link") -> Comment:
    """A comment that waits for a moderator, whose author wants to hear of it."""
    comment = factories.comment(thread, person=person, status=Status.CHECKING)
    move(comment, Status.HELD, waits_for=waits_for)
    services.follow_own(comment, person.contact, person)
    return comment


def test_everyone_who_follows_hears_once_but_not_the_author(thread: Thread) -> None:
    follower(thread, "ann@example.org")
    author = follower(thread, "ben@example.org")
    comment = factories.comment(thread, person=author)
    do_jobs()
    announcements.announce({"comment": comment.pk})
    assert heard(comment) == [("ann@example.org", "thread")]


def test_the_author_hears_that_a_comment_that_waited_is_published(
    thread: Thread, author: Person
) -> None:
    comment = waiting_comment(thread, author)
    move(comment, Status.PUBLISHED)
    do_jobs()
    assert heard(comment) == [(author.contact.address, "published")]


def test_the_author_does_not_hear_of_a_comment_that_never_waited(
    thread: Thread, author: Person
) -> None:
    comment = factories.comment(thread, person=author, status=Status.CHECKING)
    services.follow_own(comment, author.contact, author)
    move(comment, Status.PUBLISHED)
    do_jobs()
    assert heard(comment) == []


def test_an_answer_to_ones_comment_comes_once_though_one_follows_the_thread(
    thread: Thread, author: Person
) -> None:
    services.follow_thread(thread, author.contact, author)
    comment = factories.comment(thread, person=author)
    services.follow_own(comment, author.contact, author)
    answer = factories.comment(thread, parent=comment)
    do_jobs()
    assert heard(answer) == [(author.contact.address, "reply")]


def test_one_does_not_hear_of_ones_own_answer(thread: Thread, author: Person) -> None:
    comment = factories.comment(thread, person=author)
    services.follow_own(comment, author.contact, author)
    answer = factories.comment(thread, parent=comment, person=author)
    typed_elsewhere = factories.comment(thread, parent=comment, email=author.contact.address)
    do_jobs()
    assert heard(answer) == heard(typed_elsewhere) == []


def test_who_deleted_a_comment_hears_of_no_more_answers(thread: Thread, author: Person) -> None:
    comment = factories.comment(thread, person=author)
    services.follow_own(comment, author.contact, author)
    answer = factories.comment(thread, parent=comment)
    move(comment, Status.WITHDRAWN)
    do_jobs()
    assert heard(answer) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"confirmed_at": None}, id="address not confirmed"),
        pytest.param({"ended_at": timezone.now()}, id="stopped"),
        pytest.param({"since": 99}, id="asked after it became public"),
    ],
)
def test_who_is_not_entitled_does_not_hear(thread: Thread, change: dict[str, object]) -> None:
    follower(thread, "ann@example.org")
    Subscription.objects.update(**change)
    comment = factories.comment(thread)
    do_jobs()
    assert heard(comment) == []


def test_a_paused_address_does_not_hear(thread: Thread) -> None:
    follower(thread, "ann@example.org")
    Contact.objects.update(paused_at=timezone.now())
    comment = factories.comment(thread)
    do_jobs()
    assert heard(comment) == []


@pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED, Status.SPAM, Status.WITHDRAWN])
def test_nobody_hears_of_what_is_not_public(thread: Thread, status: Status) -> None:
    follower(thread, "ann@example.org")
    comment = factories.comment(thread, status=status)
    announcements.announce({"comment": comment.pk})
    comment.refresh_from_db()
    assert heard(comment) == []
    assert comment.announced_at is None


def test_an_undone_approval_is_not_announced(thread: Thread) -> None:
    follower(thread, "ann@example.org")
    comment = factories.comment(thread, status=Status.HELD)
    lifecycle.move(
        comment, Status.PUBLISHED, seen=comment.version, announce_in=timedelta(seconds=10)
    )
    assert outbox.cancel(lifecycle.announcement_key(comment.pk)) == 1
    move(comment, Status.HELD)
    do_jobs()
    assert heard(comment) == []


def test_a_second_approval_is_not_announced_again(thread: Thread) -> None:
    follower(thread, "ann@example.org")
    comment = factories.comment(thread)
    do_jobs()
    Delivery.objects.all().delete()
    move(comment, Status.HELD)
    move(comment, Status.PUBLISHED)
    do_jobs()
    assert heard(comment) == []


def test_what_became_public_before_one_asked_is_no_news(thread: Thread) -> None:
    early = factories.comment(thread)
    follower(thread, "ann@example.org")
    late = factories.comment(thread)
    do_jobs()
    assert (heard(early), heard(late)) == ([], [("ann@example.org", "thread")])


def test_a_late_approval_is_news_though_it_was_written_first(thread: Thread) -> None:
    early = factories.comment(thread, status=Status.HELD)
    factories.comment(thread)
    follower(thread, "ann@example.org")
    move(early, Status.PUBLISHED)
    do_jobs()
    assert heard(early) == [("ann@example.org", "thread")]


def test_personal_e_mails_overtake_those_to_everyone(thread: Thread, author: Person) -> None:
    follower(thread, "ann@example.org")
    comment = factories.comment(thread, person=author)
    services.follow_own(comment, author.contact, author)
    factories.comment(thread, parent=comment)
    do_jobs()
    kinds = Delivery.objects.order_by("due", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["reply", "thread", "thread"]


def test_confirming_sends_what_became_public_since_one_asked(
    thread: Thread, reader: Person
) -> None:
    contact = factories.contact("rosa@example.org", proven=False)
    before = factories.comment(thread)
    services.follow_thread(thread, contact, reader)
    mine = factories.comment(thread, person=reader, status=Status.CHECKING)
    move(mine, Status.HELD, waits_for="first")
    services.follow_own(mine, contact, reader)
    move(mine, Status.PUBLISHED)
    answer = factories.comment(thread, parent=mine)
    other = factories.comment(thread)
    do_jobs()
    assert Delivery.objects.count() == 0
    services.confirm(contact, reader)
    do_jobs()
    do_jobs()
    told = {comment.pk: heard(comment) for comment in (before, mine, answer, other)}
    assert told == {
        before.pk: [],
        mine.pk: [("rosa@example.org", "published")],
        answer.pk: [("rosa@example.org", "reply")],
        other.pk: [("rosa@example.org", "thread")],
    }


def test_catching_up_waits_for_announcements_under_way(thread: Thread, reader: Person) -> None:
    contact = factories.contact("rosa@example.org", proven=False)
    services.follow_thread(thread, contact, reader)
    services.confirm(contact, reader)
    comment = factories.comment(thread)
    with pytest.raises(Later):
        announcements.catch_up({"contact": contact.pk})
    assert heard(comment) == []
    announcements.announce({"comment": comment.pk})
    assert heard(comment) == [("rosa@example.org", "thread")]


def test_confirming_after_a_week_brings_nothing_old(thread: Thread, reader: Person) -> None:
    contact = factories.contact("rosa@example.org", proven=False)
    services.follow_thread(thread, contact, reader)
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=8))
    comment = factories.comment(thread)
    do_jobs()
    services.confirm(contact, reader)
    do_jobs()
    assert heard(comment) == []


def test_imported_comments_are_no_news(thread: Thread, reader: Person) -> None:
    contact = factories.contact("rosa@example.org", proven=False)
    services.follow_thread(thread, contact, reader)
    comment = factories.comment(thread)
    Comment.objects.filter(pk=comment.pk).update(import_number=7, announced_at=timezone.now())
    services.confirm(contact, reader)
    do_jobs()
    assert heard(comment) == []


def test_ten_thousand_hear_by_as_many_statements_as_one(thread: Thread) -> None:
    number = 10_000
    Contact.objects.bulk_create(
        [Contact(address=f"r{n}@example.org") for n in range(number)], batch_size=5_000
    )
    now = timezone.now()
    Subscription.objects.bulk_create(
        [
            Subscription(contact_id=pk, thread=thread, scope=Scope.THREAD, confirmed_at=now)
            for pk in Contact.objects.values_list("pk", flat=True)
        ],
        batch_size=5_000,
    )
    # What the database does by itself before long; it knows an empty table from the tests before.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    comment = factories.comment(thread)
    with CaptureQueriesContext(connection) as said:
        announcements.announce({"comment": comment.pk})
    assert Delivery.objects.count() == number
    writing = [line for line in said if line["sql"].startswith("INSERT INTO")]
    assert len(writing) == len(list(announcements.reasons(comment, Subscription.objects.all())))
