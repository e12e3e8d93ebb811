"""What a mail service tells us: django-anymail has checked by then that it is really theirs."""

import re
from datetime import datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, inbound, tracking
from django.utils import timezone

from community.contacts import health
from community.contacts.addresses import normalise
from community.contacts.models import Contact
from community.inbound import events, services
from community.inbound.events import Report
from community.inbound.models import EventKind

NEWS_FOR = timedelta(days=30)
STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
CODE = re.compile(r"\b([45]\d\d)\b")
# As services call a bounce that may pass, where they give no number.
PASSING = re.compile(
    r"soft|transient|temporar|mailbox.?full|over.?quota|timed?.?out", re.IGNORECASE
)
KINDS = {"complained": EventKind.COMPLAINT, "unsubscribed": EventKind.STOPPED}


def connect() -> None:
    """Listen to what django-anymail has understood."""
    tracking.connect(heed_report, dispatch_uid="address-events")
    inbound.connect(take_email, dispatch_uid="inbound-emails")


def heed_report(*, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Act on bounces and complaints; openings and clicks are nobody's business."""
    kind = kind_of(event)
    contact = Contact.objects.filter(address=normalise(event.recipient or "")).first()
    if kind is None or contact is None or is_old(event.timestamp):
        return
    events.note(Report(contact, kind, esp_name, identity_of(event), status_in(event)))


def kind_of(event: AnymailTrackingEvent) -> EventKind | None:
    """What is said of the address; None while the service still tries, or speaks of itself."""
    if event.event_type in KINDS:
        return KINDS[event.event_type]
    if event.event_type != "bounced":
        return EventKind.GONE if event.reject_reason == "invalid" else None
    return EventKind.GONE if is_gone(event) else EventKind.FAILED


def is_gone(event: AnymailTrackingEvent) -> bool:
    """Whether a bounce means that nobody reads the address."""
    if event.reject_reason in ("blocked", "spam", "timed_out", "other"):
        return False
    said, status = told_by(event), status_in(event)
    if PASSING.search(said) or status.startswith("4"):
        return False
    code = CODE.search(said)
    return health.means_gone(status, int(code[1]) if code else None)


def told_by(event: AnymailTrackingEvent) -> str:
    """The words of the receiving server, and those of the service."""
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    named = [str(raw.get(name, "")) for name in ("Type", "bounceType", "bounce_class", "type")]
    return " ".join([event.mta_response or "", event.description or "", *named])


def status_in(event: AnymailTrackingEvent) -> str:
    """The number of RFC 3463 in those words, if any."""
    found = STATUS.search(told_by(event))
    return found[1] if found else ""


def identity_of(event: AnymailTrackingEvent) -> str:
    """The service's own name of an event, or all that tells it from others."""
    if event.event_id:
        return str(event.event_id)
    return f"{event.event_type} {event.message_id} {event.recipient} {event.timestamp}"


def is_old(at: datetime | None) -> bool:
    """Whether a report comes too late to say anything of today."""
    return at is not None and at < timezone.now() - NEWS_FOR


def take_email(*, event: Any, **_: Any) -> None:
    """An e-mail that came to the service for us. TryLater becomes a 500: services try again."""
    services.receive(event.message.as_bytes(), event.message.envelope_recipient or "")
