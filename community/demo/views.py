"""The demo bar and the inbox. These addresses exist only while the demo runs."""

from csp.constants import SELF
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from community.accounts import guests
from community.accounts.models import User
from community.consent import details
from community.demo.inbox import Mail, mail, mails
from community.demo.middleware import AS_OTHERS, PLAIN
from community.demo.people import ADMINISTRATOR, MODERATOR, READER
from community.sites.requests import Request

PEOPLE = {"reader": READER, "moderator": MODERATOR, "administrator": ADMINISTRATOR}
SWITCHES = {"others": AS_OTHERS, "plain": PLAIN}
BACKEND = "django.contrib.auth.backends.ModelBackend"
# E-mails are styled inline; nothing else of them may do anything.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
)


@require_POST
def become(request: Request) -> HttpResponse:
    """Be somebody else from now on, or nobody."""
    logout(request)
    response = redirect(back(request))
    response.delete_cookie(AS_OTHERS, samesite="Lax")
    guests.forget(response)
    details.forget(response)
    if email := PEOPLE.get(request.POST.get("role", "")):
        login(request, get_object_or_404(User, email=email), backend=BACKEND)
    else:  # Django leaves it where identity was taken off the request
        response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


@require_POST
def switch(request: Request) -> HttpResponse:
    """Switch “as others see it” or “without JavaScript” on or off."""
    name = SWITCHES.get(request.POST.get("what", ""))
    if name is None:
        raise Http404("no such switch")
    response = redirect(back(request))
    if request.COOKIES.get(name):
        response.delete_cookie(name, samesite="Lax")
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
    return render(request, "demo/inbox.html", {"mails": mails(), "nav": "inbox"})


@require_GET
def read(request: Request, name: str) -> HttpResponse:
    """One e-mail with its headers, beside the others."""
    context = {"mails": mails(), "open": mail_or_404(name), "nav": "inbox"}
    response = render(request, "demo/inbox.html", context)
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response


@require_GET
def frame(request: Request, name: str) -> HttpResponse:
    """The HTML half of an e-mail, shut off from the page around it; its links open as pages."""
    html = mail_or_404(name).html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": FRAME_POLICY})


def mail_or_404(name: str) -> Mail:
    """An e-mail that is there; raises Http404."""
    found = mail(name)
    if found is None:
        raise Http404("no such e-mail")
    return found
