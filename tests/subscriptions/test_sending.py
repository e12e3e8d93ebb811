"""One comment, four followers, a mail server with a fault: each of them hears once, or is told so.

After every fault the invariants are asked, and what lies at the mail server is held against the
rows: `sent` arrived once, `unknown` once or twice under one Message-ID, `failed` never.
"""

import socket
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.mail import hosts, restores, sender, tasks, transport
from community.mail.models import MailHost, MailState
from community.project.invariants import CHECKS
from community.subscriptions import announcements, links, notices, services, turns
from community.subscriptions.models import Delay, Delivery, Digest, Subscription
from community.subscriptions.timing import Hold
from community.threads.models import Thread
from tests import factories
from tests.mail import smtp_server
from tests.mail.smtp_server import SmtpServer, serving
from tests.subscriptions.helpers import do_jobs, move

ADDRESSES = [f"{name}@{name}.example" for name in ("ann", "ben", "cleo", "dora")]
ANN, OTHERS = ADDRESSES[0], ADDRESSES[1:]


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A mail server whose seconds are short, as are ours."""
    monkeypatch.setattr(transport, "TIMEOUT", 0.5)
    monkeypatch.setattr(smtp_server, "SLOW", 0.1)
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def comment(thread: Thread) -> Comment:
    """A comment that four people wait for."""
    for address in ADDRESSES:
        person = Person.objects.create(name=address, contact=factories.contact(address))
        services.follow_thread(thread, person.contact, person)
    made = factories.comment(thread)
    do_jobs()
    return made


def send(times: int = 1) -> None:
    """So many turns, each when everything is due and every rest over."""
    for _ in range(times):
        Delivery.objects.waiting().update(due=timezone.now())
        MailHost.objects.exclude(rests_until=None).update(rests_until=timezone.now())
        tasks.send_due()


def state_to(address: str) -> str:
    return Delivery.objects.values_list("state", flat=True).get(contact__address=address)


def check(server: SmtpServer) -> None:
    """I3, I4: rows and mail server tell the same story."""
    assert [breach for ask in CHECKS for breach in ask()] == []
    arrived = Counter(message_from_bytes(mail.content)["Message-ID"] for mail in server.arrived)
    allowed = {
        MailState.WAITING: {0, 1},  # 1: the answer was lost once
        MailState.SENT: {1, 2},
        MailState.UNKNOWN: {1, 2},
    }
    for row in Delivery.objects.select_related("contact"):
        name = notices.comment_mail_id(row.comment_id, row.contact)
        assert arrived.pop(name, 0) in allowed.get(MailState(row.state), {0}), row.state
    assert not arrived


FAULTS = [
    # the fault at Ann's host, how hers ends after one turn, and after some more
    ("rcpt:421", MailState.WAITING, MailState.SENT),
    ("rcpt:450", MailState.WAITING, MailState.SENT),
    ("rcpt:451", MailState.WAITING, MailState.SENT),
    ("rcpt:550", MailState.FAILED, MailState.FAILED),
    ("rcpt:drop", MailState.WAITING, MailState.SENT),
    ("rcpt:hang", MailState.WAITING, MailState.SENT),
    ("data:421", MailState.WAITING, MailState.SENT),
    ("data:554", MailState.FAILED, MailState.FAILED),
    ("end:421", MailState.WAITING, MailState.SENT),
    ("end:451", MailState.WAITING, MailState.SENT),
    ("end:550", MailState.FAILED, MailState.FAILED),
    ("end:drop", MailState.WAITING, MailState.SENT),
    ("end:lose", MailState.WAITING, MailState.SENT),
    ("end:hang", MailState.WAITING, MailState.SENT),
    ("end:slow", MailState.SENT, MailState.SENT),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "at_first", "in_the_end"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_a_fault_at_one_host_is_mended_and_spares_the_others(
    server: SmtpServer, comment: Comment, fault: str, at_first: MailState, in_the_end: MailState
) -> None:
    server.script(ANN, fault)
    send()
    assert state_to(ANN) == at_first
    assert [state_to(address) for address in OTHERS] == [MailState.SENT] * 3
    check(server)
    send(2)
    assert state_to(ANN) == in_the_end
    check(server)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fault", ["banner:421", "banner:554", "banner:hang", "mail:421", "mail:451", "mail:drop"]
)
def test_a_fault_of_our_own_server_loses_nobody_s_e_mail(
    server: SmtpServer, comment: Comment, fault: str
) -> None:
    server.mode = fault
    send(2)
    check(server)
    server.mode = "accept"
    send(2)
    assert {state_to(address) for address in ADDRESSES} == {MailState.SENT}
    assert len(server.arrived) == 4
    check(server)


@pytest.mark.django_db
def test_a_server_that_refuses_the_call_is_asked_again(
    server: SmtpServer, comment: Comment, settings: Settings
) -> None:
    right = settings.MAIL_URL
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: the kernel refuses
        settings.MAIL_URL = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        send(3)
    check(server)
    settings.MAIL_URL = right
    send(2)
    assert len(server.arrived) == 4
    check(server)


@pytest.mark.django_db
def test_without_the_encryption_that_is_required_nothing_leaves(
    server: SmtpServer, comment: Comment, settings: Settings
) -> None:
    settings.MAIL_URL = f"{server.url}?tls=required"
    send(2)
    assert server.arrived == []
    check(server)
    settings.MAIL_URL = server.url
    send(2)
    assert len(server.arrived) == 4
    check(server)


@pytest.mark.django_db
def test_one_e_mail_after_another_is_slow_and_no_fault(
    server: SmtpServer, comment: Comment
) -> None:
    server.mode = "end:slow"
    send()
    assert (len(server.arrived), hosts.away()) == (4, set())
    check(server)


@pytest.mark.both
@pytest.mark.django_db
def test_followers_at_a_host_that_rests_are_left_out_on_both_databases(
    server: SmtpServer, comment: Comment
) -> None:
    hosts.trouble("ann.example")
    tasks.send_due()
    assert sorted(mail.recipients[0] for mail in server.arrived) == OTHERS
    assert state_to(ANN) == MailState.WAITING
    check(server)
    send()
    assert state_to(ANN) == MailState.SENT


@pytest.mark.django_db
def test_greylisting_for_two_days_is_waited_for_and_then_given_up(
    server: SmtpServer, comment: Comment
) -> None:
    server.script(ANN, *["rcpt:451"] * 60)
    Delivery.objects.filter(contact__address=ANN).update(postponed=sender.MOST_POSTPONED - 2)
    send(2)
    assert state_to(ANN) == MailState.WAITING
    send()
    assert state_to(ANN) == MailState.FAILED
    check(server)


def test_the_schedule_lasts_two_days() -> None:
    waits = [sender.WAITS[min(n, 3)] for n in range(sender.MOST_POSTPONED)]
    assert 47 < sum(wait.total_seconds() for wait in waits) / 3600 <= 48


@pytest.mark.django_db
def test_whoever_stops_between_claim_and_sending_gets_nothing(
    server: SmtpServer, comment: Comment
) -> None:
    claimed = notices.due().claim(4)
    Subscription.objects.filter(contact__address=ANN).end()
    whole = sender.Turn([], transport.opened(server.url)).sender(
        sender.Desk(notices.due, notices.compose, notices.heed_refusal)
    )
    for row in claimed:
        whole.send(row)  # type: ignore[arg-type]
    whole.transport.close()
    assert state_to(ANN) == MailState.SKIPPED
    assert sorted(mail.recipients[0] for mail in server.arrived) == OTHERS
    check(server)


@pytest.mark.django_db
def test_a_comment_that_is_hidden_between_claim_and_sending_is_not_told_of(
    server: SmtpServer, comment: Comment
) -> None:
    notices.due().claim(4)
    Delivery.objects.update(lease_until=None)
    move(comment, Status.REJECTED)
    send()
    assert server.arrived == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {MailState.SKIPPED}


@pytest.mark.django_db
def test_a_comment_told_of_before_a_restore_is_not_told_of_again(
    server: SmtpServer, comment: Comment
) -> None:
    """Though the announcement itself was still to be made when the backup was, and runs again."""
    tasks.send_due()
    arrived = len(server.arrived)
    Delivery.objects.all().delete()
    Comment.objects.update(announced_at=None)
    restores.note(restores.RESTORED, timezone.now())
    announcements.announce({"comment": comment.pk})
    send()
    assert len(server.arrived) == arrived == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {MailState.HELD}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at_first", "state"),
    [
        ("waits", "waiting"),
        ("was put off", "waiting"),
        ("had its turn", "waiting"),
        ("was gathered", "gathered"),
        ("its digest was put off", "gathered"),
    ],
)
def test_no_e_mail_leaves_after_a_stop_was_answered(
    server: SmtpServer, comment: Comment, at_first: str, state: str
) -> None:
    """I12, wherever the e-mail stands when its receiver presses."""
    row = notices.due().get(contact__address=ANN)
    if at_first == "was put off":
        server.script(ANN, "rcpt:451")
        send()
    elif at_first == "had its turn":
        turns.look_ahead(notices.due().claim(4))
        Delivery.objects.update(lease_until=None)
    elif state == "gathered":
        turns.join(row, Hold(timezone.now(), Delay.GATHERED))
    if at_first == "its digest was put off":
        server.script(ANN, "rcpt:451")
        send()
        Digest.objects.update(due=timezone.now())
    assert state_to(ANN) == state
    url = links.stop_url(comment.site, row.contact, row.subscription)
    answer = Client().post(urlsplit(url).path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    send(3)
    assert sorted(mail.recipients[0] for mail in server.arrived) == OTHERS
    assert state_to(ANN) == MailState.SKIPPED
    check(server)
