"""Who sends a request: nobody yet, a guest, or a member."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from community.accounts import guests


def is_personal(request: HttpRequest) -> bool:
    """Whether the request carries an identity, so that its page is rendered for one person."""
    names = (
        settings.SESSION_COOKIE_NAME,
        settings.GUEST_COOKIE_NAME,
        settings.DETAILS_COOKIE_NAME,
    )
    return any(name in request.COOKIES for name in names)


class GuestMiddleware:
    """Marks personal requests, keeps their answers out of shared caches, sets the guest cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.personal = is_personal(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if person := getattr(request, "remember_guest", None):
            guests.remember(response, person)
        guard_caches(request, response)
        return response


def guard_caches(request: HttpRequest, response: HttpResponse) -> None:
    """Personal answers are stored by nobody; public ones are checked again each time."""
    if response.has_header("Cache-Control"):
        return
    if request.personal or response.cookies or request.method not in ("GET", "HEAD"):  # type: ignore[attr-defined]
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        patch_vary_headers(response, ("Cookie",))
