"""The reasons that moderators choose from, and the pages on which administrators word them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.sites.guards import administrators_only
from community.sites.requests import Request
from moderation import reasons
from moderation.console.forms import ReasonForm
from moderation.models import CannedReason


def offer(request: Request) -> dict[str, Any]:
    """For every page of a moderator: the reasons to choose from, read where they are shown."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_moderator:
        return {}
    return {"offered_reasons": SimpleLazyObject(lambda: reasons.offered(request.site))}


@require_GET
@administrators_only
def listing(request: Request) -> HttpResponse:
    """Every reason of the site with what authors are told."""
    found = sorted(reasons.all_of(request.site).values(), key=reasons.order)
    return render(request, "moderation/reasons.html", {"nav": "moderation", "reasons": found})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add(request: Request) -> HttpResponse:
    """A reason of the site's own."""
    return form_page(request, CannedReason(site=request.site))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: Request, code: str) -> HttpResponse:
    """One reason: other words, another key, or not offered any more."""
    reason = reasons.all_of(request.site).get(code)
    if reason is None:
        raise Http404("no such reason")
    return form_page(request, reason)


def form_page(request: Request, reason: CannedReason) -> HttpResponse:
    """The form of one reason, and what comes of sending it."""
    form = ReasonForm(request.POST or None, instance=reason)
    if request.method == "POST" and form.is_valid():
        reason.code = reason.code or reasons.next_code(request.site)
        form.save()
        messages.success(request, _("Saved. The reason is worded so from now on."))
        return redirect("moderation-reasons")
    context = {"nav": "moderation", "form": form, "reason": reason}
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/reason.html", context, status=status)
