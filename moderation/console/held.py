"""E-mails that are held back after a restore, and an administrator's word about them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community.sites.guards import administrators_only
from community.sites.models import Site
from community.sites.requests import Request
from community.subscriptions.models import Delivery, DeliveryQuerySet


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def held_page(request: Request) -> HttpResponse:
    """How many e-mails are held back; send them after all, or never."""
    held = held_of(request.site)
    if request.method == "POST":
        messages.success(request, obey(held, request.POST.get("act", "")))
        return redirect("moderation-held-e-mails")
    oldest = held.order_by("created_at").values_list("created_at", flat=True).first()
    context = {"nav": "moderation", "number": held.count(), "oldest": oldest}
    return render(request, "moderation/held.html", context)


def held_of(site: Site) -> DeliveryQuerySet:
    """What is held of this site. Codes and links of that time have no use any more."""
    return Delivery.objects.held().filter(comment__site=site)


def obey(held: DeliveryQuerySet, act: str) -> str:
    """Do as the administrator says, and say what was done."""
    if act == "send":
        number = held.release()
        words = ngettext("%(n)s e-mail is sent now.", "%(n)s e-mails are sent now.", number)
    else:
        number = held.let_go()
        words = ngettext(
            "%(n)s e-mail will not be sent.", "%(n)s e-mails will not be sent.", number
        )
    return words % {"n": number}
