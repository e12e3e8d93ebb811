"""What follows from a report about an address: once, however often it comes."""

import hashlib
import logging
from dataclasses import dataclass

from django.db import transaction

from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.inbound.models import AddressEvent, EventKind
from community.subscriptions import services as subscriptions

log = logging.getLogger("parley.inbound")


@dataclass(frozen=True)
class Report:
    """What was reported of an address, by whom, and what tells it from every other report."""

    contact: Contact
    kind: EventKind
    source: str
    identity: str
    detail: str = ""


@transaction.atomic
def note(report: Report) -> bool:
    """Keep a report and act on it; False if it is known already and nothing happened.

    The unique key decides between two at once: the second waits for the first, and finds it.
    """
    row, is_new = AddressEvent.objects.get_or_create(
        key=hashlib.sha256(f"{report.source} {report.identity}".encode()).hexdigest(),
        defaults={
            "contact": report.contact,
            "kind": report.kind,
            "source": report.source[:40],
            "detail": report.detail[:40],
        },
    )
    if is_new and heed(report):
        AddressEvent.objects.filter(pk=row.pk).update(paused=True)
    return is_new


def heed(report: Report) -> bool:
    """Do what a report asks for; whether the address is written to no more."""
    contact = report.contact
    if report.kind == EventKind.FAILED:
        return health.count_failure(contact.pk)
    if report.kind == EventKind.GONE:
        return health.pause(contact.pk, Why.GONE)
    was_well = contact.paused_at is None
    why = Why.COMPLAINT if report.kind == EventKind.COMPLAINT else Why.STOPPED
    subscriptions.stop_all(contact, why)
    return was_well
