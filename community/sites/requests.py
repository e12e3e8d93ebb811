"""The request as our views get it."""

from collections.abc import Iterable

from django.http import HttpRequest

from community.accounts.models import Person, User
from community.sites.models import Site
from community.sites.viewers import Viewer


class Request(HttpRequest):
    """An HttpRequest after our middleware: which site, who looks, and whether that is personal.

    A view that lets someone act sets `remember_guest`, so that the guest's cookie is set.
    """

    site: Site  # type: ignore[assignment] # the stubs think of django.contrib.sites
    viewer: Viewer
    personal: bool
    remember_guest: Person
    user: User


def ids_in(values: Iterable[str]) -> list[int]:
    """The ids among what a form sent; what no row could have is left out."""
    return [int(raw) for raw in values if raw.isascii() and raw.isdigit() and len(raw) < 19]
