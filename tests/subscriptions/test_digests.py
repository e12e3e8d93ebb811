"""E-mails that wait for others: gathered, put off, capped, and never marked before they are out."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.mail import tasks as mail
from community.mail.message import Message
from community.mail.models import MailState
from community.subscriptions import announcements, digests, services, tasks, turns
from community.subscriptions.models import (
    Delay,
    Delivery,
    Digest,
    Mute,
    Pace,
    Subscription,
    Timing,
    Unwanted,
)
from community.threads.models import Thread
from tests import factories
from tests.mail.smtp_server import SmtpServer, serving
from tests.subscriptions.helpers import bodies, do_jobs, move, parsed

# Monday noon.
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.both


@pytest.fixture
def server(settings: Settings, db: None) -> Iterator[SmtpServer]:
    """The mail server that everything goes to."""
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands until it is moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def follower(thread: Thread, pace: str = Pace.AT_ONCE, **timing: object) -> Person:
    """Someone who follows a thread at a pace."""
    ann = Person.objects.create(name="Ann", contact=factories.contact("ann@example.org"))
    Timing.objects.create(contact=ann.contact, **timing)
    services.follow_thread(thread, ann.contact, ann, pace)
    return ann


def said(thread: Thread, words: str = "", **how: object) -> Comment:
    """A comment everybody was told of who is to be told."""
    comment = factories.comment(thread, words, **how)
    do_jobs()
    return comment


def send() -> None:
    """One turn of both tasks."""
    tasks.gather()
    mail.send_due()


def states() -> list[str]:
    """How each e-mail about a comment stands, oldest first."""
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def texts(server: SmtpServer) -> list[str]:
    """What arrived, as plain text."""
    return [bodies(parsed(sent.content))[0] for sent in server.arrived]


# --- gathered within minutes ---


def test_the_first_comes_at_once_and_what_follows_within_minutes_in_one(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread)
    for words in ("First words.", "Second words.", "Third words."):
        said(thread, words)
    send()
    assert len(server.arrived) == 1
    assert states() == [MailState.SENT, MailState.GATHERED, MailState.GATHERED]
    clock.shift(6 * MINUTE)
    send()
    assert len(server.arrived) == 2
    assert states() == [MailState.SENT] * 3
    assert "Second words." in texts(server)[1]
    assert "Third words." in texts(server)[1]
    assert set(Delivery.objects.values_list("delay", flat=True)) == {"", Delay.GATHERED}


def test_what_stands_alone_in_the_end_reads_like_any_other(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread)
    said(thread)
    said(thread, "The second.")
    send()
    clock.shift(6 * MINUTE)
    send()
    assert "wrote on “On tides”:" in texts(server)[1]


def test_another_thread_is_not_held_up(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    ann = follower(thread)
    other = factories.thread(thread.site)
    services.follow_thread(other, ann.contact, ann)
    said(thread)
    said(other)
    send()
    assert len(server.arrived) == 2


# --- together ---


@pytest.mark.parametrize(
    ("pace", "wait"), [(Pace.HOURLY, HOUR), (Pace.DAILY, 20 * HOUR), (Pace.WEEKLY, 7 * DAY)]
)
def test_what_is_wanted_together_comes_in_one_e_mail_in_its_time(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller, pace: str, wait: timedelta
) -> None:
    follower(thread, pace)
    for words in ("First words.", "Second words."):
        said(thread, words)
        send()
    clock.shift(wait - 6 * HOUR if wait > DAY else wait - MINUTE)
    send()
    assert server.arrived == []
    clock.shift(6 * HOUR)
    send()
    assert len(server.arrived) == 1
    assert "2 new comments on “On tides”" in parsed(server.arrived[0].content)["Subject"]
    assert states() == [MailState.SENT] * 2


def test_a_restless_night_is_told_in_the_morning_in_one_e_mail(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    ann = follower(thread, quiet_from=22, quiet_until=7, zone="Europe/Berlin")
    other = factories.thread(thread.site)
    services.follow_thread(other, ann.contact, ann)
    clock.move_to(NOON + 10 * HOUR)  # 23 o'clock in Berlin
    said(thread)
    said(other)
    send()
    assert server.arrived == []
    clock.shift(8 * HOUR + MINUTE)
    send()
    assert len(server.arrived) == 1
    assert set(Delivery.objects.values_list("delay", flat=True)) == {Delay.QUIET}


def test_more_than_somebody_wants_in_a_day_comes_the_next_morning(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread, most_a_day=2)
    for _ in range(4):
        said(thread)
        send()
        clock.shift(10 * MINUTE)
    assert len(server.arrived) == 2
    assert Delivery.objects.filter(delay=Delay.CAP).count() == 2
    clock.move_to(NOON + 20 * HOUR + MINUTE)
    send()
    assert len(server.arrived) == 3
    assert states() == [MailState.SENT] * 4


def test_choosing_another_pace_holds_for_all_one_follows(thread: Thread) -> None:
    ann = follower(thread)
    services.set_timing(Timing(contact=ann.contact, pace=Pace.DAILY))
    assert Subscription.objects.get().pace == Pace.DAILY
    services.set_timing(Timing(contact=ann.contact, pace=Pace.DAILY, most_a_day=3))
    services.follow_thread(factories.thread(thread.site), ann.contact, ann)
    assert set(Subscription.objects.values_list("pace", flat=True)) == {Pace.DAILY}


# --- what drops out ---


def removed(comment: Comment, ann: Person) -> None:
    move(comment, Status.HELD)


def seen(comment: Comment, ann: Person) -> None:
    services.mark_seen(ann.contact_id, [comment.pk])


def muted(comment: Comment, ann: Person) -> None:
    Mute.objects.create(contact=ann.contact, person=comment.person)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (removed, Unwanted.COMMENT),
        (seen, Unwanted.SEEN),
        (muted, Unwanted.PERSON_MUTED),
    ],
)
def test_what_is_not_wanted_any_more_drops_out_with_its_reason(
    thread: Thread,
    server: SmtpServer,
    clock: time_machine.Traveller,
    change: Callable[[Comment, Person], None],
    code: str,
) -> None:
    ann = follower(thread, Pace.DAILY)
    comment = said(thread, "The canary word.")
    said(thread, "It stays.")
    said(thread, "It stays too.")
    send()
    change(comment, ann)
    clock.shift(DAY)
    send()
    assert len(server.arrived) == 1
    assert "canary" not in texts(server)[0]
    row = Delivery.objects.get(comment=comment)
    assert (row.state, row.reason) == (MailState.SKIPPED, code)


def test_a_digest_of_which_nothing_is_left_is_not_sent(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    ann = follower(thread, Pace.DAILY)
    comment = said(thread)
    send()
    services.mark_seen(ann.contact_id, [comment.pk])
    clock.shift(DAY)
    send()
    assert server.arrived == []
    assert Digest.objects.get().reason == Unwanted.NOTHING_LEFT


def test_what_was_seen_on_the_site_comes_by_no_e_mail(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    ann = follower(thread)
    comment = said(thread)
    assert services.mark_seen(ann.contact_id, [comment.pk]) == 1
    assert services.mark_seen(ann.contact_id, [comment.pk]) == 0
    send()
    assert server.arrived == []
    assert Delivery.objects.get().reason == Unwanted.SEEN


def test_what_a_backup_brings_back_after_days_is_not_sent(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread, Pace.DAILY)
    said(thread)
    send()
    clock.shift(5 * DAY)
    send()
    assert server.arrived == []
    assert Delivery.objects.get().reason == Unwanted.LATE


# --- never marked before it is out ---


def gathered(thread: Thread, clock: time_machine.Traveller) -> Digest:
    """A digest of two comments that is due."""
    follower(thread, Pace.DAILY)
    said(thread)
    said(thread)
    send()
    clock.shift(DAY)
    return Digest.objects.get()


def test_parts_are_not_marked_while_the_server_says_not_now(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    gathered(thread, clock)
    server.script("ann@example.org", "rcpt:451", "accept")
    send()
    assert states() == [MailState.GATHERED] * 2
    clock.shift(2 * MINUTE)
    send()
    assert states() == [MailState.SENT] * 2


def test_what_comes_between_two_tries_is_told_by_the_next_digest(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    gathered(thread, clock)
    server.script("ann@example.org", "end:drop", "accept", "accept")
    send()
    said(thread, "It came between.")
    send()
    clock.shift(2 * MINUTE)
    send()
    assert states() == [MailState.SENT, MailState.SENT, MailState.GATHERED]
    ids = [parsed(sent.content)["Message-ID"] for sent in server.arrived]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    clock.shift(DAY)
    send()
    assert states() == [MailState.SENT] * 3
    assert "It came between." in texts(server)[-1]


def test_an_answer_that_is_lost_twice_is_not_tried_again_by_another_digest(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    gathered(thread, clock)
    server.script("ann@example.org", "end:drop", "end:drop")
    for _ in range(5):
        send()
        clock.shift(2 * MINUTE)
    assert states() == [MailState.UNKNOWN] * 2
    assert len(server.arrived) == 2


def test_a_digest_that_fails_keeps_its_parts_for_the_next(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    gathered(thread, clock)
    server.script("ann@example.org", "end:550", "accept")
    send()
    assert Digest.objects.filter(state=MailState.FAILED).count() == 1
    assert states() == [MailState.GATHERED] * 2
    send()
    clock.shift(DAY)
    send()
    assert states() == [MailState.SENT] * 2


def test_parts_nobody_can_deliver_are_given_up(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread, Pace.HOURLY)
    said(thread)
    server.script("ann@example.org", *["end:550"] * 9)
    for _ in range(9):
        send()
        clock.shift(2 * HOUR)
    assert states() == [MailState.FAILED]


def test_a_worker_killed_before_the_words_left_leaves_everything_to_be_sent(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    digest = gathered(thread, clock)
    claimed = digests.due().claim(1)
    assert isinstance(digests.compose(claimed[0]), Message)  # and dies here
    clock.shift(2 * MINUTE)
    send()
    digest.refresh_from_db()
    assert (digest.state, states()) == (MailState.SENT, [MailState.SENT] * 2)
    assert len(server.arrived) == 1


def test_tries_are_counted_from_the_first_and_not_from_the_week_before(
    thread: Thread, server: SmtpServer, clock: time_machine.Traveller
) -> None:
    follower(thread, Pace.WEEKLY)
    said(thread)
    send()
    clock.shift(7 * DAY)
    server.script("ann@example.org", "rcpt:451")
    send()
    assert Digest.objects.get().state == MailState.WAITING


def test_a_hundred_thousand_who_want_one_a_day_are_gathered_by_few_statements(
    thread: Thread, clock: time_machine.Traveller
) -> None:
    people = [factories.contact(f"r{number}@example.org") for number in range(30)]
    for contact in people:
        wish = Subscription(contact=contact, thread=thread, scope="thread", pace=Pace.DAILY)
        wish.confirmed_at = timezone.now()
        wish.save()
    said(thread)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert digests.gather() == 30
    assert len(asked) <= 16
    assert Digest.objects.count() == 30


# --- at the same moment ---


def all_at_once(number: int, work: Callable[[int], None]) -> None:
    """Let so many workers do something at the same moment, each on its own connection."""
    start = threading.Barrier(number)
    troubles: list[BaseException] = []

    def run(turn: int) -> None:
        try:
            start.wait(10)
            work(turn)
        except Exception as trouble:  # noqa: BLE001
            troubles.append(trouble)
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=(turn,)) for turn in range(number)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert troubles == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_replies_in_one_moment_one_leaves_and_the_others_are_gathered(
    thread: Thread,
) -> None:
    follower(thread)
    for _ in range(6):
        said(thread)
    rows = turns.notices.due().claim(6)
    left: list[object] = []
    all_at_once(6, lambda turn: left.append(turns.compose(rows[turn])))
    assert len([found for found in left if isinstance(found, Message)]) == 1
    assert Delivery.objects.gathered().count() == 5
    assert Digest.objects.get().parts.count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_together_send_no_more_than_the_cap(thread: Thread) -> None:
    ann = follower(thread, most_a_day=3)
    for _ in range(6):
        other = factories.thread(thread.site)
        services.follow_thread(other, ann.contact, ann)
        said(other)
    rows = turns.notices.due().claim(6)
    left: list[object] = []
    all_at_once(6, lambda turn: left.append(turns.compose(rows[turn])))
    assert len([found for found in left if isinstance(found, Message)]) == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whatever_joins_while_a_digest_leaves_is_in_it_or_in_the_next(thread: Thread) -> None:
    follower(thread, Pace.HOURLY)
    said(thread)
    digests.gather()
    Digest.objects.update(due=timezone.now())
    claimed = digests.due().claim(1)[0]
    for _ in range(5):
        said(thread)
    told: list[int] = []

    def leave_or_gather(turn: int) -> None:
        if turn:
            digests.gather()
        elif digests.takes_turn(claimed):
            told.extend(part.pk for part in digests.wanted_parts(claimed))

    all_at_once(4, leave_or_gather)
    digests.gather()
    bound = claimed.parts.values_list("pk", flat=True)
    assert sorted(told) == sorted(bound)
    assert Delivery.objects.gathered().filter(digest=None).count() == 0
    assert Delivery.objects.gathered().count() == 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_announcement_done_by_many_workers_tells_everybody_once(thread: Thread) -> None:
    follower(thread)
    comment = factories.comment(thread)
    all_at_once(6, lambda _turn: announcements.announce({"comment": comment.pk}))
    assert Delivery.objects.count() == 1
