"""Name and e-mail address of a commenter who asked this browser to remember them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from community.consent.choices import KEPT, Choice, choice_of, keep_choice, new_visitor, prove
from community.consent.purposes import Purpose

SALT = "community.details"


@dataclass(frozen=True)
class Details:
    """What the comment form is filled with, and the random id under which it was allowed."""

    name: str = ""
    email: str = ""
    visitor: str = ""


def read(request: HttpRequest) -> Details:
    """What this visitor asked us to remember; empty if nothing."""
    raw = request.COOKIES.get(settings.DETAILS_COOKIE_NAME, "")
    try:
        name, email, visitor = signing.loads(raw, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return Details()
    return Details(name, email, visitor)


def are_wanted(request: HttpRequest) -> bool:
    """Whether this visitor allowed us to remember their details, at the form or elsewhere."""
    choice = choice_of(request)
    return bool(read(request).name) or (choice is not None and Purpose.DETAILS in choice.purposes)


def keep(request: HttpRequest, response: HttpResponse, given: Mapping[str, object]) -> None:
    """Do what the tick “Remember me on this device” says; forms without it change nothing."""
    if given.get("remember"):
        _remember(request, response, str(given["name"]), str(given["email"]))
    elif "remember" in given and are_wanted(request):
        _take_back(request, response)


def forget(response: HttpResponse) -> None:
    """Delete what the browser remembers."""
    response.delete_cookie(settings.DETAILS_COOKIE_NAME, samesite="Lax")


def _remember(request: HttpRequest, response: HttpResponse, name: str, email: str) -> None:
    choice = _present_choice(request)
    response.set_cookie(
        settings.DETAILS_COOKIE_NAME,
        signing.dumps([name, email, choice.visitor], salt=SALT),
        max_age=KEPT,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    prove(choice.visitor, choice.purposes | {Purpose.DETAILS}, "form")


def _take_back(request: HttpRequest, response: HttpResponse) -> None:
    choice = _present_choice(request)
    purposes = choice.purposes - {Purpose.DETAILS}
    if Purpose.DETAILS in choice.purposes:
        keep_choice(response, Choice(choice.visitor, purposes))
    forget(response)
    prove(choice.visitor, purposes, "form")


def _present_choice(request: HttpRequest) -> Choice:
    """The choice made before, or none yet under the id that the details were allowed with."""
    visitor = read(request).visitor or new_visitor()
    return choice_of(request) or Choice(visitor, frozenset())
