"""The footer of the demo tells what the page has cost, and nothing that is not so."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from community.demo.measured import third_parties
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories
from tests.faults.seed import guest_cookie

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def told(html: str) -> dict[str, str]:
    """The numbers in the sentence, in their words."""
    return dict(re.findall(r'data-measured="(\w+)"[^>]*>([^<]*)<', html))


def test_a_visitor_reads_size_time_no_third_parties_and_no_cookies(
    client: Client, thread: Thread
) -> None:
    page = client.get(f"/articles/{thread.article.slug}/")
    said = told(page.text)
    assert said["strangers"] == "third parties: 0"
    assert said["cookies"] == "cookies: 0"
    assert re.fullmatch(r"\d+ ms", said["milliseconds"])
    assert int(page["Content-Length"]) == len(page.content)


def test_the_size_is_that_of_the_page(client: Client, thread: Thread) -> None:
    page = client.get(f"/articles/{thread.article.slug}/")
    kilobytes = float(told(page.text)["kilobytes"].split()[0].replace(",", ""))
    assert kilobytes * 1000 == pytest.approx(len(page.content), abs=1000)


def test_a_guest_reads_of_two_cookies_their_own_and_the_token_of_forms(
    client: Client, thread: Thread
) -> None:
    name, _, value = guest_cookie(str(factories.guest().key)).partition("=")
    client.cookies[name] = value
    assert told(client.get(f"/articles/{thread.article.slug}/").text)["cookies"] == "cookies: 2"


def test_whoever_a_page_may_load_from_is_counted_once() -> None:
    policy = "img-src 'self' data: https://a.example; frame-src https://a.example https://b.example"
    assert third_parties(f"{policy}; form-action https://c.example") == {
        "https://a.example",
        "https://b.example",
    }


def test_a_real_site_says_nothing_of_the_kind(
    client: Client, site: Site, settings: Settings
) -> None:
    settings.DEMO = False
    settings.MIDDLEWARE = settings.MIDDLEWARE[1:]
    page = client.get("/").text
    assert "measured" not in page
