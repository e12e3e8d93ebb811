"""What authors themselves do about a sanction: say that they have read it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.sites.requests import Request
from moderation import sanctions


@require_POST
def read(request: Request, pk: int) -> HttpResponse:
    """Note that a warning was read, by the one it was meant for."""
    person = request.viewer.person
    if person is None or not sanctions.note_read(pk, person):
        raise Http404("nothing to read here")
    messages.success(request, _("Thank you. You can write again."))
    return redirect("me")
