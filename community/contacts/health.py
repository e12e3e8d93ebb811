"""Whether an address can be written to: what pauses it, and what makes it well again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.contacts.models import Contact

# A failure that may pass counts one, and half as much after two weeks.
HALVED_IN = timedelta(days=14)
PAUSED_AT_SCORE = 3.0
# However many e-mails one full mailbox turns away on a day, it was full once.
COUNTED_ONCE_IN = timedelta(days=1)


class Why(TextChoices):
    """What paused an address; nothing where its owner wants no e-mail."""

    STOPPED = "", _("stopped by its owner")
    GONE = "gone", _("nobody reads it")
    FAILING = "failing", _("e-mails came back again and again")
    COMPLAINT = "complaint", _("reported as spam")


# What its owner reads when they visit next; who stopped e-mails knows it.
TOLD = {
    Why.GONE: _("E-mails to your address came back: its mail server says that nobody reads it."),
    Why.FAILING: _("E-mails to your address came back several times, so we write no more to it."),
    Why.COMPLAINT: _("An e-mail of ours was reported as spam, so we write no more to you."),
}

# An address that is gone for good, by enhanced status (RFC 3463) or, where that says nothing,
# by code. “5.7.1” is only a policy, and a full mailbox is emptied one day.
GONE = ("5.1.", "5.2.1")
GONE_BY_CODE = {None, 550, 551, 553}

WELL = {"paused_at": None, "paused_for": Why.STOPPED, "bounce_score": 0.0, "bounced_at": None}


def means_gone(status: str, code: int | None) -> bool:
    """Whether a refusal means that nobody reads this address any more."""
    if status and not status.endswith(".0"):
        return status.startswith(GONE)
    return code in GONE_BY_CODE


def trouble_with(contact: Contact | None) -> str:
    """Why an address is written to no more, for its owner; empty if all is well."""
    if contact is None or contact.paused_at is None:
        return ""
    return str(TOLD.get(Why(contact.paused_for), ""))


def pause(contact: int, why: Why) -> bool:
    """Write no more to an address until its owner comes back; False if it was paused already."""
    well = Contact.objects.filter(pk=contact, paused_at=None)
    return bool(well.update(paused_at=timezone.now(), paused_for=why))


@transaction.atomic
def count_failure(contact: int) -> bool:
    """Count a failure that may pass; True if it was one too many and the address is paused."""
    row = Contact.objects.select_for_update().filter(pk=contact, paused_at=None).first()
    now = timezone.now()
    if row is None or (row.bounced_at and now - row.bounced_at < COUNTED_ONCE_IN):
        return False
    row.bounce_score = faded(row.bounce_score, row.bounced_at, now) + 1
    row.bounced_at = now
    row.save(update_fields=["bounce_score", "bounced_at"])
    return row.bounce_score >= PAUSED_AT_SCORE and pause(contact, Why.FAILING)


def faded(score: float, since: datetime | None, now: datetime) -> float:
    """What is left of a score."""
    return score * 0.5 ** ((now - since) / HALVED_IN) if since else 0.0


def revive(contact: int) -> bool:
    """Try an address again, with nothing held against it; False if it was not paused."""
    return bool(Contact.objects.filter(pk=contact, paused_at__isnull=False).update(**WELL))
