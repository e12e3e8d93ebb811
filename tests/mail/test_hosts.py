"""One bad host never holds up the others, however many workers and e-mails there are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from community.mail import hosts, lines, sender, services, tasks, transport
from community.mail.models import Email, MailHost, MailState
from community.mail.services import post
from community.project.invariants import breaches
from tests.mail.smtp_server import SmtpServer, serving

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A mail server, for clients whose seconds are short."""
    monkeypatch.setattr(transport, "TIMEOUT", 0.4)
    monkeypatch.setattr(hosts, "SLOW", timedelta(seconds=0.3))
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


def write(to: str) -> Email:
    """An e-mail to be sent."""
    return post(kind="test", to=to, subject="Hello", text="The tide is coming.")


def sent_to(server: SmtpServer) -> list[str]:
    return [mail.recipients[0] for mail in server.arrived]


def rest_is_over() -> None:
    MailHost.objects.exclude(rests_until=None).update(rests_until=timezone.now())


@pytest.mark.parametrize("fault", ["rcpt:hang", "data:hang", "end:lose", "end:hang"])
def test_a_silent_host_is_called_once_and_the_others_do_not_wait(
    server: SmtpServer, fault: str
) -> None:
    bad = [write(f"r{number}@slow.example") for number in range(5)]
    if fault == "end:lose":  # costs no time, so only the third in a row begins a rest
        hosts.MailHost.objects.create(name="slow.example", troubles=2)
    write("ann@example.org")
    for email in bad:
        server.script(email.to, fault)
    tasks.send_due()
    assert [address for address in sent_to(server) if "slow" not in address] == ["ann@example.org"]
    assert len([address for address in server.attempts if "slow" in address]) == 1
    assert hosts.away() == {"slow.example"}
    assert list(breaches()) == []


def test_after_its_rest_one_e_mail_tries_for_all(server: SmtpServer) -> None:
    bad = [write(f"r{number}@slow.example") for number in range(3)]
    server.script(bad[0].to, "rcpt:hang")
    server.script(bad[1].to, "rcpt:hang")
    tasks.send_due()
    rest_is_over()
    tasks.send_due()  # r1 hangs
    assert (len(server.attempts), hosts.away()) == (2, {"slow.example"})
    assert MailHost.objects.get().rests_until > timezone.now() + MINUTE  # type: ignore[operator]
    rest_is_over()
    tasks.send_due()  # r2 is taken: all is well
    assert (sent_to(server), hosts.away()) == ([bad[2].to], set())


def test_only_one_worker_tries_a_host(server: SmtpServer) -> None:
    MailHost.objects.create(name="slow.example", rests_until=timezone.now())
    assert hosts.to_try() is not None
    assert hosts.to_try() is None


def test_a_worker_that_dies_while_trying_is_followed_by_another() -> None:
    MailHost.objects.create(name="slow.example", rests_until=timezone.now())
    assert hosts.to_try() is not None
    rest_is_over()
    assert hosts.to_try() is not None


def test_a_host_without_e_mails_is_forgotten(server: SmtpServer) -> None:
    MailHost.objects.create(name="slow.example", troubles=7, rests_until=timezone.now())
    tasks.send_due()
    assert not MailHost.objects.exists()


def test_rests_grow_to_an_hour_and_those_of_our_own_server_to_a_minute() -> None:
    rests = [hosts.rest_after(times, "example.org") / MINUTE for times in (1, 2, 3, 7, 50)]
    assert rests == [1, 2, 4, 60, 60]
    ours = [hosts.rest_after(times, hosts.OURS).total_seconds() for times in (1, 2, 3, 50)]
    assert ours == [5, 10, 20, 60]


def test_a_host_that_takes_its_time_has_a_fifth_of_the_line(server: SmtpServer) -> None:
    hosts.slow("slow.example", timedelta(seconds=9))
    (row,) = MailHost.objects.all()
    assert timedelta(seconds=30) < row.rests_until - timezone.now() <= timedelta(seconds=36)  # type: ignore[operator]


def test_a_plain_not_now_is_the_affair_of_one_e_mail(server: SmtpServer) -> None:
    greylisted = [write(f"r{number}@grey.example") for number in range(5)]
    for email in greylisted:
        server.script(email.to, "rcpt:451")
    tasks.send_due()
    assert len(server.attempts) == 5
    assert hosts.away() == set()
    assert set(Email.objects.values_list("postponed", flat=True)) == {1}


