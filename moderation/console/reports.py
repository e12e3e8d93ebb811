"""What moderators do about reports, and the reasons that readers choose from."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from community.comments.models import Comment
from community.sites.guards import administrators_only, moderators_only
from community.sites.requests import Request
from moderation import queue, reporting, reports
from moderation.console.cards import cards_of
from moderation.console.forms import ReportReasonForm
from moderation.console.lists import surroundings
from moderation.console.wishes import read_cursor, within_reach
from moderation.models import ReportReason


@require_GET
@moderators_only
def reported(request: Request) -> HttpResponse:
    """What is public and has been reported."""
    found = queue.reported_page(request.site, read_cursor(request))
    here = request.path
    context = {
        **surroundings(request, "reported"),
        "list": "reported",
        "cards": cards_of(request, found.comments),
        "next_url": f"{here}?after={found.next_cursor}" if found.next_cursor else "",
    }
    return render(request, "moderation/queue.html", context)


class EscalationForm(forms.Form):
    """Whom a moderator has told of a threat to somebody's life."""

    told = forms.CharField(
        label=gettext_lazy("Whom have you told, and under which number do they know it?"),
        max_length=300,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def escalate(request: Request, pk: int) -> HttpResponse:
    """What to do when somebody's life is threatened, and the record that it was done."""
    comment = get_object_or_404(within_reach(request, Comment.objects.all()), pk=pk)
    form = EscalationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reporting.escalate(comment, request.user, form.cleaned_data["told"])
        messages.success(request, _("Written down. Thank you for acting."))
        return redirect("moderation-escalate", pk)
    context = {
        "nav": "moderation",
        "comment": comment,
        "form": form,
        "before": comment.escalations.select_related("by"),
        "address": comment.site.url(f"/comments/{comment.pk}/"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/escalate.html", context, status=status)


# Reasons


@require_GET
@administrators_only
def reasons(request: Request) -> HttpResponse:
    """Every reason that readers may choose, or might again."""
    found = reports.reasons_of(request.site).values()
    return render(
        request, "moderation/report_reasons.html", {"nav": "moderation", "reasons": found}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_reason(request: Request) -> HttpResponse:
    """A reason of the site's own."""
    return reason_page(request, ReportReason(site=request.site))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def reason(request: Request, code: str) -> HttpResponse:
    """One reason: in other words, or not offered any more."""
    found = reports.reasons_of(request.site).get(code)
    if found is None:
        raise Http404("no such reason")
    return reason_page(request, found)


def reason_page(request: Request, found: ReportReason) -> HttpResponse:
    """The form of one reason, and what comes of sending it."""
    form = ReportReasonForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        found.code = found.code or reports.next_code(request.site)
        form.save()
        messages.success(request, _("Saved. Readers find it so from now on."))
        return redirect("moderation-report-reasons")
    context = {"nav": "moderation", "form": form, "reason": found}
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/report_reason.html", context, status=status)
