"""E-mails that an administrator decides about: held back after a restore, or perhaps arrived."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community.sites.guards import administrators_only
from community.sites.models import Site
from community.sites.requests import Request
from community.subscriptions import doubts
from community.subscriptions.models import Delivery, DeliveryQuerySet, Digest
from moderation.console.mail import masked

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def held_page(request: Request) -> HttpResponse:
    """How many e-mails are held back or in doubt; send them, or never."""
    held = held_of(request.site)
    if request.method == "POST":
        messages.success(request, obey(request))
        return redirect("moderation-held-e-mails")
    oldest = held.order_by("created_at").values_list("created_at", flat=True).first()
    context = {
        "nav": "moderation",
        "number": held.count(),
        "oldest": oldest,
        "doubts": doubts_of(request.site),
    }
    return render(request, "moderation/held.html", context)


def waits_for_word(site: Site) -> bool:
    """Whether there is anything to decide about."""
    undecided = (held_of(site), doubts.deliveries(site), doubts.digests(site))
    return any(rows.exists() for rows in undecided)


def held_of(site: Site) -> DeliveryQuerySet:
    """What is held of this site. Codes and links of that time have no use any more."""
    return Delivery.objects.held().filter(comment__site=site)


def doubts_of(site: Site) -> list[tuple[str, Delivery | Digest, str]]:
    """The newest e-mails in doubt: how a button names each, the e-mail, and to whom it went."""
    alone = doubts.deliveries(site).select_related("contact", "comment__thread").order_by("-pk")
    together = doubts.digests(site).select_related("contact").order_by("-pk")
    return [
        *((f"delivery-{row.pk}", row, masked(row.contact)) for row in alone[:SHOWN]),
        *((f"digest-{row.pk}", row, masked(row.contact)) for row in together[:SHOWN]),
    ]


def obey(request: Request) -> str:
    """Do as the administrator says, and say what was done."""
    act, held = request.POST.get("act", ""), held_of(request.site)
    if act in ("again", "leave"):
        return obey_about_doubts(request, is_sent=act == "again")
    return sent(held.release()) if act == "send" else not_sent(held.let_go())


def obey_about_doubts(request: Request, *, is_sent: bool) -> str:
    """Send one e-mail in doubt once more, or leave it; all of them where none is named."""
    alone, together = doubts.deliveries(request.site), doubts.digests(request.site)
    if named := request.POST.get("which", ""):
        kind, _dash, number = named.partition("-")
        pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        alone = alone.filter(pk=pk) if kind == "delivery" else alone.none()
        together = together.filter(pk=pk) if kind == "digest" else together.none()
    if is_sent:
        return sent(doubts.send_once_more(alone, together))
    return not_sent(doubts.leave(alone, together))


def sent(number: int) -> str:
    """How many are sent, in a sentence."""
    words = ngettext("%(n)s e-mail is sent now.", "%(n)s e-mails are sent now.", number)
    return words % {"n": number}


def not_sent(number: int) -> str:
    """How many are left alone, in a sentence."""
    words = ngettext("%(n)s e-mail will not be sent.", "%(n)s e-mails will not be sent.", number)
    return words % {"n": number}
