"""Asking, refusing and allowing as a reader sees it."""

import pytest
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from community.sites.models import Site
from tests import factories
from tests.browser import PageAt, Scheme, axe
from tests.consent.test_choices import PLACE

LOOKS = """button => {
    const { color, backgroundColor, font, border } = getComputedStyle(button);
    const { width, height } = button.getBoundingClientRect();
    return [color, backgroundColor, font, border, width, height];
}"""
PLAYER = "https://www.youtube-nocookie.com/**"


@pytest.fixture
def film(transactional_db: None, live_server: LiveServer) -> Site:
    """A site with an article that has a video."""
    host = live_server.url.removeprefix("http://")
    site = factories.site(base_url=live_server.url, host=host)
    factories.article(site, slug="film", html=PLACE, has_embeds=True)
    return site


def open_film(page: Page) -> list[str]:
    """Open the article; fills the list with what is asked of the video's site."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>A film</p>", content_type="text/html")

    page.route(PLAYER, answer)
    page.goto("/articles/film/")
    return asked


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_refuses_and_later_allows_one_video(
    film: Site, page_at: PageAt, javascript: bool
) -> None:
    page = page_at(320, javascript=javascript)
    asked = open_film(page)

    page.get_by_role("button", name="Refuse").click()
    assert page.get_by_role("region", name="Cookies").count() == 0
    assert asked == []
    page.get_by_role("button", name="Allow embedded media").click()

    page.frame_locator("iframe.player").get_by_text("A film").wait_for()
    assert asked == ["https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"]


def test_refuse_and_accept_look_the_same(film: Site, page_at: PageAt) -> None:
    page = page_at(320)
    open_film(page)
    refuse, accept = (
        page.get_by_role("button", name=name, exact=True).evaluate(LOOKS)
        for name in ("Refuse", "Accept")
    )

    assert refuse == accept


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_that_ask_can_be_used_by_everyone(
    film: Site, page_at: PageAt, width: int, scheme: Scheme
) -> None:
    page = page_at(width, scheme)
    open_film(page)
    assert axe(page) == []

    page.get_by_role("link", name="Choose").click()
    page.get_by_role("heading", name="Cookies").wait_for()
    assert axe(page) == []
