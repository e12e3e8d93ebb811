"""Nothing is kept or loaded before a visitor has chosen."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.articles.models import Article
from community.consent import choices
from community.consent.models import ConsentRecord
from community.consent.purposes import Purpose, descriptions
from community.sites.models import Site
from tests import factories

VIDEO = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
PLACE = f'<p>Before.</p><figure data-embed="{VIDEO}"></figure><p>After.</p>'
BANNER = 'class="consent"'
FRAME = "<iframe"


@pytest.fixture
def film(site: Site) -> Article:
    """An article with a video."""
    return factories.article(site, slug="film", html=PLACE, has_embeds=True)


def press(browser: Client, **fields: str | list[str]) -> str:
    """Press a button that asks; where it leads."""
    response = browser.post(reverse("cookies"), fields)
    assert response.status_code == 302
    return response["Location"]


def page(browser: Client, **headers: str) -> str:
    """The article with the video, as this browser sees it."""
    return browser.get("/articles/film/", headers=headers).content.decode()


def test_the_banner_asks_only_where_there_is_something_to_ask_for(
    film: Article, article: Article, browser: Client
) -> None:
    assert BANNER in page(browser)
    assert BANNER not in browser.get("/articles/tides/").content.decode()
    assert BANNER not in browser.get("/").content.decode()


def test_a_reader_gets_no_cookie_before_choosing(film: Article, browser: Client) -> None:
    page(browser)

    assert not browser.cookies


def test_before_a_choice_a_video_is_named_and_nothing_of_it_loads(
    film: Article, browser: Client
) -> None:
    response = browser.get("/articles/film/")

    shown = response.content.decode()
    assert FRAME not in shown
    assert "youtube.com" in shown
    assert "Allow embedded media" in shown
    assert "frame-src" not in response["Content-Security-Policy"]


def test_accepting_shows_the_video_and_lets_in_its_site_alone(
    film: Article, browser: Client
) -> None:
    assert press(browser, choice="accept", next="/articles/film/") == "/articles/film/"

    response = browser.get("/articles/film/")
    shown = response.content.decode()
    assert 'src="https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"' in shown
    assert BANNER not in shown
    policy = response["Content-Security-Policy"]
    assert "frame-src https://www.youtube-nocookie.com;" in f"{policy};"
    assert "frame-src" not in browser.get("/")["Content-Security-Policy"]


def test_refusing_takes_one_press_and_ends_the_question(film: Article, browser: Client) -> None:
    press(browser, choice="refuse", next="/articles/film/", place="banner")

    shown = page(browser)
    assert BANNER not in shown
    assert FRAME not in shown
    assert "Allow embedded media" in shown


def test_the_button_in_an_article_allows_media_alone(film: Article, browser: Client) -> None:
    address = press(browser, allow="media", next="/articles/film/#video-1", place="article")

    assert address == "/articles/film/#video-1"
    assert FRAME in page(browser)
    record = ConsentRecord.objects.get()
    assert (record.purposes, record.made_in) == ([Purpose.MEDIA], "article")


@pytest.mark.parametrize(
    ("fields", "purposes"),
    [
        pytest.param({"choice": "accept"}, ["details", "media"], id="accept"),
        pytest.param({"choice": "refuse"}, [], id="refuse"),
        pytest.param({"choice": "save", "purpose": ["media"]}, ["media"], id="only media"),
        pytest.param({"choice": "save"}, [], id="nothing ticked"),
        pytest.param({"choice": "save", "purpose": ["spying"]}, [], id="an unknown purpose"),
        pytest.param({"choice": "shrug"}, [], id="an unknown button"),
        pytest.param({}, [], id="no button"),
    ],
)
def test_every_choice_is_proved_by_a_row(
    site: Site, browser: Client, fields: dict[str, str | list[str]], purposes: list[str]
) -> None:
    press(browser, **fields)

    record = ConsentRecord.objects.get()
    assert record.purposes == purposes
    assert record.wording == choices.WORDING
    assert browser.cookies[settings.CONSENT_COOKIE_NAME].value.startswith(record.visitor)


def test_taking_back_deletes_and_keeps_one_visitor_id(film: Article, browser: Client) -> None:
    press(browser, choice="accept")
    browser.cookies[settings.DETAILS_COOKIE_NAME] = "anything"

    assert "Take all back and delete" in browser.get(reverse("cookies")).content.decode()
    press(browser, choice="refuse")

    assert browser.cookies[settings.DETAILS_COOKIE_NAME]["max-age"] == 0
    assert FRAME not in page(browser)
    assert len(set(ConsentRecord.objects.values_list("visitor", flat=True))) == 1


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        pytest.param(0, False, id="the same day"),
        pytest.param(179, False, id="after less than six months"),
        pytest.param(181, True, id="after six months"),
    ],
)
def test_everybody_is_asked_again_after_six_months(
    film: Article, browser: Client, days: int, asked: bool
) -> None:
    press(browser, choice="refuse")

    # The cookie ends by itself; whoever sends it longer is asked all the same.
    kept = browser.cookies[settings.CONSENT_COOKIE_NAME].value
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        browser.cookies[settings.CONSENT_COOKIE_NAME] = kept
        assert (BANNER in page(browser)) is asked


def test_new_words_ask_everybody_again(
    film: Article, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(browser, choice="accept")
    monkeypatch.setattr(choices, "WORDING", "999")

    shown = page(browser)
    assert BANNER in shown
    assert FRAME not in shown


TODAY = f"{timezone.now():%Y%m%d}"
VISITOR = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("", id="empty"),
        pytest.param("yes", id="words"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.media", id="no date"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.media.99999999", id="no such day"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.media.29990101", id="made in the future"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.everything.{TODAY}", id="unknown purpose"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.media-.{TODAY}", id="half a list"),
        pytest.param(f"me.{choices.WORDING}.media.{TODAY}", id="a name as id"),
        pytest.param(f"{VISITOR}.{choices.WORDING}.media.{TODAY}\n", id="a line break"),
        pytest.param("a" * 4000, id="very long"),
    ],
)
def test_a_cookie_that_is_not_ours_is_no_choice(film: Article, browser: Client, raw: str) -> None:
    browser.cookies[settings.CONSENT_COOKIE_NAME] = raw

    shown = page(browser)
    assert BANNER in shown
    assert FRAME not in shown


def test_a_browser_that_refuses_for_its_owner_is_not_asked(film: Article, browser: Client) -> None:
    response = browser.get("/articles/film/", headers={"Sec-GPC": "1"})

    assert BANNER not in response.content.decode()
    assert FRAME not in response.content.decode()
    assert "Sec-GPC" in response["Vary"]


def test_an_explicit_choice_counts_more_than_the_browsers(film: Article, browser: Client) -> None:
    press(browser, choice="accept")

    assert FRAME in page(browser, **{"Sec-GPC": "1"})


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://elsewhere.example/", id="another site"),
        pytest.param("//elsewhere.example/", id="without a scheme"),
        pytest.param("/\\elsewhere.example/", id="with a backslash"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("articles/film/", id="relative"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_choice_leads_to_our_own_pages_alone(site: Site, browser: Client, address: str) -> None:
    assert press(browser, choice="refuse", next=address) == "/cookies/?saved=1"


def test_a_choice_does_not_make_public_pages_personal(film: Article, browser: Client) -> None:
    press(browser, choice="accept")

    response = browser.get("/articles/film/")
    assert "public" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_a_choice_without_proof_of_origin_is_asked_for_again(site: Site) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("cookies"), {"choice": "accept"})

    assert response.status_code == 403
    assert not ConsentRecord.objects.exists()


def test_refuse_and_accept_weigh_the_same(film: Article, browser: Client) -> None:
    shown = page(browser)

    assert '<button name="choice" value="refuse">Refuse</button>' in shown
    assert '<button name="choice" value="accept">Accept</button>' in shown


def test_new_words_come_with_a_new_version() -> None:
    read = [(about.title, about.explanation) for about in descriptions()]
    banner = (settings.BASE_DIR / "templates/consent/_banner.html").read_text()

    digest = hashlib.sha256(f"{read}{banner}".encode()).hexdigest()[:16]

    assert (choices.WORDING, digest) == ("3", "8f1b435fc63b2b2d"), (
        "change WORDING, and both values here"
    )
