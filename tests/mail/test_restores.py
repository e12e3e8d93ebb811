"""After a restore from a backup nothing is sent again, and what is new leaves as ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from community.mail import restores, tasks
from community.mail.models import Email, MailState
from community.mail.services import post
from community.outbox.models import Heartbeat
from tests.mail.smtp_server import SmtpServer, serving

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


def write(to: str = "ann@example.org", *, ago: timedelta = timedelta(0)) -> Email:
    """An e-mail that was written a while ago."""
    email = post(kind="test", to=to, subject="Hello", text="The tide is coming.")
    Email.objects.filter(pk=email.pk).update(created_at=timezone.now() - ago)
    return email


def state_of(email: Email) -> str:
    email.refresh_from_db()
    return email.state


def restore(*, backup_of: timedelta) -> None:
    """Put the database's mark back to where it was so long ago, as a restore does."""
    Heartbeat.objects.filter(name=restores.AT_WORK).update(at=timezone.now() - backup_of)


def test_what_waited_when_the_backup_was_made_is_held(server: SmtpServer) -> None:
    tasks.send_due()
    restore(backup_of=HOUR)
    old, new = write(ago=HOUR), write("ben@example.org", ago=timedelta(seconds=-60))
    tasks.send_due()
    assert (state_of(old), state_of(new)) == (MailState.HELD, MailState.SENT)
    assert [mail.recipients for mail in server.arrived] == [("ben@example.org",)]
    tasks.send_due()
    assert state_of(old) == MailState.HELD


def test_what_comes_due_later_is_held_too(server: SmtpServer) -> None:
    tasks.send_due()
    restore(backup_of=HOUR)
    old = write(ago=HOUR)
    Email.objects.update(due=timezone.now() + HOUR)
    tasks.send_due()
    assert state_of(old) == MailState.WAITING
    Email.objects.update(due=timezone.now())
    tasks.send_due()
    assert (state_of(old), server.arrived) == (MailState.HELD, [])


def test_a_machine_that_was_off_for_a_week_sends_what_waited(server: SmtpServer) -> None:
    tasks.send_due()
    week_ago = timezone.now() - timedelta(days=7)
    Heartbeat.objects.update(at=week_ago)
    restores.write(week_ago)
    old = write(ago=HOUR)
    tasks.send_due()
    assert state_of(old) == MailState.SENT


def test_a_machine_without_memory_holds_what_waited_through_a_long_silence(
    server: SmtpServer,
) -> None:
    tasks.send_due()
    restore(backup_of=HOUR)
    restores.file().unlink()
    old, between = write(ago=2 * HOUR), write(ago=HOUR / 2)
    tasks.send_due()
    assert (state_of(old), state_of(between)) == (MailState.HELD, MailState.SENT)


def test_a_new_machine_beside_others_sends_at_once(server: SmtpServer) -> None:
    tasks.send_due()
    restore(backup_of=timedelta(seconds=30))
    restores.file().unlink()
    email = write(ago=timedelta(seconds=40))
    tasks.send_due()
    assert state_of(email) == MailState.SENT


def test_a_folder_restored_with_its_database_is_no_witness(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.send_due()
    restore(backup_of=HOUR)
    mark = Heartbeat.objects.get(name=restores.AT_WORK).at
    restores.file().write_text(f"{mark.isoformat()} {mark.timestamp()}")  # made now, says else
    assert restores.noted() is None
    old = write(ago=2 * HOUR)
    tasks.send_due()
    assert state_of(old) == MailState.HELD


def test_a_new_database_beside_an_old_file_holds_nothing(server: SmtpServer) -> None:
    restores.write(timezone.now())
    email = write()
    tasks.send_due()
    assert state_of(email) == MailState.SENT


@pytest.mark.parametrize("words", ["", "yesterday", "yesterday 3", "\x00"])
def test_a_broken_mark_is_none(words: str) -> None:
    restores.file().write_text(words)
    assert restores.noted() is None


def test_a_folder_that_cannot_be_written_stops_nobody(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = restores.file().with_name("nowhere") / "mark"
    monkeypatch.setattr(restores, "file", lambda: nowhere)
    email = write()
    tasks.send_due()
    assert state_of(email) == MailState.SENT


def test_the_mark_in_the_database_never_goes_back() -> None:
    now: datetime = timezone.now()
    restores.note("mail", now)
    assert restores.note("mail", now - HOUR) == now
