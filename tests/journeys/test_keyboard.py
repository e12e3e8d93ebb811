"""A reader's page by keyboard: everything is reached in order, and one always sees where one is."""

import pytest
from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt
from tests.consent.test_choices import PLACE
from tests.journeys import steps
from tests.journeys.hands import MOST_TABS, Keys

# What the keyboard can reach, as the browser shows it now; of circles that belong together, one.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0)
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    // The toolbar comes when one is in the box below it already.
    .filter((one) => one.type !== "radio" || one.checked)
    .filter((one) => !one.closest("[role=toolbar]")).length"""
# Drawn around, and nothing lies over all of it.
WHERE = """() => {
    const here = document.activeElement;
    if (here === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(here);
    const { left, top, width, height } = here.getBoundingClientRect();
    const points = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]];
    const at = (x, y) => document.elementFromPoint(left + width * x, top + height * y);
    const isSeen = points.some(([x, y]) => here.contains(at(x, y)) || at(x, y)?.contains(here));
    const frame = parseFloat(outlineWidth);
    const isFramed = outlineStyle !== "none" && frame >= 2;
    const trouble = !isFramed ? "has no outline" : isSeen ? "" : "is hidden";
    here.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
    return [here.dataset.stop, trouble && `${trouble}: ${here.outerHTML.slice(0, 160)}`];
}"""


@pytest.fixture
def discussion(paper: Article) -> list[Comment]:
    """A question, an answer to it, and an answer to that, under an article with a video."""
    Article.objects.filter(pk=paper.pk).update(html=PLACE, has_embeds=True)
    thread = threads.of_article(paper)
    first = factories.comment(thread, "When does the tide turn?", name="Amir")
    second = factories.comment(thread, "At four.", parent=first, name="Bea")
    return [first, second, factories.comment(thread, "At five.", parent=second, name="Cem")]


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_is_reached_and_one_sees_where_one_is(
    discussion: list[Comment], keeper: User, page_at: PageAt, width: int
) -> None:
    """With the banner that asks about cookies in front, which could hide something."""
    page = page_at(width)
    if width == 1280:
        steps.log_in(page, keeper.email)
    page.goto("/articles/tides/")
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    assert walk(page) == page.evaluate(STOPS)


def walk(page: Page) -> int:
    """Press Tab until the page ends; how many places there are, each seen, none twice."""
    for turn in range(MOST_TABS):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where is None:
            return turn
        assert where == [str(turn), ""]
    raise AssertionError("there is no way out")


def test_the_first_keys_lead_past_what_stands_on_every_page(
    discussion: list[Comment], page_at: PageAt
) -> None:
    page = page_at(320)
    page.goto("/articles/tides/")
    for skip, place in [("Skip to the content", "#main"), ("Skip to the comments", "#comments")]:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=skip)).to_be_focused()
        expect(page.get_by_role("link", name=skip)).to_be_in_viewport()
        assert page.get_by_role("link", name=skip).get_attribute("href") == place
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#comments') !== null")


def test_one_votes_reports_and_goes_back_by_keys(
    discussion: list[Comment], keeper: User, page_at: PageAt
) -> None:
    first, second, _ = discussion
    page, hand = page_at(1280), Keys()
    steps.log_in(page, keeper.email)
    page.goto("/articles/tides/")
    page.keyboard.press("j")
    expect(page.get_by_text("Keys", exact=True)).to_be_visible()
    hand.press(page.locator(f"#up-{first.pk}"))
    expect(page.locator(f"#vote-{first.pk}")).to_have_text("1")
    expect(page.locator(f"#up-{first.pk}")).to_be_focused()

    report = page.get_by_role("link", name="Report Bea")
    hand.press(report)
    form = page.locator(f"#slot-{second.pk} .report-form")
    expect(form).to_be_visible()
    assert form.evaluate("form => form.contains(document.activeElement)")
    hand.press(form.get_by_role("link", name="Cancel"))
    expect(form).to_have_count(0)
    expect(report).to_be_focused()

    hand.press(page.get_by_text("Replies: 2").first)
    expect(page.get_by_text("At four.")).to_be_hidden()


def test_a_screen_reader_is_told_levels_order_and_news(
    discussion: list[Comment], page_at: PageAt
) -> None:
    page = page_at(1280)
    page.goto("/articles/tides/")
    for level, comment in enumerate(discussion, 1):
        expect(page.locator(f"#c{comment.pk}")).to_have_attribute("aria-level", str(level))
        expect(page.locator(f"#c{comment.pk}")).to_have_role("listitem")
    order = page.locator("#thread .words").all_inner_texts()
    assert order == ["When does the tide turn?", "At four.", "At five."]
    for name in ("Amir", "Bea"):
        expect(page.get_by_role("link", name=f"in reply to {name}")).to_have_count(1)
    # Both are there and empty before there is something to say, or nobody would hear it.
    for place in ("#announce", ".fresh"):
        expect(page.locator(place)).to_have_role("status")
        expect(page.locator(place)).to_be_empty()


MOVES = """() => [...document.querySelectorAll("*")].filter((one) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one);
    const isSlow = transitionDuration.split(",").some((time) => parseFloat(time) > 0);
    return isSlow || animationName !== "none" || scrollBehavior === "smooth";
}).length"""


def test_nothing_moves_for_whoever_wants_no_movement(
    discussion: list[Comment], page_at: PageAt
) -> None:
    page = page_at(320)
    page.goto("/articles/tides/")
    assert page.evaluate(MOVES) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVES) == 0
    page.get_by_role("link", name="Reply to Amir", exact=True).click()
    expect(page.locator(".slot textarea")).to_be_focused()
    assert page.evaluate("document.getAnimations().length") == 0
