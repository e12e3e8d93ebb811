"""Name and address stay in a browser only while its owner wants that."""

from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from community.consent import details
from community.consent.choices import KEPT
from community.consent.models import ConsentRecord
from community.consent.purposes import Purpose

GIVEN = {"name": "Rosa", "email": "rosa@example.org", "remember": True}


def request_with(*cookies: HttpResponse) -> HttpRequest:
    """A request by a browser that got these answers before."""
    request = RequestFactory().get("/")
    for response in cookies:
        for name, morsel in response.cookies.items():
            request.COOKIES[name] = morsel.value
    return request


def kept(given: dict[str, Any], request: HttpRequest | None = None) -> HttpResponse:
    """The answer to a comment form."""
    response = HttpResponse()
    details.keep(request or request_with(), response, given)
    return response


@pytest.mark.django_db
def test_a_tick_at_the_form_keeps_name_and_address() -> None:
    response = kept(GIVEN)

    known = details.read(request_with(response))
    assert (known.name, known.email) == ("Rosa", "rosa@example.org")
    cookie = response.cookies[settings.DETAILS_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == KEPT.total_seconds()


@pytest.mark.django_db
def test_a_tick_at_the_form_is_proved_by_a_row() -> None:
    response = kept(GIVEN)

    record = ConsentRecord.objects.get()
    assert record.purposes == [Purpose.DETAILS]
    assert record.made_in == "form"
    assert record.visitor == details.read(request_with(response)).visitor


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"body": "words"}, id="a member's form has no such box"),
        pytest.param({**GIVEN, "remember": False}, id="the box was left empty"),
    ],
)
def test_nothing_is_kept_without_a_tick(given: dict[str, Any]) -> None:
    assert not kept(given).cookies
    assert not ConsentRecord.objects.exists()


@pytest.mark.django_db
def test_an_emptied_box_deletes_what_was_kept() -> None:
    request = request_with(kept(GIVEN))

    response = kept({**GIVEN, "remember": False}, request)

    assert response.cookies[settings.DETAILS_COOKIE_NAME]["max-age"] == 0
    records = ConsentRecord.objects.order_by("pk")
    assert [record.purposes for record in records] == [[Purpose.DETAILS], []]
    assert len({record.visitor for record in records}) == 1


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("", id="empty"),
        pytest.param("Rosa", id="not signed"),
        pytest.param("WyJSb3NhIl0:1abc:xyz", id="signed by someone else"),
    ],
)
def test_a_foreign_cookie_is_nobody(raw: str) -> None:
    request = request_with()
    request.COOKIES[settings.DETAILS_COOKIE_NAME] = raw

    assert details.read(request) == details.Details()
