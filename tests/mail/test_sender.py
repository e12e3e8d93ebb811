"""Every e-mail comes to one certain end, whatever the mail server does and whoever dies."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from community.mail import lines, sender, tasks, transport
from community.mail.message import Later, Message, Phase
from community.mail.models import Email, MailHost, MailState
from community.mail.sender import Skip
from community.mail.services import message_of, post
from tests.mail.smtp_server import SmtpServer, serving

HOUR = timedelta(hours=1)


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    """The mail server that everything goes to."""
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second instead of ten."""
    monkeypatch.setattr(transport, "TIMEOUT", 0.5)


def write(to: str = "ann@example.org") -> Email:
    """An e-mail to be sent."""
    return post(kind="test", to=to, subject="Hello", text="The tide is coming.")


def send() -> int:
    """One turn, with everything due now and every rest over."""
    Email.objects.waiting().update(due=timezone.now())
    MailHost.objects.exclude(rests_until=None).update(rests_until=timezone.now())
    return tasks.send_due()


def lapse(email: Email, **changes: Any) -> None:
    """What is left of a row whose worker was killed a while ago."""
    ago = timezone.now() - HOUR
    Email.objects.filter(pk=email.pk).update(lease_until=ago, attempts=1, **changes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("faults", "state", "arrived"),
    [
        pytest.param(["accept"], MailState.SENT, 1, id="accepted"),
        pytest.param(["rcpt:550"], MailState.FAILED, 0, id="refused address"),
        pytest.param(["end:550"], MailState.FAILED, 0, id="refused words"),
        pytest.param(["rcpt:451"], MailState.WAITING, 0, id="not now"),
        pytest.param(["data:451"], MailState.WAITING, 0, id="not now, before the words"),
        pytest.param(["end:451"], MailState.WAITING, 0, id="not now, after the words"),
        pytest.param(["rcpt:451", "accept"], MailState.SENT, 1, id="greylisted"),
        pytest.param(["end:451"] * 3 + ["accept"], MailState.SENT, 1, id="a clear no is no try"),
        pytest.param(["rcpt:drop", "accept"], MailState.SENT, 1, id="line lost before the words"),
        pytest.param(["end:drop"], MailState.WAITING, 1, id="answer lost once"),
        pytest.param(["end:drop", "accept"], MailState.SENT, 2, id="answer lost, then accepted"),
        pytest.param(["end:lose", "accept"], MailState.SENT, 1, id="really lost, then accepted"),
        pytest.param(["end:drop", "end:drop"], MailState.UNKNOWN, 2, id="answer lost twice"),
        pytest.param(["end:drop"] * 5, MailState.UNKNOWN, 2, id="no third time"),
        pytest.param(["end:drop", "rcpt:550"], MailState.UNKNOWN, 1, id="lost, then refused"),
        pytest.param(
            ["end:drop", "end:451", "end:drop", "accept"],
            MailState.UNKNOWN,
            2,
            id="a clear no between two lost answers",
        ),
    ],
)
def test_every_end_tells_the_truth(
    server: SmtpServer, faults: list[str], state: MailState, arrived: int
) -> None:
    email = write()
    server.script(email.to, *faults)
    for _ in faults:
        send()
    email.refresh_from_db()
    assert email.state == state
    assert len(server.arrived) == arrived
    assert {message_from_bytes(mail.content)["Message-ID"] for mail in server.arrived} <= {
        email.message_id
    }
    assert (email.finished_at is None) is (state == MailState.WAITING)


@pytest.mark.django_db
def test_what_is_sent_is_not_sent_again(server: SmtpServer) -> None:
    write()
    assert (send(), send()) == (1, 0)
    assert len(server.arrived) == 1


@pytest.mark.django_db
def test_a_row_left_before_the_words_went_out_is_sent(server: SmtpServer) -> None:
    email = write()
    lapse(email)
    send()
    assert len(server.arrived) == 1


@pytest.mark.django_db
def test_a_row_left_after_the_words_went_out_is_sent_once_more(server: SmtpServer) -> None:
    email = write()
    lapse(email, handed_over=1)
    send()
    email.refresh_from_db()
    assert (email.state, len(server.arrived)) == (MailState.SENT, 1)


@pytest.mark.django_db
def test_a_row_left_twice_after_the_words_went_out_is_not_sent_again(server: SmtpServer) -> None:
    email = write()
    lapse(email, handed_over=2)
    send()
    email.refresh_from_db()
    assert (email.state, server.arrived) == (MailState.UNKNOWN, [])


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_hands_nothing_over(server: SmtpServer) -> None:
    email = write()

    def slowly(row: Email) -> Message:
        Email.objects.filter(pk=row.pk).update(attempts=2)  # someone else has taken it
        return message_of(row)

    sender.send_due(Email.objects.waiting(), slowly)
    email.refresh_from_db()
    assert server.arrived == []
    assert (email.state, email.handed_over) == (MailState.WAITING, 0)


