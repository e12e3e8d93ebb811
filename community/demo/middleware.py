"""Two ways to look at the demo: as others do, and without scripts."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

AS_OTHERS = "demo-as-others"
PLAIN = "demo-without-scripts"


class DemoMiddleware:
    """Takes identity off a request, or scripts off a page, while the demo bar says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        demo = request.path.startswith("/demo/")
        if AS_OTHERS in request.COOKIES and not demo:
            take_identity_off(request)
        response = self.get_response(request)
        if PLAIN in request.COOKIES and not demo:
            forbid_scripts(response)
        return response


def take_identity_off(request: HttpRequest) -> None:
    """Let the page be what somebody sees who never was here."""
    for name in (
        settings.SESSION_COOKIE_NAME,
        settings.GUEST_COOKIE_NAME,
        settings.DETAILS_COOKIE_NAME,
    ):
        request.COOKIES.pop(name, None)


def forbid_scripts(response: HttpResponse) -> None:
    """Have the browser itself ignore all scripts of this page."""
    policy = response.get("Content-Security-Policy", "")
    response["Content-Security-Policy"] = policy.replace("script-src 'self'", "script-src 'none'")
