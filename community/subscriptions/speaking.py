"""In which language and time zone somebody is written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from community.accounts.models import User
from community.contacts.models import Contact
from community.sites.models import Site
from community.subscriptions.models import Timing


@contextmanager
def to_contact(contact: Contact) -> Iterator[None]:
    """As this contact chose; UTC where they never said where they live."""
    with translation.override(contact.language), timezone.override(zone_of(contact=contact)):
        yield


@contextmanager
def to_moderator(user: User, site: Site) -> Iterator[None]:
    """In the language of the site, in which its rules speak, and in the moderator's own time."""
    zone = zone_of(contact__people__user=user)
    with translation.override(site.speaks), timezone.override(zone):
        yield


def zone_of(**whose: object) -> ZoneInfo:
    """The zone somebody chose for their e-mails."""
    chosen = Timing.objects.filter(**whose).values_list("zone", flat=True).first()
    return ZoneInfo(chosen or "UTC")