@pytest.mark.django_db
def test_what_is_not_wanted_any_more_is_not_sent(server: SmtpServer) -> None:
    email = write()
    sender.send_due(Email.objects.waiting(), lambda row: Skip("Stopped."))
    email.refresh_from_db()
    assert (email.state, email.reason) == (MailState.SKIPPED, "Stopped.")
    assert server.connections == 0


@pytest.mark.django_db
def test_rows_that_cannot_be_composed_stop_nobody_and_are_put_aside(
    server: SmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    poison = [write(f"poison{n}@example.org").pk for n in range(10)]
    write()

    def compose(row: Email) -> Message:
        if row.pk in poison:
            raise ValueError("nonsense")
        return message_of(row)

    for _ in range(5):
        Email.objects.waiting().update(due=timezone.now())
        sender.send_due(Email.objects.waiting(), compose)
    assert [mail.recipients for mail in server.arrived] == [("ann@example.org",)]
    aside = Email.objects.filter(pk__in=poison)
    assert set(aside.values_list("state", "reason", "attempts")) == {
        (MailState.FAILED, "ValueError: nonsense", 5)
    }
    assert "cannot be sent" in caplog.text


@pytest.mark.django_db
def test_a_server_that_is_away_is_called_once_a_batch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Away:
        def send(self, message: Message, handing_over: Any = None) -> None:
            calls.append(message.to)
            raise Later("Nobody there.", phase=Phase.CONNECT)

        def close(self) -> None: ...

    monkeypatch.setattr(lines, "opened", lambda url: Away())
    for number in range(10):
        write(f"r{number}@example.org")
    assert send() == 10
    assert tasks.send_due() == 0  # it rests
    assert len(calls) == 1
    assert set(Email.objects.values_list("state", "lease_until")) == {(MailState.WAITING, None)}
    assert Email.objects.filter(postponed=0).count() == 9
    MailHost.objects.update(rests_until=timezone.now())
    assert tasks.send_due() == 1  # one tries for all
    assert Email.objects.filter(postponed=0).count() == 8


@pytest.mark.django_db
def test_one_address_that_hangs_holds_up_the_others_for_one_time_out(
    server: SmtpServer, impatient: None
) -> None:
    for address in ("ann@example.org", "ben@example.net", "cleo@example.com"):
        write(address)
    server.script("ann@example.org", "rcpt:hang")
    began = timezone.now()
    send()
    assert timezone.now() - began < timedelta(seconds=3)
    assert [mail.recipients[0] for mail in server.arrived] == [
        "ben@example.net",
        "cleo@example.com",
    ]


@pytest.mark.django_db
def test_many_go_over_one_line(server: SmtpServer) -> None:
    for number in range(25):
        write(f"r{number}@example.org")
    send()
    assert (len(server.arrived), server.connections) == (25, 1)


@pytest.mark.django_db
def test_tries_come_after_1_5_15_60_minutes_then_hourly_for_two_days() -> None:
    email = write()
    born = email.created_at
    now, waits = born, []
    with_later = Later("Not now.", phase=Phase.RECIPIENT)
    while email.state == MailState.WAITING:
        email.attempts += 1
        Email.objects.filter(pk=email.pk).update(attempts=email.attempts)
        put_off_at(now, email, with_later)
        email.refresh_from_db()
        waits.append(round((email.due - now).total_seconds() / 60))
        now = email.due
    assert waits[:6] == [1, 5, 15, 60, 60, 60]
    assert email.state == MailState.FAILED
    assert timedelta(hours=47) < now - born <= timedelta(hours=48)


def put_off_at(now: datetime, email: Email, error: Later) -> None:
    """Put an e-mail off at another time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender.timezone, "now", lambda: now)
        sender.put_off(email, error, handed_over=0)


@pytest.mark.django_db
def test_e_mails_of_the_demo_are_files(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL_URL = f"file://{tmp_path}"
    email = write()
    send()
    email.refresh_from_db()
    assert email.state == MailState.SENT
    assert email.message_id.encode() in next(tmp_path.glob("*.eml")).read_bytes()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_each_row_once(server: SmtpServer) -> None:
    for number in range(200):
        write(f"r{number}@example.org")
    start = threading.Barrier(4)
    done: list[int] = []

    def work() -> None:
        start.wait()
        done.append(tasks.send_due())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(done) == 200
    assert len({mail.recipients for mail in server.arrived}) == len(server.arrived) == 200
    assert set(Email.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}
