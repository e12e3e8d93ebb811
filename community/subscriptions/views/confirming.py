"""Whose address it is, and whether it works."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community.sites.requests import Request
from community.subscriptions import links, queries, services
from community.subscriptions.views.linked import behind_link, know, page_or_post, parties
from community.subscriptions.views.visible import next_of


@behind_link
@page_or_post
def confirm(request: Request, token: str) -> HttpResponse:
    """The button that says: this address is mine."""
    try:
        contact, person = parties(links.read(links.CONFIRM, token, links.CONFIRM_WITHIN))
    except links.ExpiredLink:
        return render(request, "subscriptions/expired.html", {"token": token}, status=410)
    if request.method != "POST":
        return render(request, "subscriptions/confirm.html", {"token": token})
    services.confirm(contact, person)
    know(request, person)
    return redirect("email-confirmed")


@require_GET
def confirmed(request: Request) -> HttpResponse:
    """What happens next."""
    return render(request, "subscriptions/confirmed.html")


@behind_link
@require_POST
def confirm_again(request: Request, token: str) -> HttpResponse:
    """A new link in place of one that has expired."""
    contact, person = parties(links.read(links.CONFIRM, token))
    services.request_confirmation(contact, person, request.site)
    return redirect("email-on-its-way")


@require_POST
def ask(request: Request) -> HttpResponse:
    """Send the confirmation (again) to the address with which one last wrote or asked."""
    person = request.viewer.person
    contact = queries.unproven_contact_of(person) if person else None
    if person and contact:
        services.request_confirmation(contact, person, request.site)
    return redirect("email-on-its-way")


@require_POST
def try_again(request: Request) -> HttpResponse:
    """Write again to an address that did not work, since its owner says it does."""
    person = request.viewer.person
    contact = queries.address_of(person) if person else None
    if person and contact and services.try_again(contact, person, request.site):
        messages.success(request, _("Thank you. The next e-mail goes to your address again."))
    return redirect(next_of(request) or "me")


@require_GET
def on_its_way(request: Request) -> HttpResponse:
    """Look into your inbox; the same words whether or not an e-mail was due."""
    return render(request, "subscriptions/on_its_way.html")


@behind_link
@page_or_post
def device(request: Request, token: str) -> HttpResponse:
    """The button that makes this browser know a guest who has confirmed their address."""
    contact, person = parties(links.read(links.DEVICE, token, links.DEVICE_WITHIN))
    if person.contact_id != contact.pk or person.is_member:
        raise links.BrokenLink
    if request.method != "POST":
        return render(request, "subscriptions/device.html", {"token": token})
    know(request, person)
    return redirect("me")
