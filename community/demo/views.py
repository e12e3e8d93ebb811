"""The demo bar and the inbox. These addresses exist only while the demo runs."""

from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from community.accounts import guests
from community.accounts.models import User
from community.consent import details
from community.demo.inbox import letter, letters
from community.demo.middleware import AS_OTHERS, PLAIN
from community.sites.requests import Request

PEOPLE = {
    "reader": "reader@example.org",
    "moderator": "moderator@example.org",
    "administrator": "administrator@example.org",
}
SWITCHES = {"others": AS_OTHERS, "plain": PLAIN}
BACKEND = "django.contrib.auth.backends.ModelBackend"
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
)


@require_POST
def become(request: Request) -> HttpResponse:
    """Be somebody else from now on, or nobody."""
    role = request.POST.get("role", "")
    logout(request)
    if role in PEOPLE:
        login(request, get_object_or_404(User, email=PEOPLE[role]), backend=BACKEND)
    response = redirect(back(request))
    guests.forget(response)
    details.forget(response)
    response.delete_cookie(AS_OTHERS)
    return response


@require_POST
def switch(request: Request) -> HttpResponse:
    """Switch “as others see it” or “without JavaScript” on or off."""
    name = SWITCHES.get(request.POST.get("what", ""))
    if name is None:
        raise Http404("no such switch")
    response = redirect(back(request))
    if name in request.COOKIES:
        response.delete_cookie(name)
    else:
        response.set_cookie(name, "on", httponly=True, samesite="Lax")
    return response


def back(request: Request) -> str:
    """The page the bar stood on."""
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


@require_GET
def inbox(request: Request) -> HttpResponse:
    """All e-mails of the demo, newest first."""
    return render(request, "demo/inbox.html", {"letters": letters()})


@require_GET
def read(request: Request, name: str) -> HttpResponse:
    """One e-mail with its headers."""
    found = letter(name)
    if found is None:
        raise Http404("no such e-mail")
    response = render(request, "demo/letter.html", {"letter": found})
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@require_GET
@xframe_options_sameorigin
def frame(request: Request, name: str) -> HttpResponse:
    """The HTML half of an e-mail, shut off from the page around it."""
    found = letter(name)
    if found is None:
        raise Http404("no such e-mail")
    html = found.html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = FRAME_POLICY
    return response
