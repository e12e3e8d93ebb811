"""The page on which a visitor chooses the language of the pages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.consent.views import own_path
from community.sites.languages import KEPT_SECONDS, known
from community.sites.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: Request) -> HttpResponse:
    """Show the languages, or keep the one that was pressed and lead back."""
    if request.method != "POST":
        return choose(request)
    chosen = known(request.POST.get("language", ""))
    if not chosen:
        return choose(request, error=_("Please choose one of these languages."), status=422)
    return keep(request, chosen)


def choose(request: Request, *, error: str = "", status: int = 200) -> HttpResponse:
    """The languages, each by its own name."""
    context = {
        "languages": [(code, native(code)) for code, name in settings.LANGUAGES],
        "next": request.POST.get("next", "") or came_from(request),
        "error": error,
    }
    response = render(request, "pages/language.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def native(code: str) -> str:
    """What those who speak it call a language."""
    return str(translation.get_language_info(code)["name_local"])


def came_from(request: Request) -> str:
    """The page of this site on which the link was pressed."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc != request.get_host():
        return ""
    return referrer.path + (f"?{referrer.query}" if referrer.query else "")


def keep(request: Request, chosen: str) -> HttpResponse:
    """Remember the language on this device, and for e-mails to whoever is known here."""
    contact = request.viewer.person.contact if request.viewer.person else None
    if contact is not None:
        type(contact).objects.filter(pk=contact.pk).update(language=chosen)
    response = redirect(own_path(request.POST.get("next", "")) or "home")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=KEPT_SECONDS,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
