"""Somebody acts on comments without losing their place, and is never told what is not so."""

from playwright.sync_api import expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt
from tests.journeys import steps

IN_PAGE = "element => element.getBoundingClientRect().top + scrollY"


def test_a_vote_shows_at_once_and_is_taken_back_if_it_does_not_count(
    paper: Article, keeper: User, page_at: PageAt
) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to vote on.")
    page = page_at(320)
    steps.log_in(page, keeper.email)
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    up, score = page.locator(f"#up-{comment.pk}"), page.locator(f"#vote-{comment.pk}")
    up.click()
    expect(score).to_have_text("1")
    expect(up).to_have_attribute("aria-pressed", "true")
    Comment.objects.filter(pk=comment.pk).update(person=keeper.person)
    up.click()
    expect(page.locator("#announce")).to_contain_text("One cannot vote on this comment.")
    expect(score).to_have_text("1")


def test_keys_lead_from_comment_to_comment_and_can_be_switched_off(
    paper: Article, page_at: PageAt
) -> None:
    thread = threads.of_article(paper)
    old, new = factories.comment(thread, "Old words."), factories.comment(thread, "New words.")
    page = page_at(1280)
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(f"#c{new.pk}")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(f"#c{old.pk}")).to_be_focused()
    page.get_by_text("Keys", exact=True).click()
    page.get_by_role("checkbox", name="Use these keys").uncheck()
    page.locator(f"#c{old.pk}").focus()
    page.keyboard.press("k")
    expect(page.locator(f"#c{old.pk}")).to_be_focused()


def test_marked_words_are_quoted_in_the_answer(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words worth quoting.")
    page = page_at(1280)
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    page.locator(f"#c{comment.pk} .words p").select_text()
    page.locator(f"#c{comment.pk}").get_by_role("link", name="Reply").click()
    answer = page.locator(f"#slot-{comment.pk} textarea")
    expect(answer).to_have_value("> Words worth quoting.\n\n")


def test_loading_more_leads_the_focus_to_the_first_of_them(paper: Article, page_at: PageAt) -> None:
    thread = threads.of_article(paper)
    for number in range(60):
        factories.comment(thread, f"Words number {number}.")
    page = page_at(320)
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    shown = page.locator("#thread > .comment").count()
    more = page.get_by_role("link", name="Load more comments")
    more.focus()
    where = more.evaluate(IN_PAGE)
    more.press("Enter")
    first = page.locator("#thread > .comment").nth(shown)
    expect(first).to_be_focused()
    assert abs(first.evaluate(IN_PAGE) - where) < 60
