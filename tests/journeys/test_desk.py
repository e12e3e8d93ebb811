"""A full desk without scripts: find, note, decide alike comments in one act; two who share it."""

import pytest
from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment, Status
from community.sites.models import Membership, Role, Site
from community.sites.services import confirm
from community.threads import services as threads
from moderation.models import Decision, Note
from tests import factories
from tests.browser import PageAt
from tests.journeys import steps

ADVERTISING = "Cheap watches, shipped today."


@pytest.fixture
def crowd(paper: Article) -> list[Comment]:
    """Three who say the same, and one who asks something."""
    thread = threads.of_article(paper)
    said = [*[ADVERTISING] * 3, "When is the spring tide?"]
    return [
        factories.comment(
            thread, words, status=Status.HELD, name=f"P{number}", sender=factories.Sender()
        )
        for number, words in enumerate(said)
    ]


@pytest.fixture
def colleague(publication: Site) -> User:
    """Another moderator, who logs in with a password."""
    user = User.objects.create_user("omar@example.org", steps.PASSWORD, name="Omar")
    Membership.objects.create(user=user, site=publication, role=Role.MODERATOR)
    confirm(user)
    return user


def open_queue(page: Page, moderator: User) -> None:
    """Log in and open what waits."""
    steps.log_in(page, moderator.email)
    steps.follow(page, "Moderation")


def statuses(comments: list[Comment]) -> list[str]:
    """What has become of them."""
    return [Comment.objects.get(pk=comment.pk).status for comment in comments]


def test_what_is_searched_for_is_found_noted_and_decided_alike(
    crowd: list[Comment], keeper: User, page_at: PageAt
) -> None:
    page = page_at(320, "light", False)
    open_queue(page, keeper)

    page.get_by_text("Search and filter").click()
    page.get_by_label("Words, name, address or link").fill("spring")
    page.locator(".wishes form").get_by_role("button").first.click()
    steps.see(page, "When is the spring tide?")
    steps.see_nothing_of(page, ADVERTISING)
    card = page.locator(steps.card_of(page, crowd[3]))
    card.get_by_text("More", exact=True).click()
    card.get_by_role("link", name="Note").click()
    page.get_by_label("Only moderators read this").fill("Asks every week.")
    steps.press(page, "Add the note")
    steps.see(page, "Asks every week.")
    assert Note.objects.get().comment == crowd[3]

    page.goto("/moderation/")
    steps.follow(page, "And 2 more that say the same")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    steps.press(page, "Spam")
    steps.see(page, "3 comments decided.", "When is the spring tide?", "Asks every week.")
    assert statuses(crowd) == [*[Status.SPAM] * 3, Status.HELD]
    steps.see_it_without_scrolling_sideways(page)


def test_the_second_of_two_moderators_sees_who_decided(
    crowd: list[Comment], keeper: User, colleague: User, page_at: PageAt
) -> None:
    first, second = (page_at(1280, "light", False) for _ in range(2))
    for page, moderator in ((first, keeper), (second, colleague)):
        steps.log_in(page, moderator.email)
        page.goto(f"/moderation/comments/{crowd[3].pk}/")

    steps.press(first, "Approve a")
    steps.see(first, "The comment by P3 is published.")
    steps.press(second, "Reject r")
    steps.see(second, "Somebody was faster", "Mina decided about this comment")

    assert statuses(crowd[3:]) == [Status.PUBLISHED]
    assert Decision.objects.get(comment=crowd[3]).moderator == keeper
