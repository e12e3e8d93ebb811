"""Somebody reads while others write and a moderator removes."""

from playwright.sync_api import Page, expect

from community.articles.models import Article
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.browser import PageAt
from tests.journeys import steps


def open_quickly(page: Page) -> None:
    """Read the article in a browser that asks soon."""
    page.add_init_script(
        "{ const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, ms > 9000 ? 100 : ms) }"
    )
    page.goto("/articles/tides/")
    page.mouse.wheel(0, 50)


def remove(comment: Comment) -> None:
    comment.refresh_from_db()
    lifecycle.move(comment, Status.REJECTED, seen=comment.version, removed=True)


def some(thread: Thread, number: int) -> list[Comment]:
    return [factories.comment(thread, f"Words number {n}.") for n in range(number)]


def test_new_comments_wait_behind_a_button_and_removed_ones_go(
    paper: Article, page_at: PageAt
) -> None:
    thread = threads.of_article(paper)
    first, second, *_rest = some(thread, 12)
    page = page_at(320)
    open_quickly(page)
    page.locator(f"#c{second.pk}").scroll_into_view_if_needed()
    where = page.locator(f"#c{second.pk}").bounding_box()

    reply = factories.comment(thread, "An answer to the first.", parent=first)
    news = factories.comment(thread, "The newest words.")
    button = page.get_by_role("button", name="Show new comments: 2")
    expect(button).to_be_visible()
    steps.see_nothing_of(page, "The newest words.")
    assert page.locator(f"#c{second.pk}").bounding_box() == where

    button.press("Enter")
    expect(page.locator(f"#c{reply.pk}")).to_be_focused()
    expect(page.locator(f"#c{first.pk} #c{reply.pk}")).to_be_visible()
    expect(page.locator(f"#thread > li:first-child#c{news.pk}")).to_have_count(1)
    expect(page.get_by_role("heading", name="14 comments")).to_be_visible()
    expect(button).to_have_count(0)

    remove(second)
    expect(page.locator(f"#c{second.pk}")).to_contain_text("This comment is not here any more.")
    steps.see_nothing_of(page, "Words number 1.")
    steps.see_it_without_scrolling_sideways(page)


def test_who_wants_them_at_once_gets_them_without_being_moved(
    paper: Article, page_at: PageAt
) -> None:
    thread = threads.of_article(paper)
    old = some(thread, 12)
    page = page_at(1280)
    open_quickly(page)
    factories.comment(thread, "The first new words.")
    page.get_by_role("checkbox", name="Always show them at once").check()
    steps.see(page, "The first new words.")
    page.locator(f"#c{old[0].pk}").scroll_into_view_if_needed()
    where = page.locator(f"#c{old[0].pk}").bounding_box()
    factories.comment(thread, "The second new words.")
    expect(page.get_by_text("The second new words.")).to_have_count(1)
    now = page.locator(f"#c{old[0].pk}").bounding_box()
    assert where
    assert now
    assert abs(now["y"] - where["y"]) <= 1


def test_a_hidden_tab_asks_for_nothing(paper: Article, page_at: PageAt) -> None:
    some(threads.of_article(paper), 1)
    page = page_at(320)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
    open_quickly(page)
    page.wait_for_timeout(500)
    assert not [address for address in asked if "/news/" in address]
