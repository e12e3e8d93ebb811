"""Setting up the first site and its administrator."""

from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language

from community.accounts.models import Person, User
from community.contacts.models import Contact
from community.sites.models import Membership, Role, Site

SALT = "community.sites.setup"


def setup_token() -> str:
    """The secret of the set-up link.

    It is made from SECRET_KEY, so that every start and every replica names the same link and
    nothing is kept; it opens nothing once a site exists.
    """
    return salted_hmac(SALT, "first site", algorithm="sha256").hexdigest()[:40]


def is_setup_token(token: str) -> bool:
    """Whether this token may still set up the first site."""
    return constant_time_compare(token, setup_token()) and not Site.objects.exists()


def setup_link(base: str) -> str:
    """The one-time address that makes the administrator and the site."""
    return f"{base.rstrip('/')}{reverse('setup', args=[setup_token()])}"


@transaction.atomic
def found(*, site_name: str, address: str, email: str, name: str, password: str) -> User:
    """Make the first site and its administrator; whoever holds the link owns the e-mail address.

    Raises IntegrityError if either exists already.
    """
    host = urlsplit(address).netloc.lower()
    language = get_language() or settings.LANGUAGE_CODE
    site = Site.objects.create(name=site_name, base_url=address, host=host, language=language)
    user = User.objects.create_user(email, password, name=name)
    Membership.objects.create(user=user, site=site, role=Role.ADMINISTRATOR)
    confirm(user)
    return user


def confirm(user: User) -> None:
    """Count a member's address as confirmed, for logging in and for e-mails."""
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    contact = Contact.objects.for_address(user.email)
    contact.proven_at = contact.proven_at or timezone.now()
    contact.save()
    Person.objects.create(user=user, name=user.name, contact=contact)
