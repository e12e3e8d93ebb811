"""Somebody acts on comments without losing their place, and is never told what is not so."""

import re

from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment
from community.subscriptions.models import Subscription
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
    with page.expect_response("**/vote/"):
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


def at_the_comments(page_at: PageAt, width: int = 1280) -> Page:
    """The page of the article, with a reader at it."""
    page = page_at(width)
    is_at(page)
    return page


def is_at(page: Page) -> None:
    """Have a reader sit down at the article."""
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    # Gone with the next page.
    page.evaluate("document.body.dataset.same = 'yes'")


def is_same(page: Page) -> bool:
    """Whether the page was not left meanwhile."""
    return page.evaluate("document.body.dataset.same") == "yes"


def test_another_order_comes_without_leaving_the_page(paper: Article, page_at: PageAt) -> None:
    thread = threads.of_article(paper)
    old, new = factories.comment(thread, "Old words."), factories.comment(thread, "New words.")
    page = at_the_comments(page_at)
    page.get_by_label("Your comment").fill("Half a thought")
    first = page.locator("#thread > .comment").first
    expect(first).to_have_id(f"c{new.pk}")
    oldest = page.get_by_role("link", name="Oldest")
    oldest.scroll_into_view_if_needed()
    before = oldest.evaluate("element => element.getBoundingClientRect().top")
    oldest.click()
    expect(first).to_have_id(f"c{old.pk}")
    expect(oldest).to_be_focused()
    expect(oldest).to_have_attribute("aria-current", "true")
    assert abs(oldest.evaluate("element => element.getBoundingClientRect().top") - before) < 3
    expect(page).to_have_url(re.compile(r"\?sort=oldest$"))
    expect(page.get_by_label("Your comment")).to_have_value("Half a thought")
    page.go_back()
    expect(first).to_have_id(f"c{new.pk}")
    assert is_same(page)


def test_a_strangers_first_vote_counts_in_place_and_so_does_the_next(
    paper: Article, page_at: PageAt
) -> None:
    thread = threads.of_article(paper)
    one, two = factories.comment(thread, "Words to vote on."), factories.comment(thread, "More.")
    page = at_the_comments(page_at, 320)
    for comment in (one, two):
        page.locator(f"#up-{comment.pk}").click()
        expect(page.locator(f"#vote-{comment.pk}")).to_have_text("1")
        expect(page.locator(f"#up-{comment.pk}")).to_be_focused()
    with page.expect_response("**/vote/"):
        page.locator(f"#up-{one.pk}").click()
    expect(page.locator(f"#vote-{one.pk}")).to_have_text("0")
    assert is_same(page)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.score, two.score) == (0, 1)
    page.get_by_label("Your comment").fill("Words of somebody who voted first.")
    page.get_by_label("Name").fill("Nino")
    page.get_by_label("E-mail", exact=True).fill("nino@example.org")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Words of somebody who voted first.").first).to_be_visible()


def test_without_an_answer_no_vote_is_claimed(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to vote on.")
    page = at_the_comments(page_at)
    page.context.set_offline(True)
    page.locator(f"#up-{comment.pk}").click()
    expect(page.locator("#announce")).to_contain_text("No answer from the site.")
    expect(page.locator(f"#vote-{comment.pk}")).to_have_text("0")
    expect(page.locator(f"#up-{comment.pk}")).to_have_attribute("aria-pressed", "false")


def test_whoever_follows_a_comment_stays_where_they_are(
    paper: Article, keeper: User, page_at: PageAt
) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to follow.")
    page = page_at(320)
    steps.log_in(page, keeper.email)
    is_at(page)
    place = page.locator(f"#c{comment.pk}")
    follow = place.get_by_role("link", name="Follow")
    follow.click()
    place.get_by_role("link", name="Cancel").click()
    expect(follow).to_be_focused()
    follow.click()
    place.get_by_role("button", name="Follow").click()
    expect(page.locator("#announce")).to_contain_text("You will get these e-mails.")
    expect(place).to_be_focused()
    assert is_same(page)
    assert Subscription.objects.filter(comment=comment, person__user=keeper).exists()


def test_an_address_that_is_none_is_said_below_the_comment(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to follow.")
    page = at_the_comments(page_at)
    place = page.locator(f"#c{comment.pk}")
    place.get_by_role("link", name="Follow").click()
    place.get_by_label("Your e-mail address").fill("nobody")
    place.get_by_role("button", name="Follow").click()
    expect(place.locator("[aria-invalid=true]")).to_be_focused()
    expect(place.get_by_label("Your e-mail address")).to_have_value("nobody")
    assert is_same(page)


def test_own_words_are_edited_and_deleted_in_place(
    paper: Article, keeper: User, page_at: PageAt
) -> None:
    thread = threads.of_article(paper)
    page = page_at(1280)
    steps.log_in(page, keeper.email)
    mine = factories.comment(thread, "Words with a slip.", person=keeper.person)
    is_at(page)
    place = page.locator(f"#c{mine.pk}")
    place.get_by_role("link", name="Edit").click()
    box = place.get_by_label("Your comment")
    expect(box).to_be_focused()
    box.fill("")
    place.get_by_role("button", name="Save").click()
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("Words without a slip.")
    place.get_by_role("button", name="Save").click()
    expect(place.locator(".words")).to_have_text("Words without a slip.")
    expect(place).to_be_focused()
    place.get_by_role("link", name="Delete").click()
    place.get_by_role("button", name="Delete").click()
    expect(place).to_have_count(0)
    expect(page.locator("#announce")).to_contain_text("Your comment is deleted.")
    assert is_same(page)


def test_the_link_of_a_comment_is_copied(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to share.")
    page = at_the_comments(page_at)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"#c{comment.pk} .by time").click()
    expect(page.locator("#announce")).to_contain_text("The link to this comment is copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/comments/{comment.pk}/")
    assert is_same(page)


def test_a_phone_shares_the_link_with_what_it_has(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to share.")
    page = page_at(320)
    page.add_init_script(
        "navigator.share = async ({ url }) => { document.body.dataset.shared = url; };"
        "const media = window.matchMedia;"
        "window.matchMedia = (query) =>"
        " query.includes('coarse') ? { matches: true } : media(query);"
    )
    page.goto("/articles/tides/")
    page.mouse.move(5, 5)
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    page.locator(f"#c{comment.pk} .by time").click()
    expect(page.locator("body")).to_have_attribute(
        "data-shared", re.compile(f"/comments/{comment.pk}/$")
    )


def test_fields_below_a_comment_have_ids_of_their_own(paper: Article, page_at: PageAt) -> None:
    comment = factories.comment(threads.of_article(paper), "Words to answer.")
    page = at_the_comments(page_at)
    page.locator(f"#c{comment.pk}").get_by_role("link", name="Reply").click()
    expect(page.locator(f"#slot-{comment.pk} textarea")).to_be_focused()
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(one => one.id)"
        ".filter((id, at, all) => all.indexOf(id) !== at)"
    )
    assert twice == []
