"""Forms on public pages carry no token: the browser itself says where a post comes from."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class CrossOriginProtection(CsrfViewMiddleware):
    """Django's token for whoever carries an identity; proof of origin for everyone else.

    The rules are those of Go's net/http CrossOriginProtection: Sec-Fetch-Site decides, then
    Origin. Where a browser sends neither, the words come back in a form with a token.
    """

    def process_view(  # type: ignore[override] # the stubs know only the answer 403 of Django
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponse],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        exempt = getattr(callback, "csrf_exempt", False)
        if request.method in SAFE or exempt or request.personal:  # type: ignore[attr-defined]
            return super().process_view(request, callback, callback_args, callback_kwargs)
        proof = proves_same_origin(request)
        if proof:
            return None
        if proof is None and "csrfmiddlewaretoken" not in request.POST:
            return ask_again(request)
        return super().process_view(request, callback, callback_args, callback_kwargs)


def proves_same_origin(request: HttpRequest) -> bool | None:
    """Whether the browser says the post comes from our own page; None if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if not origin:
        return None
    return urlsplit(origin).netloc == request.get_host()


def ask_again(request: HttpRequest) -> HttpResponse:
    """The same words in a form with a token: one more press proves that it is wanted."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {"fields": fields, "action": request.get_full_path()}
    return render(request, "comments/submitted_again.html", context, status=403)
