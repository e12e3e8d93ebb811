"""An author is refused, reads why, objects, and another moderator takes the decision back."""

import pytest
from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment, Status
from community.sites.models import Membership, Role, Site
from community.sites.services import confirm
from community.threads import services as threads
from moderation.models import Appeal, Statement
from tests import factories
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import PASSWORD, WINDOWS, Window

WORDS = "The tables are at"
AGAINST = "They are the tables the article is about."
SECOND = "tove@example.org"


@pytest.fixture
def second(publication: Site) -> User:
    """Another moderator."""
    user = User.objects.create_user(SECOND, PASSWORD, name="Tove")
    Membership.objects.create(user=user, site=publication, role=Role.MODERATOR)
    confirm(user)
    return user


@pytest.fixture
def comment(paper: Article) -> Comment:
    """What somebody with a confirmed address wrote."""
    author = factories.guest("Rosa", proven=True)
    words = f"{WORDS} the harbour."
    return factories.comment(threads.of_article(paper), words, person=author, status=Status.HELD)


def address_of(comment: Comment) -> str:
    """Where its author reads e-mail."""
    assert comment.person is not None
    assert comment.person.contact is not None
    return comment.person.contact.address


def refuse(page: Page, comment: Comment, moderator: User) -> None:
    """Choose a reason and press the button."""
    steps.log_in(page, moderator.email)
    steps.follow(page, "Moderation")
    card = page.locator(steps.card_of(page, comment))
    card.locator("summary").first.click()
    card.get_by_label("Reason", exact=True).select_option("off-topic")
    card.get_by_role("button", name="Reject with this reason").click()
    steps.see(page, "is not published.")
    let_ten_seconds_pass()


def let_ten_seconds_pass() -> None:
    """Nobody can undo it any more."""
    steps.let_ten_seconds_pass()
    statement = Statement.objects.get()
    Statement.objects.update(told_from=statement.at)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_an_author_objects_and_is_right(
    comment: Comment,
    keeper: User,
    second: User,
    inbox: Inbox,
    page_at: PageAt,
    window: Window,
) -> None:
    first = window.open(page_at)
    refuse(first, comment, keeper)

    author = window.open(page_at)
    steps.open_link_of(author, inbox, address_of(comment), "/decisions/")
    steps.see(author, "Your comment was not published", WORDS, "House rules: off topic")
    steps.see_it_without_scrolling_sideways(author)
    steps.keep_a_picture(author, "author reads the reasons", window)
    steps.press(author, "Object")
    steps.see(author, "Please write why you see it differently.")
    author.get_by_label("Why do you see it differently?").fill(AGAINST)
    steps.press(author, "Object")
    steps.see(author, "You get an answer by", AGAINST)
    steps.keep_a_picture(author, "author has objected", window)

    first.goto("/moderation/objections/")
    steps.see(first, AGAINST, "You decided first, so somebody else answers.")
    expect(first.get_by_role("button", name="Take the decision back")).to_have_count(0)

    other = window.open(page_at)
    steps.log_in(other, second.email)
    steps.follow(other, "Moderation")
    steps.follow(other, "Objections")
    steps.see(other, AGAINST, WORDS, "First decided by Mina.")
    steps.see_it_without_scrolling_sideways(other)
    steps.keep_a_picture(other, "objection is looked at", window)
    other.get_by_label("Your answer").fill("You are right, sorry.")
    steps.press(other, "Take the decision back")
    steps.see(other, "No objection waits for an answer.", "You are right, sorry.")
    steps.keep_a_picture(other, "objection is answered", window)

    author.reload()
    steps.see(author, "You objected, and you were right", "You are right, sorry.")
    steps.keep_a_picture(author, "author was right", window)
    assert "you were right" in steps.newest_words_to(inbox, address_of(comment))
    assert "Another moderator has looked at it" in steps.newest_words_to(inbox, keeper.email)
    steps.read_the_article(author)
    steps.see(author, "1 comment", WORDS)


def test_a_lone_moderator_answers_and_says_so(
    comment: Comment, keeper: User, inbox: Inbox, page_at: PageAt
) -> None:
    page = page_at(320, javascript=False)
    refuse(page, comment, keeper)
    author = page_at(320, javascript=False)
    steps.open_link_of(author, inbox, address_of(comment), "/decisions/")
    author.get_by_label("Why do you see it differently?").fill(AGAINST)
    steps.press(author, "Object")

    page.goto("/moderation/objections/")
    steps.see(page, "You are the only moderator of this site")
    page.get_by_label("Your answer").fill("It stays.")
    steps.press(page, "Keep the decision")
    steps.see(page, "same person")

    author.reload()
    steps.see(author, "You objected, and the decision stays.", "the same person has looked at it")
    assert Appeal.objects.get().by_same_person
