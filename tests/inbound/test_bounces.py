"""Bounces and complaints: what each does to an address, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.inbound import services
from community.inbound.models import AddressEvent
from community.mail import mailbox
from community.mail.mailbox import About
from community.mail.models import Email
from community.mail.services import post
from community.subscriptions.models import Delivery, Kind, Subscription
from community.subscriptions.services import follow_thread
from tests import factories
from tests.inbox import Inbox

Letter = Callable[..., bytes]
pytestmark = pytest.mark.both


@pytest.fixture
def delivery(rosa: Person, question: Comment) -> Delivery:
    """The e-mail that Rosa had about the question."""
    assert rosa.contact
    follow_thread(question.thread, rosa.contact, rosa)
    return another_delivery(question)


def another_delivery(question: Comment) -> Delivery:
    """One more e-mail to Rosa."""
    wish = Subscription.objects.get(scope="thread")
    comment = factories.comment(question.thread)
    return Delivery.objects.create(
        contact=wish.contact, comment=comment, kind=Kind.THREAD, subscription=wish
    )


def address_of(delivery: Delivery) -> str:
    """Where mail servers say that this e-mail could not be delivered."""
    return mailbox.bounce_address(About.DELIVERY, delivery.pk)


def rosas(delivery: Delivery) -> Contact:
    """Her address, read anew."""
    return Contact.objects.get(pk=delivery.contact_id)


@pytest.mark.parametrize("name", ["bounce_hard", "bounce_unclear", "bounce_qmail"])
def test_an_address_that_is_gone_is_paused_at_once(
    letter: Letter, delivery: Delivery, name: str
) -> None:
    assert services.receive(letter(name, TO=address_of(delivery)))

    contact = rosas(delivery)
    assert contact.paused_at is not None
    assert contact.paused_for == Why.GONE
    assert AddressEvent.objects.get().paused


@pytest.mark.parametrize("name", ["bounce_full", "bounce_policy", "bounce_expired"])
def test_what_may_pass_only_counts(letter: Letter, delivery: Delivery, name: str) -> None:
    services.receive(letter(name, TO=address_of(delivery)))

    contact = rosas(delivery)
    assert contact.paused_at is None
    assert contact.bounce_score == 1
    assert AddressEvent.objects.get().kind == "failed"


@pytest.mark.parametrize("name", ["delayed", "delivered", "vacation_to_bounces"])
def test_what_is_no_failure_changes_nothing(letter: Letter, delivery: Delivery, name: str) -> None:
    services.receive(letter(name, TO=address_of(delivery)))

    assert AddressEvent.objects.count() == 0
    assert rosas(delivery).bounce_score == 0


def test_the_same_bounce_again_counts_once_also_after_a_new_try(
    letter: Letter, delivery: Delivery
) -> None:
    for number in range(3):
        services.receive(letter("bounce_hard", TO=address_of(delivery), ID=f"<{number}@x>"))
        health.revive(delivery.contact_id)
    services.receive(letter("bounce_hard", TO=address_of(delivery)))

    assert AddressEvent.objects.count() == 1
    assert rosas(delivery).paused_at is None


def test_three_failures_within_days_are_too_many(
    letter: Letter, delivery: Delivery, question: Comment
) -> None:
    for days in (0, 2, 4, 6):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            failed = another_delivery(question)
            services.receive(letter("bounce_full", TO=address_of(failed)))

    assert rosas(delivery).paused_for == Why.FAILING


def test_failures_are_forgotten_with_time(
    letter: Letter, delivery: Delivery, question: Comment
) -> None:
    for weeks in range(0, 60, 6):
        with time_machine.travel(timezone.now() + timedelta(weeks=weeks)):
            failed = another_delivery(question)
            services.receive(letter("bounce_full", TO=address_of(failed)))

    assert rosas(delivery).paused_at is None
    assert rosas(delivery).bounce_score < 2


def test_many_failures_of_one_day_are_one(
    letter: Letter, delivery: Delivery, question: Comment
) -> None:
    for _number in range(5):
        failed = another_delivery(question)
        services.receive(letter("bounce_full", TO=address_of(failed)))

    assert rosas(delivery).bounce_score == 1


def test_a_forged_bounce_does_nothing(letter: Letter, delivery: Delivery) -> None:
    forged = f"comments+d-{delivery.pk}-{'a' * 16}@harbour.example"

    assert not services.receive(letter("bounce_hard", TO=forged))

    assert AddressEvent.objects.count() == 0
    assert rosas(delivery).paused_at is None


def test_a_bounce_of_long_ago_says_nothing_of_today(letter: Letter, delivery: Delivery) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        services.receive(letter("bounce_hard", TO=address_of(delivery)))

    assert rosas(delivery).paused_at is None


def test_a_bounce_of_any_other_e_mail_counts_too(letter: Letter, rosa: Person) -> None:
    assert rosa.contact
    sent = post(kind="confirm", to=rosa.contact.address, subject="Hello", text="Hello")

    address = mailbox.bounce_address(About.EMAIL, sent.pk)
    services.receive(letter("bounce_hard", TO=address))

    assert Contact.objects.get(pk=rosa.contact_id).paused_for == Why.GONE


@pytest.mark.parametrize("which", ["bounce", "answer"])
def test_a_complaint_ends_every_wish_at_once(
    letter: Letter, delivery: Delivery, which: str
) -> None:
    addresses = {
        "bounce": address_of(delivery),
        "answer": mailbox.answer_address(delivery.contact_id, delivery.comment_id),
    }
    raw = letter("complaint", TO=addresses[which], TYPE="abuse")
    if which == "answer":
        raw = raw.replace(b"Return-Path: <comments", b"Reply-To: <comments")

    services.receive(raw)
    services.receive(raw)

    assert rosas(delivery).paused_for == Why.COMPLAINT
    assert not Subscription.objects.active().exists()
    assert AddressEvent.objects.count() == 1


@pytest.mark.parametrize("kind", ["not-spam", ""])
def test_other_reports_of_providers_change_nothing(
    letter: Letter, delivery: Delivery, kind: str
) -> None:
    services.receive(letter("complaint", TO=address_of(delivery), TYPE=kind))

    assert rosas(delivery).paused_at is None


def test_a_forged_complaint_does_nothing(letter: Letter, delivery: Delivery) -> None:
    forged = f"comments+d-{delivery.pk}-{'a' * 16}@harbour.example"

    services.receive(letter("complaint", TO=forged, TYPE="abuse"))

    assert Subscription.objects.active().exists()


def test_what_leaves_can_come_back(delivery: Delivery, inbox: Inbox) -> None:
    (mail,) = inbox.to("rosa@sender.example")

    reply_to = str(mail["Reply-To"])
    tag = mailbox.read(reply_to.partition("<")[2].rstrip(">"))
    assert tag == mailbox.Tag(About.ANSWER, (delivery.contact_id, delivery.comment_id))
    assert "rosa" not in reply_to
    assert "Answer this e-mail to reply" in str(mail.get_body(["plain"]).get_content())


def test_without_a_mailbox_nothing_is_promised(
    delivery: Delivery, inbox: Inbox, settings: object
) -> None:
    settings.MAILBOX_ADDRESS = ""  # type: ignore[attr-defined]

    (mail,) = inbox.to("rosa@sender.example")

    assert mail["Reply-To"] is None
    assert "Answer this e-mail" not in str(mail.get_body(["plain"]).get_content())
    assert Email.objects.count() == 0
