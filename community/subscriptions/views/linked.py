"""Pages that whoever has the link of an e-mail may open."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from community.accounts.models import Person
from community.contacts.models import Contact
from community.sites.requests import Request
from community.subscriptions import links

TokenView = Callable[[Request, str], HttpResponse]
page_or_post = require_http_methods(["GET", "HEAD", "POST"])


def behind_link(view: TokenView) -> TokenView:
    """A page that whoever has the link may open: kept out of caches, its address told to nobody.

    “same-origin” and not “no-referrer”, under which browsers hide the origin from our own form.
    """

    @wraps(view)
    def wrapped(request: Request, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except links.BrokenLink:
            response = render(request, "subscriptions/broken.html", status=404)
        except links.ExpiredLink:
            response = render(request, "subscriptions/expired.html", status=410)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def parties(claim: links.Claim) -> tuple[Contact, Person]:
    """Whose address it is, and who says to be them; raises BrokenLink if one has been erased."""
    contact = Contact.objects.filter(pk=claim.contact).first()
    person = Person.objects.filter(pk=claim.other).first()
    if contact is None or person is None:
        raise links.BrokenLink
    return contact, person


def know(request: Request, person: Person) -> None:
    """Let this browser be known as a guest, unless a member is logged in."""
    if not person.is_member and not request.viewer.is_member:
        request.remember_guest = person
