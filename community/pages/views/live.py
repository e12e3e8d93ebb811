"""What is new under a thread, for pages that are open."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.comments import queries
from community.edge.declarations import public, shows
from community.pages.live import MOST_NEW, news_of
from community.pages.shown import Presenter
from community.pages.threads import note_seen, read_cursor, title_of
from community.pages.views.comments import thread_of
from community.sites.requests import Request


@public()
@require_safe
def news(request: Request, pk: int) -> HttpResponse:
    """The numbers of what is new and what is gone: small, and ready bytes for everybody."""
    thread = thread_of(request, pk)
    shows(request, thread)
    return JsonResponse(news_of(thread))


@public("after")
@require_safe
def fresh(request: Request, pk: int) -> HttpResponse:
    """The comments behind a publication number, in the order in which they became public."""
    thread = thread_of(request, pk)
    shows(request, thread)
    rows = list(queries.latest(thread, read_cursor(request) or 0)[:MOST_NEW])
    note_seen(request.viewer, rows)
    presenter = Presenter(thread, request.viewer, rows)
    items = [presenter.show(row) for row in rows]
    context = {"items": items, "title": title_of(thread)}
    return render(request, "comments/fresh.html", context)
