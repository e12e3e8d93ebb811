"""What is folded opens by a key, by a link to it, and without scripts."""

import pytest
from playwright.sync_api import expect

from community.articles.models import Article
from community.comments.models import Comment
from community.pages.shown import LOW
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt


@pytest.fixture
def voted_down(paper: Article) -> tuple[Comment, Comment]:
    """A comment that readers voted down, and an answer to it."""
    thread = threads.of_article(paper)
    low = factories.comment(thread, "The tide is a hoax.")
    answer = factories.comment(thread, "It is not.", parent=low)
    Comment.objects.filter(pk=low.pk).update(score=LOW, downs=-LOW)
    return low, answer


def test_a_link_opens_what_it_leads_to(
    voted_down: tuple[Comment, Comment], page_at: PageAt
) -> None:
    low, answer = voted_down
    page = page_at(320)
    page.goto("/articles/tides/")
    expect(page.get_by_text("The tide is a hoax.")).to_be_hidden()
    expect(page.get_by_text("It is not.")).to_be_hidden()

    page.goto(f"/comments/{answer.pk}/")
    expect(page.get_by_text("It is not.")).to_be_in_viewport()
    expect(page.get_by_text("The tide is a hoax.")).to_be_hidden()

    page.goto(f"/comments/{low.pk}/")
    expect(page.get_by_text("The tide is a hoax.")).to_be_in_viewport()


def test_keys_open_and_close_it_without_scripts(
    voted_down: tuple[Comment, Comment], page_at: PageAt
) -> None:
    page = page_at(1280, javascript=False)
    page.goto("/articles/tides/")
    page.get_by_text("Voted down by readers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The tide is a hoax.")).to_be_visible()
    page.get_by_text("Replies: 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is not.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is not.")).to_be_hidden()


def test_a_link_leads_there_without_scripts_too(
    voted_down: tuple[Comment, Comment], page_at: PageAt
) -> None:
    low, answer = voted_down
    page = page_at(320, javascript=False)
    for comment, words in ((answer, "It is not."), (low, "The tide is a hoax.")):
        page.goto(f"/comments/{comment.pk}/")
        expect(page.get_by_text(words)).to_be_in_viewport()


def test_reading_keys_pass_over_what_is_folded(
    voted_down: tuple[Comment, Comment], page_at: PageAt
) -> None:
    low, answer = voted_down
    newest = factories.comment(low.thread, "The newest.")
    page = page_at(1280)
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    for number in (newest.pk, low.pk, low.pk):
        page.keyboard.press("j")
        expect(page.locator(f"#c{number}")).to_be_focused()
    page.get_by_text("Replies: 1").click()
    page.keyboard.press("j")
    expect(page.locator(f"#c{answer.pk}")).to_be_focused()
