"""What allauth tells us: an address is a member's own."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in

from community.accounts.models import User
from community.accounts.services import prove_member


def connect() -> None:
    """Listen for proofs of addresses."""
    email_confirmed.connect(on_confirmed, dispatch_uid="prove-on-confirmation")
    user_logged_in.connect(on_login, dispatch_uid="prove-on-login")


def on_confirmed(email_address: EmailAddress, **_: Any) -> None:
    """The owner of an address has followed its link or typed its code."""
    prove_member(email_address.user, email_address.email)


def on_login(user: User, **_: Any) -> None:
    """A member came in whose address may have been proven on the way (mailed code, provider)."""
    address = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").first()
    if address is not None:
        prove_member(user, address.email)
