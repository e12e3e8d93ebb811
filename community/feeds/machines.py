"""What search engines ask for first: robots.txt and the sitemap."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from community.feeds.maps import Map, maps_of, pages_of
from community.sites.requests import Request

XML = "application/xml; charset=utf-8"
# Pages for people: forms, links that prove something, and ways to what stands elsewhere.
NOT_FOR_MACHINES = [
    "/accounts/",
    "/comments/",
    "/cookies/",
    "/decisions/",
    "/e-mails/",
    "/me/",
    "/moderation/",
    "/reports/",
    "/search/",
    "/setup/",
]


@require_safe
def robots(request: Request) -> HttpResponse:
    """What is not worth fetching, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_MACHINES)]
    lines.append(f"Sitemap: {request.site.url(reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@conditional_page
@require_safe
def sitemap(request: Request) -> HttpResponse:
    """The list of the sitemap's parts."""
    urls = [request.site.url(reverse("sitemap-part", args=part)) for part in maps_of(request.site)]
    return render(request, "feeds/sitemaps.xml", {"urls": urls}, content_type=XML)


@conditional_page
@require_safe
def sitemap_part(request: Request, kind: str, number: int) -> HttpResponse:
    """Ten thousand pages at most."""
    if kind not in ("pages", "articles", "topics") or number > 10**9:
        raise Http404("no such part")
    pages = [
        (request.site.url(page.url), page.changed)
        for page in pages_of(request.site, Map(kind, number))
    ]
    return render(request, "feeds/sitemap.xml", {"pages": pages}, content_type=XML)
