"""A lone moderator clears ten: on a phone with a thumb, at a desk with keys."""

import pytest
from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment, Status
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import WINDOWS, Window

KEYS = [("a", "is published"), ("r", "is not published"), ("s", "is spam")]


@pytest.fixture
def ten(paper: Article) -> list[Comment]:
    """Ten comments that wait."""
    thread = threads.of_article(paper)
    return [
        factories.comment(
            thread,
            f"Waiting, number {number}.",
            status=Status.HELD,
            name=f"P{number}",
            sender=factories.Sender(),
        )
        for number in range(10)
    ]


def statuses(comments: list[Comment]) -> list[str]:
    """What has become of them."""
    return [Comment.objects.get(pk=comment.pk).status for comment in comments]


def begin(page: Page, keeper: User) -> None:
    """Log in and open the queue."""
    steps.log_in(page, keeper.email)
    steps.follow(page, "Moderation")
    steps.see(page, "Waiting, number 0.", "Waiting, number 9.")


def decide(page: Page, comment: Comment, button: str) -> None:
    """Press one of the buttons of a card; the rarer ones are folded away."""
    card = page.locator(f"#card-{comment.pk}")
    if button == "Block author":
        card.get_by_text("More", exact=True).click()
    card.get_by_role("button", name=button).first.click()


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_lone_moderator_clears_ten(
    ten: list[Comment],
    keeper: User,
    inbox: Inbox,
    page_at: PageAt,
    window: Window,
) -> None:
    page = window.open(page_at)
    begin(page, keeper)
    steps.keep_a_picture(page, "moderator queue", window)

    decide(page, ten[0], "Approve")
    steps.see(page, "The comment by P0 is published.")
    steps.keep_a_picture(page, "moderator undo", window)
    steps.undo(page)
    steps.see(page, "Waiting, number 0.")
    assert statuses(ten[:1]) == [Status.HELD]

    decide(page, ten[0], "Approve")
    decide(page, ten[1], "Reject")
    decide(page, ten[2], "Spam")
    decide(page, ten[3], "Block author")
    steps.see(page, "The comment by P3 is not published.")
    assert statuses(ten[:4]) == [
        Status.PUBLISHED,
        Status.REJECTED,
        Status.SPAM,
        Status.REJECTED,
    ]

    card = page.locator(f"#card-{ten[4].pk}")
    card.get_by_text("Approve and reply, or reject with a reason").click()
    card.get_by_label("Your reply").fill("Welcome, and thank you.")
    card.get_by_role("button", name="Approve and reply").click()
    steps.see(page, "The comment by P4 is published.")
    steps.undo(page)
    kept = page.locator(f"#card-{ten[4].pk}").get_by_label("Your reply")
    expect(kept).to_have_value("Welcome, and thank you.")
    expect(kept).to_be_visible()
    assert not Comment.objects.filter(body="Welcome, and thank you.").visible_to(factories.viewer())
    steps.keep_a_picture(page, "moderator reply is kept", window)
    card.get_by_role("button", name="Approve and reply").click()
    steps.see(page, "The comment by P4 is published.")

    card = page.locator(f"#card-{ten[5].pk}")
    card.get_by_text("Approve and reply, or reject with a reason").click()
    card.get_by_label("In your own words").fill("Off topic.")
    card.get_by_role("button", name="Reject with this reason").click()
    steps.see(page, "The comment by P5 is not published.")

    for comment in ten[6:]:
        page.locator(f"#card-{comment.pk} header").get_by_role("checkbox").check()
    page.locator(".bulk").get_by_role("button", name="Approve").click()
    steps.see(page, "4 comments decided.", "Nothing waits. Well done.")
    steps.keep_a_picture(page, "moderator is done", window)

    assert statuses(ten[4:]) == [Status.PUBLISHED, Status.REJECTED, *[Status.PUBLISHED] * 4]
    steps.read_the_article(page)
    steps.see(page, "7 comments", "Welcome, and thank you.", "Waiting, number 4.")
    steps.see_nothing_of(page, "Waiting, number 2.", "Off topic.")


def test_at_a_desk_the_keys_are_enough(ten: list[Comment], keeper: User, page_at: PageAt) -> None:
    page = page_at(1280)
    begin(page, keeper)
    keys = page.keyboard

    keys.press("?")
    steps.see(page, "undo the last decision")
    keys.press("?")
    keys.press("j")
    expect(page.locator(f"#card-{ten[0].pk}")).to_be_focused()
    keys.press("j")
    keys.press("k")
    expect(page.locator(f"#card-{ten[0].pk}")).to_be_focused()
    keys.press("a")
    steps.see(page, "The comment by P0 is published.")
    keys.press("u")
    steps.see(page, "Waiting, number 0.")
    assert statuses(ten[:1]) == [Status.HELD]

    keys.press("j")
    for number, (key, sentence) in enumerate(KEYS):
        expect(page.locator(f"#card-{ten[number].pk}")).to_be_focused()
        keys.press(key)
        steps.see(page, f"The comment by P{number} {sentence}.")
    assert statuses(ten[:3]) == [Status.PUBLISHED, Status.REJECTED, Status.SPAM]


def test_after_each_key_the_next_card_is_at_hand(
    ten: list[Comment], keeper: User, page_at: PageAt
) -> None:
    page = page_at(1280)
    begin(page, keeper)

    page.keyboard.press("j")
    for number in range(10):
        expect(page.locator(f"#card-{ten[number].pk}")).to_be_focused()
        page.keyboard.press("a")
        steps.see(page, f"The comment by P{number} is published.")
    steps.see(page, "Nothing waits. Well done.")


def test_a_digit_chooses_the_reason_and_return_rejects_with_it(
    ten: list[Comment], keeper: User, page_at: PageAt
) -> None:
    page = page_at(1280)
    begin(page, keeper)

    page.keyboard.press("j")
    page.keyboard.press("2")
    chosen = page.locator(f"#card-{ten[0].pk}").get_by_label("Reason", exact=True)
    code = chosen.input_value()
    expect(chosen.locator("option:checked")).to_have_attribute("data-digit", "2")
    page.keyboard.press("Enter")
    steps.see(page, "The comment by P0")
    assert statuses(ten[:1]) == [Status.REJECTED]
    assert ten[0].decisions.latest("pk").code == code


def test_letters_typed_into_a_reply_decide_nothing(
    ten: list[Comment], keeper: User, page_at: PageAt
) -> None:
    page = page_at(1280)
    begin(page, keeper)
    card = page.locator(f"#card-{ten[0].pk}")
    card.get_by_text("Approve and reply, or reject with a reason").click()

    card.get_by_label("Your reply").press_sequentially("as far as russia")

    assert set(statuses(ten)) == {Status.HELD}
