"""House rules and the privacy notice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.comments.rendering import render as render_markdown
from community.edge.declarations import public
from community.sites.requests import Request


@public()
@require_safe
def house_rules(request: Request) -> HttpResponse:
    """What is welcome on this site."""
    return text_page(request, "pages/house_rules.html", request.site.house_rules)


@public()
@require_safe
def privacy(request: Request) -> HttpResponse:
    """What happens with data on this site."""
    return text_page(request, "pages/privacy.html", request.site.privacy)


def text_page(request: Request, template: str, source: str) -> HttpResponse:
    """The site's own text, or ours where it has none."""
    html = render_markdown(source).html if source else ""
    return render(request, template, {"own_text": html})
