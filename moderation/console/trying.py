"""What a policy would have done with the last thirty days, before it is saved."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from community.sites.guards import administrators_only
from community.sites.requests import Request
from moderation import policies
from moderation.models import Reason, Simulation
from moderation.simulations import COUNTS

LABELS = {
    "more": gettext_lazy("More would wait"),
    "fewer": gettext_lazy("Fewer would wait"),
    "missed": gettext_lazy("Spam, as moderators said, that would be published"),
    "good_held": gettext_lazy("Good comments, as moderators said, that would newly wait"),
}


@dataclass(frozen=True)
class Finding:
    """One count, with some comments and what speaks against each."""

    label: str
    number: int
    samples: list[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def result(request: Request, pk: int) -> HttpResponse:
    """How far it has come, what it found; or make it the policy."""
    row = get_object_or_404(Simulation.objects.select_related("policy"), site=request.site, pk=pk)
    if request.method != "POST":
        return page(request, row, seen=row.seen)
    try:
        policies.save(row.policy, seen=seen_in(request), by=request.user)
    except policies.Changed as newer:
        by = newer.now.made_by.name if newer.now.made_by else _("Somebody")
        return page(request, row, seen=newer.now.number or 0, newer=by, status=409)
    messages.success(request, _("Saved. The rules hold from now on."))
    return redirect("moderation-settings")


def seen_in(request: Request) -> int:
    """The version on the screen when the button was pressed."""
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def page(
    request: Request, row: Simulation, *, seen: int, newer: str = "", status: int = 200
) -> HttpResponse:
    """The page of one simulation."""
    context = {
        "nav": "moderation",
        "simulation": row,
        "runs": row.state == Simulation.State.OPEN,
        "findings": [finding(row, name) for name in COUNTS],
        "seen": seen,
        "newer": newer,
    }
    return render(request, "moderation/simulation.html", context, status=status)


def finding(row: Simulation, name: str) -> Finding:
    """One count in words."""
    samples = [(pk, told(names)) for pk, names in row.samples.get(name, [])]
    return Finding(str(LABELS[name]), getattr(row, name), samples)


def told(names: list[str]) -> str:
    """Reasons as moderators read them."""
    return ", ".join(str(Reason(name).label) for name in names) or _("nothing speaks against it")
