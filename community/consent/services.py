"""Asking visitors what may be kept or loaded, and doing what they say."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from community.consent import details
from community.consent.choices import Choice, choice_of, keep_choice, new_visitor, prove
from community.consent.models import ConsentRecord
from community.consent.purposes import OPTIONAL, Purpose


def allowed(request: HttpRequest, purpose: Purpose) -> bool:
    """Whether this visitor allows a purpose. Silence is a refusal."""
    if purpose is Purpose.NECESSARY:
        return True
    if purpose is Purpose.DETAILS:
        return details.are_wanted(request)
    choice = choice_of(request)
    return choice is not None and purpose in choice.purposes


def must_ask(request: HttpRequest) -> bool:
    """Whether this visitor has yet to choose; a browser that refuses for them is not asked."""
    return choice_of(request) is None and not refuses_by_browser(request)


def refuses_by_browser(request: HttpRequest) -> bool:
    """Whether the browser sends Global Privacy Control."""
    return request.headers.get("Sec-GPC") == "1"


def choose(
    request: HttpRequest, response: HttpResponse, purposes: Iterable[Purpose], made_in: str
) -> ConsentRecord:
    """Keep a choice of optional purposes, prove it, and delete what it no longer covers."""
    choice = Choice(visitor_of(request), OPTIONAL & frozenset(purposes))
    keep_choice(response, choice)
    if Purpose.DETAILS not in choice.purposes:
        details.forget(response)
    return prove(choice.visitor, choice.purposes, made_in)


def present_purposes(request: HttpRequest) -> frozenset[Purpose]:
    """What this visitor allows already, of what one may refuse."""
    return frozenset(purpose for purpose in OPTIONAL if allowed(request, purpose))


def visitor_of(request: HttpRequest) -> str:
    """The random id this browser chose under before, or a new one."""
    choice = choice_of(request)
    known = choice.visitor if choice else details.read(request).visitor
    return known or new_visitor()
