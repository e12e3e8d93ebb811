"""What one was to hear of, on the site."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from community.sites.requests import Request
from community.subscriptions import news


@require_GET
def news_page(request: Request) -> HttpResponse:
    """What one was to hear of, read or not, and what became of the e-mails."""
    contact = contact_of_viewer(request)
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    notices, next_id = news.page(contact, request.site, before)
    context = {
        "nav": "news",
        "notices": notices,
        "next_id": next_id,
        "has_new": any(notice.is_new for notice in notices),
    }
    return render(request, "subscriptions/news.html", context)


@require_POST
def news_seen(request: Request) -> HttpResponse:
    """Count everything as read."""
    news.see_all(contact_of_viewer(request), request.site)
    return redirect("news")


def contact_of_viewer(request: Request) -> int:
    """The confirmed address of whoever asks; raises Http404 for all others, who get no news."""
    person = request.viewer.person
    if person is None or person.contact_id is None:
        raise Http404
    return person.contact_id
