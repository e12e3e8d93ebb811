"""What helps while one writes: buttons for scripts to show, and how the words will look."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from community.comments.screening import would_wait_for_link
from community.edge.declarations import public
from community.limits.pace import PREVIEWS
from community.pages.forms import PreviewForm
from community.pages.submission import draft_of_preview
from community.sites.requests import Request
from community.threads.models import Thread


@public()
@require_safe
def tools(request: Request) -> HttpResponse:
    """The buttons above a text, and the list of keys, for scripts to put into a page."""
    return render(request, "comments/tools.html")


@require_POST
def preview(request: Request) -> HttpResponse:
    """Words as they will look, with a warning if a link would let them wait; nothing is kept."""
    if PREVIEWS.is_too_fast(request):
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    draft = draft_of_preview(request, thread_of(request, form), form.cleaned_data)
    context = {"html": draft.rendered.html, "waits": would_wait_for_link(draft)}
    return render(request, "comments/preview.html", context)


def thread_of(request: Request, form: PreviewForm) -> Thread:
    """Where the words are to stand: other rules may hold there than elsewhere on the site."""
    number = form.cleaned_data["thread"]
    rows = Thread.objects.listed().filter(site=request.site, pk=number)
    found = rows.first() if number is not None and 0 < number < 2**63 else None
    return found or Thread(site=request.site)
