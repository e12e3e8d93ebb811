"""The page on which administrators see what the filter of their site has learned."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.sites.guards import administrators_only
from community.sites.models import Site
from community.sites.requests import Request
from moderation.filters import history, training
from moderation.filters import services as filters
from moderation.filters.training import Quality
from moderation.models import LearnedFilter


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def filter_page(request: Request) -> HttpResponse:
    """What was learned, from how much, and how well it does; or have it learn now."""
    if request.method == "POST":
        filters.request(request.site.pk)
        messages.success(request, _("The filter learns now. Look again in a minute."))
        return redirect("moderation-filter")
    row = LearnedFilter.objects.filter(site=request.site).order_by("-pk").first()
    context = {
        "nav": "moderation",
        "filter": row,
        "quality": quality_of(row) if row else None,
        "missing": None if row else missing(request.site),
    }
    return render(request, "moderation/filter.html", context)


def quality_of(row: LearnedFilter) -> Quality:
    """What it did with the last decisions."""
    return Quality(row.last_spam, row.last_caught, row.last_good, row.last_held)


def missing(site: Site) -> dict[str, int]:
    """How many decisions of either kind there are, and how many are wanted."""
    return {
        "spam": history.spam_of(site)[: history.MOST].count(),
        "good": history.good_of(site)[: history.MOST].count(),
        # The newest fifth only measures.
        "wanted": round(training.FEWEST / (1 - filters.LAST)),
    }
