"""Stopping e-mails by a link in one of them."""

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


@csrf_exempt  # the link itself is the proof; mail programs post to it without any cookie
@behind_link
@page_or_post
def stop(request: Request, token: str) -> HttpResponse:
    """Stop these e-mails, all of their kind, or all; a mail program posts here as well."""
    claim = links.read(links.STOP, token)
    contact = Contact.objects.filter(pk=claim.contact).first()
    wish = Subscription.objects.filter(pk=claim.other).select_related(*queries.BESIDE).first()
    if request.method != "POST":
        context = {
            "contact": contact,
            "wish": wish,
            "told": told(wish) if wish else "",
            "kind": told_kind(Scope(wish.scope)) if wish else "",
            "token": token,
        }
        return render(request, "subscriptions/stop.html", context)
    if contact:
        stop_as_asked(contact, wish, request.POST.get("which", "these"))
    if request.POST.get("List-Unsubscribe") == "One-Click":  # RFC 8058: one step, no redirect
        return HttpResponse(_("You will get no more of these e-mails."), "text/plain")
    return redirect("email-stop", token)


def stop_as_asked(contact: Contact, wish: Subscription | None, which: str) -> None:
    """End one wish, all of its kind, or all where that is asked or the link is about none."""
    if which == "all" or wish is None:
        services.stop_all(contact)
    elif which == "kind":
        services.stop_kind(contact, Scope(wish.scope))
    else:
        services.stop(wish)
