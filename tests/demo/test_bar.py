"""The demo bar and the inbox."""

from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Status
from community.demo.middleware import AS_OTHERS, PLAIN
from community.demo.people import add_member
from community.mail.message import Message
from community.mail.transport import open_transport
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories
from tests.roles import BROWSER

PEOPLE = ("reader", "moderator", "administrator")


@pytest.fixture
def people(site: Site) -> None:
    """Those the bar lets one be."""
    for role in PEOPLE:
        kept = "" if role == "reader" else role
        add_member(site, name=f"A {role}", email=f"{role}@example.org", role=kept)


@pytest.fixture
def strict() -> Client:
    """A browser, with Django's guard against foreign posts in force."""
    return Client(enforce_csrf_checks=True, headers=BROWSER)


@pytest.fixture
def one_mail(settings: Settings, tmp_path: Path) -> str:
    """The name of an e-mail in the inbox."""
    settings.MAIL_URL = f"file://{tmp_path}"
    message = Message(
        sender="comments@localhost",
        sender_name="The Harbour Post",
        to="amir@example.org",
        subject="Re: On tides",
        text="Rosa answered: http://testserver/comments/7/",
        html='<html><head></head><body><a href="http://testserver/comments/7/">Read</a></body></html>',
        message_id="<comment.7.1@localhost>",
        headers={"List-Unsubscribe": "<http://testserver/stop/>"},
    )
    with open_transport(settings.MAIL_URL) as transport:
        transport.send(message)
    return next(tmp_path.glob("*.eml")).stem


def be(client: Client, role: str, **fields: str) -> None:
    """Press one of the bar's buttons."""
    response = client.post("/demo/become/", {"role": role, "next": "/", **fields})
    assert response.status_code == 302


def pressed(client: Client, page: str = "/") -> list[str]:
    """What the bar says one is."""
    response = client.get(page)
    return [role["key"] for role in response.context["demo_roles"] if role["is_current"]]


@pytest.mark.parametrize("address", ["/demo/inbox/", "/demo/become/", "/demo/switch/"])
def test_without_the_demo_there_is_no_such_address(
    site: Site, client: Client, address: str
) -> None:
    assert client.get(address).status_code == 404
    assert client.post(address, {"role": "administrator"}).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo-become")


def test_without_the_demo_no_page_has_a_bar(article: object, client: Client) -> None:
    assert b"demo" not in client.get("/articles/tides/").content


@pytest.mark.parametrize("role", PEOPLE)
def test_one_press_makes_one_somebody(demo: None, people: None, browser: Client, role: str) -> None:
    assert pressed(browser) == ["visitor"]
    be(browser, role)
    assert pressed(browser) == [role]


def test_who_becomes_a_visitor_is_forgotten(
    demo: None, people: None, site: Site, reader: Person, browser: Client
) -> None:
    be(browser, "administrator")
    browser.cookies[project.GUEST_COOKIE_NAME] = "somebody"
    be(browser, "visitor")
    assert pressed(browser) == ["visitor"]
    for name in (project.SESSION_COOKIE_NAME, project.GUEST_COOKIE_NAME):
        assert browser.cookies[name].value == ""


def test_the_bar_leads_back_to_its_page_and_never_elsewhere(
    demo: None, people: None, browser: Client
) -> None:
    there = browser.post("/demo/become/", {"role": "reader", "next": "/cookies/?a=1"})
    assert there["Location"] == "/cookies/?a=1"
    away = browser.post("/demo/become/", {"role": "reader", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"


def test_as_others_see_it_hides_what_waits_and_can_be_switched_off_again(
    demo: None, people: None, thread: Thread, strict: Client
) -> None:
    factories.comment(thread, "Only moderators see this.", status=Status.HELD)
    page = "/articles/tides/"
    be(strict, "moderator")
    assert b"Only moderators" in strict.get(page).content

    token = strict.cookies[project.CSRF_COOKIE_NAME].value
    strict.post("/demo/switch/", {"what": "others", "csrfmiddlewaretoken": token})
    assert AS_OTHERS in strict.cookies
    assert b"Only moderators" not in strict.get(page).content

    # The bar of that page bears no token.
    assert strict.post("/demo/switch/", {"what": "others", "next": page}).status_code == 302
    assert b"Only moderators" in strict.get(page).content


def test_without_javascript_the_browser_runs_no_scripts(
    demo: None, article: object, browser: Client
) -> None:
    assert "sandbox" not in browser.get("/articles/tides/")["Content-Security-Policy"]
    browser.post("/demo/switch/", {"what": "plain"})
    assert PLAIN in browser.cookies
    policy = browser.get("/articles/tides/")["Content-Security-Policy"]
    assert "sandbox " in policy
    assert "allow-scripts" not in policy
    assert "allow-forms" in policy


def test_the_inbox_shows_an_e_mail_with_headers_and_text(
    demo: None, site: Site, client: Client, one_mail: str
) -> None:
    assert "Re: On tides" in client.get("/demo/inbox/").content.decode()
    response = client.get(f"/demo/inbox/{one_mail}/")
    shown = response.content.decode()
    assert "&lt;comment.7.1@localhost&gt;" in shown
    assert "&lt;http://testserver/stop/&gt;" in shown
    assert '<a href="http://testserver/comments/7/"' in shown
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_the_html_of_an_e_mail_can_do_nothing_but_lead_away(
    demo: None, site: Site, client: Client, one_mail: str
) -> None:
    response = client.get(f"/demo/inbox/{one_mail}/html/")
    assert b'<base target="_top">' in response.content
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


def test_an_unknown_e_mail_is_not_there(
    demo: None, site: Site, client: Client, one_mail: str
) -> None:
    assert client.get("/demo/inbox/nothing/").status_code == 404
    assert client.get("/demo/inbox/..%2f..%2fsecret_key/").status_code == 404
