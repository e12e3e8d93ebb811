"""A thread can be read on the smallest screen, in either direction, and in big letters."""

import pytest
from playwright.sync_api import Page

from community.articles.models import Article
from community.comments.models import SHOWN_DEPTH, Comment
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt

# Some 25 letters in a line: below that one reads syllables.
LEAST_WIDTH = 200


@pytest.fixture
def deepest(paper: Article) -> Comment:
    """A comment on the last level that is shown, with a word that is too long for any line."""
    parent = factories.comment(threads.of_article(paper), "The first.")
    for level in range(1, SHOWN_DEPTH):
        parent = factories.comment(
            parent.thread, f"{level}: Donaudampfschifffahrts{'gesellschaft' * 4}", parent=parent
        )
    return parent


def is_wider_than_its_window(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider


@pytest.mark.parametrize("language", ["en", "ar"])
def test_five_levels_can_be_read_at_320_pixels(
    deepest: Comment, page_at: PageAt, language: str
) -> None:
    page = page_at(320)
    page.goto("/")
    page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])

    page.goto(f"/comments/{deepest.pk}/")
    box = page.locator(f"#c{deepest.pk} .words").bounding_box()

    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert not is_wider_than_its_window(page)
    assert box is not None
    assert box["width"] >= LEAST_WIDTH


def test_each_level_stands_further_in_and_shows_its_line_of_descent(
    deepest: Comment, page_at: PageAt
) -> None:
    page = page_at(320)
    page.goto(f"/comments/{deepest.pk}/")

    found: list[list[str]] = page.evaluate(
        """[...document.querySelectorAll("#branch .comment > .body")].map((body) => {
            const style = getComputedStyle(body);
            return [parseFloat(style.paddingInlineStart), parseFloat(style.backgroundSize)];
        })"""
    )

    indents = [indent for indent, _ in found]
    assert indents == sorted(indents)
    assert len(set(indents)) == SHOWN_DEPTH - 1
    assert all(indent == pytest.approx(painted + 4, abs=0.1) for indent, painted in found)


def test_letters_twice_as_big_need_no_scrolling_sideways(deepest: Comment, page_at: PageAt) -> None:
    page = page_at(640)
    for address in ("/", f"/comments/{deepest.pk}/", "/articles/tides/"):
        page.goto(address)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert not is_wider_than_its_window(page), address
