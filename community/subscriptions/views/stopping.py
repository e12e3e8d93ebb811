"""Stopping e-mails by a link in one of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from community.contacts.models import Contact
from community.sites.requests import Request
from community.subscriptions import links, queries, services
from community.subscriptions.models import Scope, Subscription
from community.subscriptions.views.linked import behind_link, page_or_post
from community.subscriptions.wording import told, told_kind

MOST_LISTED = 100


@csrf_exempt  # the link itself is the proof; mail programs post to it without any cookie
@behind_link
@page_or_post
def stop(request: Request, token: str) -> HttpResponse:
    """Stop these e-mails, all of their kind, or all; a mail program posts here as well."""
    claim = links.read(links.STOP, token)
    contact = Contact.objects.filter(pk=claim.contact).first()
    wish = Subscription.objects.filter(pk=claim.other).select_related(*queries.BESIDE).first()
    if request.method != "POST":
        context = {**page_of(request, contact, token), **(in_words(wish) if wish else {})}
        return render(request, "subscriptions/stop.html", context)
    if contact:
        stop_as_asked(contact, wish, request.POST.get("which", "these"))
    return stopped(request, "email-stop", token)


@csrf_exempt  # as above
@behind_link
@page_or_post
def stop_together(request: Request, token: str) -> HttpResponse:
    """Stop one of the wishes a digest told of, all of its kind, all that comes together, or all.

    A mail program knows no wishes: its button ends all that comes together.
    """
    claim = links.read(links.STOP_TOGETHER, token)
    contact = Contact.objects.filter(pk=claim.contact).first()
    wishes = queries.behind(claim.other, claim.contact, request.site)
    if request.method != "POST":
        told_of = [in_words(wish) for wish in wishes[:MOST_LISTED]]
        kinds = {row["kind"]: row for row in told_of if not row["wish"].ended_at}
        context = {
            **page_of(request, contact, token),
            "wishes": told_of,
            "kinds": kinds.values(),
        }
        return render(request, "subscriptions/stop_together.html", context)
    which, chosen = request.POST.get("which", "together"), wish_named(request, claim.contact)
    if contact and which == "together":
        services.stop_together(contact, wishes, request.site)
    elif contact and (chosen or which == "all"):
        stop_as_asked(contact, chosen, which)
    return stopped(request, "email-stop-together", token)


def page_of(request: Request, contact: Contact | None, token: str) -> dict[str, Any]:
    """What both pages show."""
    others = queries.sites_beside(request.site, contact)
    return {"contact": contact, "token": token, "others": ", ".join(others)}


def in_words(wish: Subscription) -> dict[str, Any]:
    """A wish as the page shows it."""
    return {"wish": wish, "told": told(wish), "kind": told_kind(Scope(wish.scope))}


def wish_named(request: Request, contact: int) -> Subscription | None:
    """The wish of this contact that a button is about."""
    number = request.POST.get("wish", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Subscription.objects.filter(contact=contact, pk=number).first()


def stop_as_asked(contact: Contact, wish: Subscription | None, which: str) -> None:
    """End one wish, all of its kind, or all where that is asked or the link is about none."""
    if which == "all" or wish is None:
        services.stop_all(contact)
    elif which == "kind":
        services.stop_kind(contact, Scope(wish.scope))
    else:
        services.stop(wish)


def stopped(request: Request, page: str, token: str) -> HttpResponse:
    """A sentence for a mail program (RFC 8058: one step, no redirect), the page for a person."""
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return HttpResponse(_("You will get no more of these e-mails."), "text/plain")
    return redirect(page, token)
