"""Pages speak the language their visitor chose, else the site's, else the browser's."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from community.contacts.models import Contact
from community.sites.models import Site
from tests import factories

COOKIE = settings.LANGUAGE_COOKIE_NAME


def language_of(client: Client, **headers: str) -> str:
    """In which language the front page comes."""
    said = client.get("/", headers={name.replace("_", "-"): v for name, v in headers.items()})
    language = said.headers["Content-Language"]
    assert f'<html lang="{language}"' in said.content.decode()
    return language


@pytest.mark.django_db
def test_a_site_speaks_its_own_language_whatever_the_browser_asks(site: Site) -> None:
    site.language = "de"
    site.save()
    assert language_of(Client(), accept_language="fr") == "de"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("fr-CA, en;q=0.5", "fr"),
        ("nl, es;q=0.8, de;q=0.9", "de"),
        ("nl", "en"),
        ("", "en"),
        ("\x00;;q=", "en"),
        ("ar", "ar"),
    ],
)
def test_a_site_may_leave_it_to_browsers(site: Site, asked: str, spoken: str) -> None:
    site.language = ""
    site.save()
    assert language_of(Client(), accept_language=asked) == spoken
    assert "Accept-Language" in Client().get("/").headers["Vary"]


@pytest.mark.django_db
def test_a_visitor_chooses_and_is_led_back(site: Site) -> None:
    client = Client()
    page = client.get("/language/", headers={"referer": "http://testserver/?after=3"})
    assert 'value="/?after=3"' in page.content.decode()
    said = client.post(
        "/language/",
        {"language": "fr", "next": "/?after=3"},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert said.headers["Location"] == "/?after=3"
    assert said.cookies[COOKIE]["max-age"] == 365 * 24 * 3600
    assert language_of(client) == "fr"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_nobody_is_led_elsewhere(site: Site, address: str) -> None:
    said = Client().post(
        "/language/",
        {"language": "de", "next": address},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert said.headers["Location"] == "/"


@pytest.mark.django_db
def test_a_language_nobody_speaks_here_is_said_so(site: Site) -> None:
    client = Client()
    said = client.post("/language/", {"language": "tlh"}, headers={"sec-fetch-site": "same-origin"})
    assert said.status_code == 422
    assert "Please choose one of these languages." in said.content.decode()
    assert COOKIE not in client.cookies


@pytest.mark.django_db
def test_a_cookie_with_another_word_counts_for_nothing(site: Site) -> None:
    client = Client()
    client.cookies[COOKIE] = "../../etc"
    assert language_of(client) == "en"


@pytest.mark.django_db
def test_arabic_runs_from_right_to_left(site: Site) -> None:
    client = Client()
    client.cookies[COOKIE] = "ar"
    assert 'lang="ar" dir="rtl"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_e_mails_speak_the_language_in_which_an_address_was_given() -> None:
    with override("es"):
        contact = Contact.objects.for_address("rosa@example.org")
    with override("de"):
        Contact.objects.for_address("rosa@example.org")
    assert Contact.objects.get(pk=contact.pk).language == "es"


@pytest.mark.django_db
def test_whoever_chooses_anew_gets_e_mails_in_that_language(site: Site) -> None:
    user = factories.member()
    client = Client()
    client.force_login(user)
    client.post("/language/", {"language": "ar"}, headers={"sec-fetch-site": "same-origin"})
    assert Contact.objects.get(address=user.email).language == "ar"
