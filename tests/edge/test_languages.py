"""Copies are kept for each language somebody chose, and not for what browsers only ask for."""

from django.conf import settings

from tests import factories
from tests.edge.conftest import Fast

COOKIE = settings.LANGUAGE_COOKIE_NAME


def test_each_chosen_language_is_one_page_for_all_who_chose_it(db: None, fast: Fast) -> None:
    factories.site()
    german = [fast.get("/", cookie=f"{COOKIE}=de") for _ in range(2)]
    english = fast.get("/", accept_language="de")
    assert [said.headers["Content-Language"] for said in [*german, english]] == ["de", "de", "en"]
    assert fast.renders() == 2


def test_a_site_of_one_language_is_kept_once_whatever_browsers_ask(db: None, fast: Fast) -> None:
    factories.site()
    for asked in ("de", "fr", "es"):
        assert fast.get("/", accept_language=asked).headers["Content-Language"] == "en"
    assert fast.renders() == 1


def test_a_site_that_follows_browsers_is_kept_in_each_language(db: None, fast: Fast) -> None:
    factories.site(language="")
    for _ in range(2):
        for asked in ("de", "fr-FR,fr;q=0.9", "en"):
            said = fast.get("/", accept_language=asked)
            assert said.headers["Content-Language"] == asked[:2]
            assert "Accept-Language" in said.headers["Vary"]
    assert len(fast.copies()) == 3


def test_a_site_that_begins_to_follow_browsers_is_followed_at_once(db: None, fast: Fast) -> None:
    site = factories.site()
    fast.get("/", accept_language="de")
    site.language = ""
    site.save()
    fast.look()
    assert fast.get("/", accept_language="de").headers["Content-Language"] == "de"
    assert fast.get("/", accept_language="fr").headers["Content-Language"] == "fr"
