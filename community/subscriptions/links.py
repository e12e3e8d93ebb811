"""Signed links in e-mails: each serves one purpose, holds ids only, and acts only on POST."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.core import signing
from django.urls import reverse

from community.accounts.models import Person
from community.contacts.models import Contact
from community.sites.models import Site
from community.subscriptions.models import Digest, Subscription

CONFIRM = "community.subscriptions.confirm"
STOP = "community.subscriptions.stop"
STOP_TOGETHER = "community.subscriptions.stop-together"
DEVICE = "community.subscriptions.device"
CHOOSE = "community.subscriptions.choose"
SAMPLE = "any:token"
CONFIRM_WITHIN = timedelta(days=7)
DEVICE_WITHIN = timedelta(days=400)
CHOOSE_WITHIN = timedelta(days=400)


class BrokenLink(Exception):
    """The link was changed on its way, or was never ours."""


class ExpiredLink(Exception):
    """The link was ours, but is too old."""


@dataclass(frozen=True)
class Claim:
    """What a link in an e-mail proves: its bearer reads the mail of this contact.

    `other` is the id of the person, subscription or digest that the link is about; 0 for none.
    """

    contact: int
    other: int


def confirm_url(site: Site, contact: Contact, person: Person) -> str:
    """Where the owner of an address says that this person is them. Works for a week."""
    return site.url(reverse("email-confirm", args=[sign(CONFIRM, contact.pk, person.pk)]))


def stop_url(site: Site, contact: Contact, subscription: Subscription | None = None) -> str:
    """Where e-mails are stopped without logging in. Works for ever."""
    about = subscription.pk if subscription else 0
    return site.url(path("email-stop", sign(STOP, contact.pk, about)))


def stop_together_url(digest: Digest) -> str:
    """Where each wish that a digest told of is stopped, or all that comes together. For ever."""
    token = sign(STOP_TOGETHER, digest.contact_id, digest.pk)
    return digest.site.url(reverse("email-stop-together", args=[token]))


def choose_url(site: Site, contact: Contact) -> str:
    """Where whoever reads an address's e-mails chooses them, on any device."""
    return site.url(path("email-choose", sign(CHOOSE, contact.pk, 0)))


def device_url(site: Site, contact: Contact, person: Person) -> str:
    """Where a guest becomes known on another device, once the address is confirmed."""
    return site.url(reverse("guest-device", args=[sign(DEVICE, contact.pk, person.pk)]))


def path(name: str, token: str) -> str:
    """Where a token is shown; what is the same for all tokens is found once."""
    before, _token, after = frame(name).partition(SAMPLE)
    return f"{before}{token}{after}"


@cache
def frame(name: str) -> str:
    """The path of a page with a token that stands for any other: all are made of the same signs."""
    return reverse(name, args=[SAMPLE])


def sign(purpose: str, contact: int, other: int) -> str:
    """A token for one purpose."""
    return signing.dumps([contact, other], salt=purpose)


def read(purpose: str, token: str, within: timedelta | None = None) -> Claim:
    """What a token of this purpose claims; raises BrokenLink or ExpiredLink."""
    try:
        contact, other = signing.loads(token, salt=purpose, max_age=within)
    except signing.SignatureExpired as error:
        raise ExpiredLink from error
    except (signing.BadSignature, ValueError) as error:
        raise BrokenLink from error
    return Claim(contact, other)
