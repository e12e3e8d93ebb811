"""Imposing sanctions and lifting them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.sites.guards import moderators_only
from community.sites.requests import Request
from moderation import sanctions
from moderation.console.acts import back
from moderation.models import Sanction


@require_POST
@moderators_only
def lift(request: Request, pk: int) -> HttpResponse:
    """End a sanction before its time."""
    sanction = get_object_or_404(Sanction, site=request.site, pk=pk)
    if sanctions.lift(sanction, request.user):
        messages.success(request, _("Lifted. It holds no more."))
    else:
        messages.info(request, _("It had ended already."))
    return redirect(back(request))
