"""Signing up, logging in with password or code, resetting a password: by the pages and e-mails."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from community.accounts.models import User
from community.sites.models import Site
from tests import factories
from tests.inbox import Inbox, link_in, words_of
from tests.pages.posting import text_of

NEW = {"name": "Milo", "email": "milo@example.org", "password1": "a lighthouse at noon"}


def press(browser: Client, address: str, given: dict[str, str]) -> str:
    """Open a page, fill its form and press the button; what the last page says."""
    page = browser.get(address).content.decode()
    token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page)
    answer = browser.post(address, {**given, "csrfmiddlewaretoken": token[0]}, follow=True)
    return text_of(answer)


def code_in(inbox: Inbox, address: str) -> str:
    """The code in the newest e-mail to an address."""
    [code] = re.findall(
        r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", words_of(inbox.to(address)[-1]), re.M
    )
    return str(code)


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Let nobody be slowed down by what earlier tests tried."""
    cache.clear()


@pytest.fixture
def member(site: Site) -> User:
    """Somebody with an account whose address is confirmed."""
    user = factories.member("Mina")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def test_signing_up_ends_on_ones_own_page(site: Site, inbox: Inbox) -> None:
    browser = Client(enforce_csrf_checks=True)

    asked = press(browser, "/accounts/signup/", NEW)
    assert "code" in asked
    page = press(browser, "/accounts/confirm-email/", {"code": code_in(inbox, NEW["email"])})

    assert "My comments and e-mails" in page
    user = User.objects.get()
    assert user.name == "Milo"
    assert user.person.contact.is_proven
    assert "Log out" in text_of(browser.get("/me/"))


def test_what_a_password_needs_is_a_list_and_no_markup(site: Site) -> None:
    page = Client().get("/accounts/signup/").content.decode()

    assert "<li>Your password must contain at least 10 characters.</li>" in page


def test_a_wrong_code_proves_nothing(site: Site, inbox: Inbox) -> None:
    browser = Client()
    press(browser, "/accounts/signup/", NEW)

    press(browser, "/accounts/confirm-email/", {"code": "ZZZ-ZZZ"})

    assert browser.get("/me/").status_code == 302


@pytest.mark.parametrize("name", ["Ada", "Аda", "", "Moderator", "Milo\u202e", "x" * 51])
def test_one_cannot_sign_up_with_a_bad_or_borrowed_name(
    site: Site, administrator: User, inbox: Inbox, name: str
) -> None:
    press(Client(), "/accounts/signup/", {**NEW, "name": name})

    assert not User.objects.filter(email=NEW["email"]).exists()
    assert inbox.all() == []


def test_logging_in_by_password(member: User) -> None:
    browser = Client()

    page = press(
        browser, "/accounts/login/", {"login": member.email, "password": "a long password"}
    )

    assert "My comments and e-mails" in page
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_logging_in_by_a_mailed_code(member: User, inbox: Inbox) -> None:
    browser = Client()

    press(browser, "/accounts/login/code/", {"email": member.email})
    page = press(browser, "/accounts/login/code/confirm/", {"code": code_in(inbox, member.email)})

    assert "My comments and e-mails" in page
    assert "Log out" in page


def test_resetting_a_password(member: User, inbox: Inbox) -> None:
    browser = Client()
    press(browser, "/accounts/password/reset/", {"email": member.email})
    link = link_in(inbox.to(member.email)[-1], "/accounts/password/reset/key/")
    assert link.startswith(site_address())

    form = browser.get(link.removeprefix(site_address()), follow=True)
    assert "password2" not in form.text
    address = form.redirect_chain[-1][0]
    given = {"password1": "another long password"}
    press(browser, address, given)

    member.refresh_from_db()
    assert member.check_password("another long password")


def test_the_page_of_addresses_speaks_our_words(member: User) -> None:
    browser = Client()
    browser.force_login(member)

    page = browser.get("/accounts/email/").text

    assert "address confirmed" in page
    assert "main address" in page
    assert "Verified" not in page
    assert "Primary" not in page


def site_address() -> str:
    """What links in account e-mails begin with."""
    return "http://testserver"


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/accounts/password/reset/", "email"),
        ("/accounts/login/code/", "email"),
        ("/accounts/signup/", "email"),
    ],
)
def test_nobody_learns_who_has_an_account(member: User, address: str, field: str) -> None:
    known = press(Client(), address, {**NEW, field: member.email})
    unknown = press(Client(), address, {**NEW, field: "nobody@example.org"})

    assert known.replace(member.email, "") == unknown.replace("nobody@example.org", "")


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_logging_in_leads_to_our_own_pages_alone(member: User, next_page: str) -> None:
    browser = Client()
    given = {"login": member.email, "password": "a long password", "next": next_page}

    answer = browser.post("/accounts/login/", given, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("forged", ["evil.example", "evil.example:8000", "testserver@evil.example"])
def test_a_forged_host_gets_into_no_e_mail(member: User, inbox: Inbox, forged: str) -> None:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-Host": forged})

    browser.post("/accounts/password/reset/", {"email": member.email})
    refused = browser.post(
        "/accounts/password/reset/", {"email": member.email}, headers={"Host": forged}
    )

    assert refused.status_code == 400
    for message in inbox.to(member.email):
        assert "evil" not in words_of(message)
