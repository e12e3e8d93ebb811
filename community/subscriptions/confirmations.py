"""The e-mail that asks whether an address is really somebody's."""

from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.contacts.models import Contact
from community.mail.message import unsubscribe_headers
from community.mail.models import Email
from community.mail.services import post
from community.outbox.handlers import Payload
from community.sites.models import Site
from community.subscriptions import links, queries
from community.subscriptions.models import Subscription
from community.subscriptions.plaintext import without_links
from community.subscriptions.wording import told

KIND = "confirm"
MOST_A_DAY = 3


@transaction.atomic
def send(payload: Payload) -> None:
    """Write the e-mail that covers all a person has asked for, unless the address had enough.

    At most three a day to one address, whoever types it; none where its owner wants none.
    """
    # Locked, so that two workers cannot both count to two.
    contact = Contact.objects.select_for_update().filter(pk=payload["contact"]).first()
    person = Person.objects.filter(pk=payload["person"]).first()
    site = Site.objects.filter(pk=payload["site"]).first()
    if contact and person and site and may_ask(contact, person):
        write(contact, person, site)


def may_ask(contact: Contact, person: Person) -> bool:
    """Whether one more e-mail to this address is all right."""
    if contact.paused_at or person.contact_id == contact.pk:
        return False
    day = timezone.now() - timedelta(days=1)
    asked = Email.objects.filter(kind=KIND, to=contact.address, created_at__gt=day)
    return asked.count() < MOST_A_DAY


def write(contact: Contact, person: Person, site: Site) -> None:
    """Post the e-mail with its three links: confirm, know this device, never again."""
    stop = links.stop_url(site, contact)
    with translation.override(contact.language):
        context = {
            "site": site,
            "wishes": told_wishes(contact, person),
            "confirm_url": links.confirm_url(site, contact, person),
            "device_url": "" if person.is_member else links.device_url(site, contact, person),
            "stop_url": stop,
            "days": links.CONFIRM_WITHIN.days,
        }
        post(
            kind=KIND,
            to=contact.address,
            subject=_("Is this your address?"),
            text=render_to_string("mail/confirm.txt", context),
            html=render_to_string("mail/confirm.html", context),
            sender_name=site.name,
            headers=unsubscribe_headers(stop),
        )


def told_wishes(contact: Contact, person: Person) -> list[str]:
    """What was asked for, in our words: nothing that a stranger typed goes to an unproven address.

    The title of a topic that is not public yet is such a thing.
    """
    wishes = queries.active_for(person).filter(contact=contact, confirmed_at=None)
    return [
        f"{without_links(told(wish, plain=hides(wish)))}, {wish.get_pace_display()}"
        for wish in wishes.order_by("pk")
    ]


def hides(wish: Subscription) -> bool:
    """Whether a wish is about something whose name is not public, or a name somebody chose."""
    return wish.author is not None or (wish.thread is not None and not wish.thread.listed)
