"""What is already written and waits for its try: it leaves only while its address wants it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.mail import tasks as mail
from community.mail.models import Email, MailHost, MailState
from community.mail.services import ACCOUNT, post
from community.sites.models import Site
from community.subscriptions import confirmations, services
from tests import factories
from tests.mail.smtp_server import SmtpServer, serving

ANN = "ann@example.org"


@pytest.fixture
def server(settings: Settings, db: None) -> Iterator[SmtpServer]:
    """The mail server that everything goes to."""
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def question(site: Site) -> Email:
    """Whether this is her address, asked in an e-mail with a link to stop all."""
    contact = factories.contact(ANN, proven=False)
    confirmations.write(contact, Person.objects.create(name="Ann"), site)
    return Email.objects.get()


def send() -> None:
    """One turn, with everything due and every rest over."""
    Email.objects.waiting().update(due=timezone.now())
    MailHost.objects.exclude(rests_until=None).update(rests_until=timezone.now())
    mail.send_due()


def test_a_question_that_is_put_off_does_not_follow_a_stop(
    server: SmtpServer, question: Email
) -> None:
    server.script(ANN, "rcpt:451")
    send()
    services.stop_all(Contact.objects.get())
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        send()
    assert server.arrived == []
    question.refresh_from_db()
    assert (question.state, question.reason) == (MailState.SKIPPED, "address-paused")


def test_a_code_for_logging_in_is_no_news_and_always_comes(
    server: SmtpServer, question: Email
) -> None:
    services.stop_all(Contact.objects.get())
    post(kind=ACCOUNT, to=ANN, subject="Your code", text="123456")
    send()
    assert len(server.arrived) == 1


@pytest.mark.parametrize(
    ("answer", "is_paused"), [("rcpt:550", True), ("rcpt:554", False), ("end:550", False)]
)
def test_an_address_that_is_gone_is_known_from_the_first_e_mail_it_refuses(
    server: SmtpServer, question: Email, answer: str, is_paused: bool
) -> None:
    server.script(ANN, answer)
    send()
    contact = Contact.objects.get()
    assert (contact.paused_at is not None) == is_paused
    assert contact.paused_for == (Why.GONE if is_paused else "")


def test_who_says_that_the_address_works_again_is_written_to(
    server: SmtpServer, question: Email
) -> None:
    health.pause(Contact.objects.get().pk, Why.GONE)
    health.revive(Contact.objects.get().pk)
    send()
    assert len(server.arrived) == 1
