"""The first start: from the printed link to a site with an administrator."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from community.accounts.models import User
from community.sites.models import Membership, Role, Site
from community.sites.services import setup_link

GIVEN = {
    "site_name": "The Harbour Post",
    "address": "http://testserver",
    "name": "Ada",
    "email": "Ada@example.org",
    "password": "a lighthouse at noon",
}


def link() -> str:
    """The path of the printed link."""
    return setup_link("http://testserver").removeprefix("http://testserver")


@pytest.mark.django_db
def test_before_there_is_a_site_the_home_page_says_where_to_look(browser: Client) -> None:
    response = browser.get("/")

    assert response.status_code == 503
    assert "Set it up here, once" in response.content.decode()


@pytest.mark.django_db
def test_the_link_makes_the_site_and_logs_its_administrator_in(browser: Client) -> None:
    assert "http://testserver" in browser.get(link()).content.decode()

    response = browser.post(link(), GIVEN, follow=True)

    assert response.redirect_chain == [("/setup/", 302)]
    shown = response.content.decode()
    assert "The Harbour Post" in shown
    assert "Write an article" in shown
    membership = Membership.objects.get()
    assert membership.role == Role.ADMINISTRATOR
    assert membership.site.host == "testserver"
    assert not membership.site.forum_enabled
    assert membership.site.close_after_days == 0


@pytest.mark.django_db
def test_the_administrators_address_counts_as_confirmed(browser: Client) -> None:
    browser.post(link(), GIVEN)

    user = User.objects.get(email="ada@example.org")
    assert user.check_password(GIVEN["password"])
    assert user.person.contact.is_proven
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.django_db
def test_the_link_works_once(browser: Client) -> None:
    browser.post(link(), GIVEN)

    assert browser.get(link()).status_code == 404
    assert Client(headers={"Sec-Fetch-Site": "same-origin"}).post(link(), GIVEN).status_code == 404
    assert Site.objects.count() == 1


@pytest.mark.django_db
def test_a_guessed_link_opens_nothing(browser: Client) -> None:
    assert browser.get("/setup/0123456789/").status_code == 404
    assert browser.post("/setup/0123456789/", GIVEN).status_code == 404
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("site_name", "", id="a site without a name"),
        pytest.param("address", "https://example.org/blog/", id="an address with a path"),
        pytest.param("address", "ftp://example.org", id="an address no browser opens"),
        pytest.param("address", "harbour", id="no address"),
        pytest.param("name", "Ada\nAdmin", id="a name of two lines"),
        pytest.param("email", "ada", id="no e-mail address"),
        pytest.param("password", "short", id="a short password"),
        pytest.param("password", "password1234", id="a common password"),
        pytest.param("password", "ada@example.org", id="the address as password"),
        pytest.param("site_name", "The\0Post", id="a NUL"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(browser: Client, field: str, value: str) -> None:
    given: dict[str, Any] = {**GIVEN, field: value}

    response = browser.post(link(), given)

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Site.objects.exists()
    assert not User.objects.exists()


def test_the_first_steps_are_for_the_administrator(browser: Client, site: Site) -> None:
    assert browser.get("/setup/").status_code == 404
