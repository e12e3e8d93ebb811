"""The page on which one chooses, and the answer to every button that asks."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from community.consent import services
from community.consent.purposes import OPTIONAL, Purpose, descriptions

# Where our buttons stand; the proof of a choice says which one was pressed.
PLACES = {"banner", "article", "page"}


@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """Show the purposes, or keep what was chosen and lead back."""
    return keep(request) if request.method == "POST" else choose(request)


def choose(request: HttpRequest) -> HttpResponse:
    """The purposes with what this visitor allows now."""
    present = services.present_purposes(request)
    context = {
        "purposes": [(about, about.purpose in present) for about in descriptions()],
        "anything_allowed": bool(present),
        "refused_by_browser": services.refuses_by_browser(request),
        "saved": "saved" in request.GET,
        "next": own_path(request.GET.get("next", "")),
    }
    response = render(request, "consent/choose.html", context)
    patch_vary_headers(response, ["Sec-GPC"])
    return response


def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and lead back to where the button stood."""
    back = own_path(request.POST.get("next", "")) or f"{reverse('cookies')}?saved=1"
    response = HttpResponseRedirect(back)
    place = request.POST.get("place", "")
    services.choose(
        request, response, purposes_chosen(request), place if place in PLACES else "page"
    )
    return response


def purposes_chosen(request: HttpRequest) -> frozenset[Purpose]:
    """What the pressed button allows; one we do not know allows nothing."""
    posted = request.POST
    if "allow" in posted:
        return services.present_purposes(request) | named(posted.getlist("allow"))
    match posted.get("choice"):
        case "accept":
            return OPTIONAL
        case "save":
            return named(posted.getlist("purpose"))
    return frozenset()


def named(words: Iterable[str]) -> frozenset[Purpose]:
    """The optional purposes among these words."""
    return frozenset(purpose for purpose in OPTIONAL if purpose in words)


def own_path(address: str) -> str:
    """The address if it leads to a page of this site, else nothing."""
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_own else ""
