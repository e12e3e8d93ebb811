"""The page on which administrators see which e-mails came back, and what was answered by e-mail."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.inbound import queries
from community.sites.guards import administrators_only
from community.sites.requests import Request


@require_safe
@administrators_only
def returned(request: Request) -> HttpResponse:
    """The newest reports and answers, and their numbers."""
    events = queries.latest_events(request.site)
    context = {
        "nav": "moderation",
        "listens": bool(settings.MAILBOX_ADDRESS or settings.MAIL_PROVIDER),
        "figures": queries.figures(request.site),
        "events": [(event, masked(event.contact.address)) for event in events],
        "answers": queries.latest_answers(request.site),
    }
    return render(request, "moderation/returned.html", context)


def masked(address: str) -> str:
    """Enough of an address to tell its mail server, not whose it is."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
