"""Finished e-mails in the moment of sending: nothing follows a stop but what nobody can stop."""

from community.contacts import health
from community.contacts.addresses import normalise
from community.contacts.health import Why
from community.contacts.models import Contact, ContactQuerySet
from community.mail.message import Message, Phase, Refused
from community.mail.models import Email
from community.mail.sender import Skip
from community.mail.services import message_of

PAUSED = "address-paused"


def compose(email: Email) -> Message | Skip:
    """The e-mail, unless its address was paused since it was written; log-in codes always go."""
    can_be_stopped = "List-Unsubscribe" in email.headers
    if can_be_stopped and contact_of(email).filter(paused_at__isnull=False).exists():
        return Skip(PAUSED)
    return message_of(email)


def heed_refusal(email: Email, error: Refused) -> None:
    """Write no more about comments to an address that its server says is gone."""
    if error.phase is Phase.RECIPIENT and health.means_gone(error.status, error.code):
        for contact in contact_of(email):
            health.pause(contact.pk, Why.GONE)


def contact_of(email: Email) -> ContactQuerySet:
    """Whose address it goes to, if anybody's."""
    return Contact.objects.filter(address=normalise(email.to))
