"""Somebody writes with the buttons, sees how it will look, and loses no word."""

import re

import pytest
from playwright.sync_api import Page, expect

from community.articles.models import Article
from community.comments.models import Comment
from tests.browser import PageAt
from tests.journeys import steps

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"


def begin(page: Page) -> None:
    page.goto("/articles/tides/")
    page.get_by_label("Your comment").focus()
    expect(page.get_by_role("toolbar", name="Formatting")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_buttons_and_keys_set_marks_that_the_preview_shows(
    paper: Article, page_at: PageAt, width: int
) -> None:
    page = page_at(width)
    begin(page)
    box = page.get_by_label("Your comment")
    box.fill("high tide")
    box.select_text()
    page.keyboard.press("Control+b")
    expect(box).to_have_value("**high tide**")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("high tide")
    box.select_text()
    page.get_by_role("button", name="Quotation").click()
    expect(box).to_have_value("> high tide")
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button", name="Bold").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")  # from the first to the last
    expect(bar.get_by_role("button", name="Preview")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Preview").locator("blockquote")).to_have_text(
        "high tide"
    )
    steps.see(page, "Characters left: 9,989")
    steps.see_it_without_scrolling_sideways(page)
    for button in bar.get_by_role("button").all():
        size = button.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 24
    assert not Comment.objects.exists()


def test_a_link_is_warned_of_while_one_writes(paper: Article, page_at: PageAt) -> None:
    page = page_at(320)
    begin(page)
    page.get_by_label("Your comment").press_sequentially("See https://b.example")
    steps.see(page, "This will wait for a moderator, because it has a link.")


def test_a_draft_stays_in_its_tab_and_goes_when_it_is_posted(
    paper: Article, page_at: PageAt
) -> None:
    page = page_at(1280)
    begin(page)
    page.get_by_label("Your comment").press_sequentially("Half a thought")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("Half a thought")
    assert page.evaluate("localStorage.length") == 0

    steps.write_a_comment(page, "A whole thought", "Rosa", "rosa@example.org")
    expect(page).to_have_url(re.compile("#c"))
    steps.see(page, "A whole thought")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_draft_stays_longer_with_consent_and_goes_with_it(
    paper: Article, page_at: PageAt
) -> None:
    page = page_at(1280)
    page.goto("/cookies/")
    steps.press(page, "Accept all")
    expect(page.get_by_text("kept for six months")).to_be_visible()
    begin(page)
    page.get_by_label("Your comment").press_sequentially("Half a thought")
    assert page.evaluate(DRAFTS) == 1

    page.goto("/cookies/")
    steps.press(page, "Take all back and delete")
    expect(page.get_by_text("kept for six months")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
