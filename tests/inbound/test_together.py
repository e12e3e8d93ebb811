"""The same thing comes in twice at the same moment: it has one effect, and nobody sees an error."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.inbound import services
from community.inbound.models import AddressEvent, Answer
from community.mail import mailbox
from community.mail.mailbox import About
from community.mail.services import post
from community.subscriptions.models import Subscription
from community.subscriptions.services import follow_thread
from moderation.models import Policy
from tests.inbound import test_webhooks
from tests.inbound.test_webhooks import SECRET, report

Letter = Callable[..., bytes]
Found = TypeVar("Found")
WORKERS = 4
urlpatterns = test_webhooks.urlpatterns
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.inbound.test_together"),
]


def together(work: Callable[[], Found]) -> list[Found]:
    """What each of several workers gets who do the same at the same moment."""
    start = threading.Barrier(WORKERS)
    found: list[Any] = []

    def run() -> None:
        try:
            start.wait(10)
            found.append(work())
        except Exception as trouble:  # noqa: BLE001 # shown by the assertion
            found.append(trouble)
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not [trouble for trouble in found if isinstance(trouble, Exception)]
    assert len(found) == WORKERS
    return found


def test_one_answer_that_several_workers_fetch_is_one_comment(
    letter: Letter, question: Comment, site: object
) -> None:
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=0)
    raw = letter("plain")
    assert together(lambda: services.receive(raw)) == [True] * WORKERS
    assert Comment.objects.filter(parent=question).count() == 1
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("name", ["bounce_hard", "bounce_full"])
def test_one_bounce_that_several_workers_fetch_counts_once(
    letter: Letter, rosa: Person, name: str
) -> None:
    email = post(kind="confirm", to="rosa@sender.example", subject="Hello", text="Hello")
    raw = letter(name, TO=mailbox.bounce_address(About.EMAIL, email.pk))
    together(lambda: services.receive(raw))
    assert AddressEvent.objects.count() == 1
    contact = Contact.objects.get(pk=rosa.contact_id)
    assert (contact.paused_at is not None) == (name == "bounce_hard")


@pytest.mark.parametrize(("kind", "is_paused"), [("HardBounce", True), ("SoftBounce", False)])
def test_one_report_that_a_service_repeats_at_once_counts_once(
    rosa: Person, site: object, settings: Settings, kind: str, is_paused: bool
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    at = timezone.now().isoformat()
    answers = together(lambda: report(kind, BouncedAt=at).status_code)
    assert answers == [200] * WORKERS
    assert AddressEvent.objects.count() == 1
    contact = Contact.objects.get(pk=rosa.contact_id)
    assert (contact.paused_at is not None) == is_paused


def test_a_complaint_and_a_bounce_in_one_moment_end_in_silence(
    rosa: Person, question: Comment, settings: Settings
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert rosa.contact
    follow_thread(question.thread, rosa.contact, rosa)
    at = timezone.now().isoformat()
    reports = iter([("HardBounce", 7), ("SpamComplaint", 8)] * (WORKERS // 2))

    def one_of_them() -> int:
        kind, number = next(reports)
        return report(kind, ID=number, BouncedAt=at).status_code

    answers = together(one_of_them)
    assert answers == [200] * WORKERS
    assert AddressEvent.objects.count() == 2
    assert Contact.objects.get(pk=rosa.contact_id).paused_at is not None
    assert not Subscription.objects.active().filter(contact=rosa.contact).exists()
