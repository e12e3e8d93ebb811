"""Two ways to look at the demo, as others do and without scripts, and what each page costs."""

from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from community.demo import measured

AS_OTHERS = "demo-as-others"
PLAIN = "demo-without-scripts"
POLICY = "Content-Security-Policy"
# Whatever pages may do but run scripts; browsers show <noscript> then, as without JavaScript.
SANDBOX = (
    "sandbox allow-same-origin allow-forms allow-popups allow-downloads allow-top-navigation"
    " allow-top-navigation-by-user-activation"
)


class DemoMiddleware:
    """Takes identity off a request, or scripts off a page, while the demo bar says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, cookies = perf_counter(), set(request.COOKIES)
        if request.COOKIES.get(AS_OTHERS):
            take_identity_off(request)
        response = self.get_response(request)
        measured.tell(request, response, perf_counter() - began, cookies)
        if request.COOKIES.get(PLAIN):
            forbid_scripts(response)
        return response


def take_identity_off(request: HttpRequest) -> None:
    """Let the page be what somebody sees who never was here.

    The bar itself too: its forms bear no token then, and their posts must not need one.
    """
    for name in (
        settings.SESSION_COOKIE_NAME,
        settings.GUEST_COOKIE_NAME,
        settings.DETAILS_COOKIE_NAME,
    ):
        request.COOKIES.pop(name, None)


def forbid_scripts(response: HttpResponse) -> None:
    """Have the browser itself run no script of this page."""
    response[POLICY] = "; ".join(filter(None, [response.get(POLICY, ""), SANDBOX]))
