"""A mail service that reports: believed only with the secret, and each report once."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from anymail.urls import urlpatterns as urls_of_anymail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.health import Why
from community.contacts.models import Contact
from community.inbound.models import AddressEvent
from community.mail import mailbox
from community.project.incoming import address_of_mailbox, webhook_settings
from community.project.urls import urlpatterns as ours
from moderation.models import Policy

SECRET = "postmark:a-long-enough-password"
urlpatterns = [path("hooks/", include(urls_of_anymail)), *ours]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.inbound.test_webhooks")]


@pytest.fixture(autouse=True)
def service(settings: Settings) -> None:
    """The service with its secret."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def report(kind: str, *, secret: str = SECRET, **said: Any) -> HttpResponse:
    """What the service posts."""
    event = {
        "RecordType": "Bounce",
        "Type": kind,
        "ID": 7,
        "MessageID": "m-1",
        "Email": "rosa@sender.example",
        "BouncedAt": "2026-11-23T02:00:00Z",
        **said,
    }
    signed = base64.b64encode(secret.encode()).decode()
    return Client(raise_request_exception=False).post(
        "/hooks/postmark/tracking/",
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": f"Basic {signed}"},
    )


def rosas() -> Contact:
    """Her address."""
    return Contact.objects.get(address="rosa@sender.example")


@pytest.fixture(autouse=True)
def today(time_machine_at: None) -> None:
    """The day on which the service reports."""


@pytest.fixture
def time_machine_at() -> Any:
    """A clock that stands shortly after the report."""
    import time_machine

    with time_machine.travel("2026-11-23T02:05:00Z", tick=True):
        yield


def test_a_hard_bounce_pauses_and_comes_again_in_vain(rosa: Person) -> None:
    for _twice in range(2):
        assert report("HardBounce").status_code == 200

    assert rosas().paused_for == Why.GONE
    assert AddressEvent.objects.count() == 1


def test_a_soft_bounce_counts(rosa: Person) -> None:
    report("SoftBounce")
    report("SoftBounce")

    assert rosas().paused_at is None
    assert rosas().bounce_score == 1


def test_a_complaint_stops_everything(rosa: Person) -> None:
    report("SpamComplaint")

    assert rosas().paused_for == Why.COMPLAINT


@pytest.mark.parametrize("kind", ["Transient", "DnsError", "AutoResponder", "Blocked", "Unknown"])
def test_whatever_says_nothing_of_the_address_changes_nothing(rosa: Person, kind: str) -> None:
    report(kind)

    assert AddressEvent.objects.count() == 0


def test_without_the_secret_nothing_is_believed(rosa: Person) -> None:
    assert report("HardBounce", secret="postmark:guess").status_code == 400

    assert rosas().paused_at is None


def test_an_old_report_is_no_news(rosa: Person) -> None:
    report("HardBounce", BouncedAt="2026-09-01T02:00:00Z")

    assert rosas().paused_at is None


def test_an_address_we_do_not_know_stays_unknown(rosa: Person) -> None:
    report("HardBounce", Email="stranger@example.org")

    assert not Contact.objects.filter(address="stranger@example.org").exists()


def test_an_answer_can_come_through_the_service(
    rosa: Person, question: Comment, letter: Callable[..., bytes], site: object
) -> None:
    Policy.objects.create(site=site, number=1, first_comments=0)
    posted = {
        "FromFull": {"Email": "rosa@sender.example", "Name": "Rosa", "MailboxHash": ""},
        "OriginalRecipient": mailbox.answer_address(rosa.contact_id or 0, question.pk),
        "RawEmail": letter("plain").decode(),
        "Headers": [],
    }
    Client().post(
        "/hooks/postmark/inbound/",
        json.dumps(posted),
        content_type="application/json",
        headers={"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"},
    )

    assert Comment.objects.filter(parent=question, status="published").count() == 1


# --- the pipe ---


class Piped:
    """Standard input."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


def test_an_answer_can_come_through_a_pipe(
    rosa: Person,
    question: Comment,
    letter: Callable[..., bytes],
    site: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=60)
    address = mailbox.answer_address(rosa.contact_id or 0, question.pk)
    monkeypatch.setattr("sys.stdin", Piped(letter("plain", TO="hidden@lists.example")))
    call_command("receive_email", address)
    monkeypatch.setattr("sys.stdin", Piped(letter("german")))
    with pytest.raises(SystemExit) as too_quick:
        call_command("receive_email")

    assert Comment.objects.filter(parent=question).count() == 1
    assert too_quick.value.code == 75


# --- settings ---


@pytest.mark.parametrize(
    "given",
    [
        ("nobody", SECRET, ""),
        ("postmark", "", ""),
        ("postmark", "postmark:short", ""),
        ("mailgun", SECRET, ""),
    ],
)
def test_settings_that_would_let_anybody_in_stop_the_start(given: tuple[str, str, str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        webhook_settings(*given)


def test_settings_of_a_service() -> None:
    assert webhook_settings("", "", "") == ("", {})
    assert webhook_settings("mailgun", SECRET, "k")[1]["MAILGUN_WEBHOOK_SIGNING_KEY"] == "k"


def test_the_mailbox_is_named_by_its_url_or_by_itself() -> None:
    assert address_of_mailbox("", "") == ""
    assert address_of_mailbox("", "imaps://c%40d.example:x@h") == "c@d.example"
    assert address_of_mailbox("a@b.example", "imaps://c:x@h") == "a@b.example"
    with pytest.raises(ImproperlyConfigured):
        address_of_mailbox("", "imaps://c:x@h")
