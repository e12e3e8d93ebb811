"""Naming moderators and administrators of a site."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.contacts.addresses import normalise
from community.mail.services import post
from community.sites.models import Membership, Role, Site


class LastAdministrator(Exception):
    """A site needs at least one administrator."""


@transaction.atomic
def invite(site: Site, *, name: str, address: str, role: Role, by: User) -> Membership:
    """Give a role to the owner of an address; they log in with a code sent there.

    The account is made when there is none: only who reads that mailbox can use it.
    """
    user = User.objects.filter(email=normalise(address)).first()
    if user is None:
        user = User.objects.create_user(address, name=name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    membership, _made = Membership.objects.update_or_create(
        user=user, site=site, defaults={"role": role}
    )
    tell(membership, by)
    return membership


def tell(membership: Membership, by: User) -> None:
    """Write to someone what they may do now, and how to log in."""
    site = membership.site
    context = {
        "site": site,
        "membership": membership,
        "by": by,
        "login_url": site.url(reverse("account_request_login_code")),
        "queue_url": site.url(reverse("moderation")),
    }
    post(
        kind="invitation",
        to=membership.user.email,
        subject=_("You can now moderate %(site)s") % {"site": site.name},
        text=render_to_string("moderation/invitation.txt", context),
        sender_name=site.name,
    )


@transaction.atomic
def dismiss(membership: Membership) -> None:
    """Take a role away at once; raises LastAdministrator rather than leave a site without one."""
    administrators = Membership.objects.filter(site=membership.site, role=Role.ADMINISTRATOR)
    # Fetched, not counted: a count would lock nothing.
    last = [row.pk for row in administrators.select_for_update()] == [membership.pk]
    if last:
        raise LastAdministrator
    membership.delete()