@pytest.mark.parametrize("fault", ["banner:421", "banner:hang", "mail:421", "mail:hang"])
def test_while_our_own_server_is_silent_nobody_else_asks_it(server: SmtpServer, fault: str) -> None:
    emails = [write(f"r{number}@host{number}.example") for number in range(4)]
    server.mode = fault
    tasks.send_due()
    tasks.send_due()
    assert hosts.away() == {hosts.OURS}
    assert Email.objects.filter(postponed__gt=0).count() == 1
    assert list(breaches()) == []
    server.mode = "accept"
    rest_is_over()
    tasks.send_due()
    assert sorted(sent_to(server)) == [email.to for email in emails[1:]]


def test_the_sender_of_one_site_that_is_refused_stops_no_other(server: SmtpServer) -> None:
    write("ann@example.org")
    server.mode = "mail:550"
    tasks.send_due()
    assert hosts.away() == set()


def test_a_pace_is_kept_by_each_host_for_itself(server: SmtpServer, settings: Settings) -> None:
    settings.MAIL_PER_MINUTE = 60
    for number in range(9):
        write(f"r{number}@big.example")
    write("ann@small.example")
    tasks.send_due()
    assert len(server.arrived) == 5  # one now, three ahead, and one of the small
    assert hosts.away() == {"big.example"}
    tasks.send_due()
    assert len(server.arrived) == 5
    MailHost.objects.update(free_at=timezone.now())
    tasks.send_due()
    assert len(server.arrived) == 9
    assert set(Email.objects.values_list("postponed", flat=True)) == {0}


def test_old_hosts_are_forgotten() -> None:
    day_ago = timezone.now() - timedelta(days=2)
    MailHost.objects.create(name="old.example", rests_until=day_ago, free_at=day_ago)
    MailHost.objects.create(name="new.example", rests_until=timezone.now() + MINUTE)
    assert (tasks.forget_hosts(), MailHost.objects.get().name) == (1, "new.example")


def test_the_kinds_of_case_and_name_do_not_matter(server: SmtpServer) -> None:
    write("ann@Slow.Example")
    write("ann@notslow.example")
    MailHost.objects.create(name="slow.example", rests_until=timezone.now() + MINUTE)
    tasks.send_due()
    assert sent_to(server) == ["ann@notslow.example"]


def test_the_line_stays_open_from_turn_to_turn(server: SmtpServer) -> None:
    for number in range(3):
        write(f"r{number}@example.org")
        tasks.send_due()
    assert (len(server.arrived), server.connections) == (3, 1)


def test_a_line_nobody_used_for_a_while_is_closed(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("ann@example.org")
    tasks.send_due()
    monkeypatch.setattr(lines, "IDLE", 0)
    tasks.send_due()
    write("ben@example.org")
    tasks.send_due()
    assert (len(server.arrived), server.connections) == (2, 2)


def test_whatever_concerns_one_person_overtakes_a_long_line(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def others() -> object:
        return Email.objects.waiting().filter(kind="others")

    def one() -> object:
        return Email.objects.waiting().exclude(kind="others")

    def compose(row: Email) -> object:
        if row.kind == "others" and not Email.objects.filter(kind="test").exists():
            write("ann@example.org")
        return services.message_of(row)

    for number in range(50):
        post(kind="others", to=f"r{number}@example.org", subject="Hello", text="Words.")
    monkeypatch.setattr(sender, "BATCH", 5)
    desks = [sender.Desk(rows, compose) for rows in (one, others)]  # type: ignore[arg-type]
    turn = sender.send(desks)
    assert sent_to(server).index("ann@example.org") == 5
    assert not turn.is_unfinished or turn.looked_at < 51


def test_a_turn_that_ends_gives_back_what_it_holds_and_asks_for_another(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(tasks, "nudge", nudged.append)
    monkeypatch.setattr(sender, "TURN", 0)
    for number in range(3):
        write(f"r{number}@example.org")
    tasks.send_due()
    assert (len(server.arrived), nudged) == (1, ["community.mail.tasks.send_due"])
    waiting = Email.objects.waiting()
    assert set(waiting.values_list("lease_until", "postponed")) == {(None, 0)}
    assert waiting.count() == 2
    assert Email.objects.filter(state=MailState.SENT).count() == 1
