"""Whoever comes back finds what is new, if this browser may keep up to where they have read."""

import pytest
from playwright.sync_api import Page, expect

from community.articles.models import Article
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.browser import PageAt
from tests.journeys import steps

NEW = "New since your last visit: 2"
A_DAY_PASSES = """() => {
    const key = "seen:" + document.querySelector("[data-live]").dataset.live;
    const [when, ...rest] = JSON.parse(localStorage[key]);
    dispatchEvent(new Event("pagehide"));
    localStorage[key] = JSON.stringify([when - 86_400_000, ...rest]);
}"""


@pytest.fixture
def thread(paper: Article) -> Thread:
    """Comments that were read."""
    thread = threads.of_article(paper)
    factories.comment(thread, "Read already.")
    return thread


def read(page: Page) -> None:
    """Look at the page and move, as whoever reads does."""
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()


def wait_until_kept(page: Page) -> None:
    """Until the script has noted that somebody was here. Our policy forbids to poll in the page."""
    for _ in range(50):
        if page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('seen:'))"):
            return
        page.wait_for_timeout(100)
    pytest.fail("Nothing was kept.")


def test_what_is_new_is_marked_and_a_link_leads_from_one_to_the_next(
    thread: Thread, page_at: PageAt
) -> None:
    page = page_at(320)
    page.goto("/cookies/")
    steps.press(page, "Accept all")
    read(page)
    wait_until_kept(page)
    expect(page.locator(".since")).to_have_count(0)
    page.evaluate(A_DAY_PASSES)
    page.goto("/cookies/")
    old, new = (factories.comment(thread, words) for words in ("The first.", "The second."))

    page.goto("/articles/tides/")
    link = page.get_by_role("link", name=NEW)
    link.click()
    expect(page.locator(f"#c{new.pk}")).to_be_focused()
    expect(page.locator(f"#c{new.pk} .badge")).to_have_text("new")
    link.press("Enter")
    expect(page.locator(f"#c{old.pk}")).to_be_focused()
    expect(page.locator(".comment .badge")).to_have_count(2)

    page.reload()
    expect(page.get_by_role("link", name=NEW)).to_be_visible()


def test_without_consent_nothing_is_kept_and_nothing_is_said(
    thread: Thread, page_at: PageAt
) -> None:
    page = page_at(1280)
    read(page)
    factories.comment(thread, "The first.")
    read(page)
    steps.see(page, "The first.")

    expect(page.locator(".since")).to_have_count(0)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_was_kept_goes_with_the_consent(thread: Thread, page_at: PageAt) -> None:
    page = page_at(1280)
    page.goto("/cookies/")
    steps.press(page, "Accept all")
    read(page)
    wait_until_kept(page)

    page.goto("/cookies/")
    steps.press(page, "Take all back and delete")
    expect(page.get_by_text("kept for six months")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
