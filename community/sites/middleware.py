"""Which site a request is for, in which language it is answered, and who looks at it."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from community.accounts import guests
from community.accounts.models import Person, User
from community.prepared import Prepared
from community.sites.languages import follows_browser, language_for
from community.sites.models import Membership, Role, Site
from community.sites.viewers import ANYONE, Viewer

GetResponse = Callable[[HttpRequest], HttpResponse]

# Without the long texts that one page shows.
PLAIN = Site.objects.defer("house_rules", "privacy")
BY_HOST = Prepared[Site](lambda host: PLAIN.filter(host=host)[:1], "host")


class SiteMiddleware:
    """Puts `site` on the request and answers in the language of the visitor's or site's choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.site = site = site_of(request)  # type: ignore[assignment]
        language = language_for(request, site)
        with translation.override(language):
            response = self.answer(request)
        response.headers.setdefault("Content-Language", language)
        if follows_browser(request, site):
            patch_vary_headers(response, ["Accept-Language"])
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Whatever is asked for; until there is a site, only how to make one."""
        if request.site is None and not request.path.startswith("/setup/"):
            return render(request, "pages/not_set_up.html", status=503)
        return self.get_response(request)


class ViewerMiddleware:
    """Puts `viewer` on the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = viewer_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def site_of(request: HttpRequest) -> Site | None:
    """The site of this host; the first one where no site claims it; None before set-up."""
    host = request.get_host().lower()
    return BY_HOST.first(host=host) or PLAIN.order_by("pk").first()


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks at this site. Anonymous requests cost no query."""
    if not request.personal:  # type: ignore[attr-defined]
        return ANYONE
    if isinstance(request.user, AnonymousUser):
        return Viewer(person=guests.guest_of(request))
    return member_viewer(request.user, request.site)  # type: ignore[arg-type]


def member_viewer(user: User, site: Site | None) -> Viewer:
    """A member with their role on this site."""
    person, _ = Person.objects.select_related("contact__timing").get_or_create(
        user=user, defaults={"name": user.name}
    )
    role = Membership.objects.filter(user=user, site=site).values_list("role", flat=True).first()
    return Viewer(person=person, user=user, role=Role(role) if role else None)
