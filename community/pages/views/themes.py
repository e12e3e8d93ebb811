"""The style sheet of a publication, for what it wants otherwise than we have it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from community.pages.addresses import theme_style
from community.sites.requests import Request
from community.sites.themes import mark_of


@require_safe
def theme(request: Request) -> HttpResponse:
    """Values for the properties of the style sheet; a page names it by what is in it."""
    style = theme_style(request.site)
    response = HttpResponse(style, content_type="text/css; charset=utf-8")
    if request.GET.get("v") == mark_of(style):
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
