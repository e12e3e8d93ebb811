"""Who sees what of a comment that is not public."""

from collections.abc import Callable

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.threads.models import Thread
from tests import factories
from tests.pages.posting import posted, text_of

BrowserOf = Callable[[Person | User], Client]


def test_a_waiting_comment_stands_in_its_place_for_its_author(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    factories.comment(thread, "Before.")
    factories.comment(thread, "Mine.", status=Status.HELD, person=author)
    factories.comment(thread, "After.")

    page = text_of(browser_of(author).get("/articles/tides/"))

    assert page.index("After.") < page.index("Mine.") < page.index("Before.")
    assert "waiting for a moderator" in page
    assert "2 comments" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("See https://spam.example/", "because it has a link"),
        ("The tide is late.", "First comments wait for a moderator."),
    ],
)
def test_the_reason_is_put_mildly(browser: Client, thread: Thread, words: str, told: str) -> None:
    posted(browser, thread, body=words)

    page = browser.get("/articles/tides/").content.decode()

    notices = page[page.index('<div class="notice"><p>') :]
    assert told in notices
    assert "spam.example" not in notices[: notices.index("</p>")]


def test_spam_is_not_told_from_waiting_to_its_author(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    factories.comment(thread, "Cheap boats.", status=Status.SPAM, person=author)

    page = text_of(browser_of(author).get("/articles/tides/"))

    assert "A moderator will look at this comment." in page
    assert "spam" not in page.lower()


def test_moderators_see_and_decide_in_place(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    waiting = factories.comment(thread, "Let me in.", status=Status.HELD)
    desk = browser_of(moderator)
    assert "Let me in." in text_of(desk.get("/articles/tides/"))

    given = {"act": "approve", "version": waiting.version, "next": f"/comments/{waiting.pk}/"}
    page = desk.post(f"/moderation/comments/{waiting.pk}/decide/", given, follow=True)

    assert page.redirect_chain[-1][0].endswith(f"#c{waiting.pk}")
    assert "The comment by Rosa is published." in text_of(page)
    assert "Let me in." in text_of(Client().get("/articles/tides/"))


def test_what_a_moderator_removed_says_so_above_its_replies(
    thread: Thread, moderator: User, browser_of: BrowserOf, browser: Client
) -> None:
    bad = factories.comment(thread, "Something vile.")
    factories.comment(thread, "Please do not.", parent=bad)

    browser_of(moderator).post(
        f"/moderation/comments/{bad.pk}/decide/", {"act": "remove", "version": bad.version}
    )

    page = text_of(browser.get("/articles/tides/"))
    assert "Removed by a moderator." in page
    assert "Something vile." not in page
    assert "Please do not." in page
    assert "1 comment" in page


@pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.REJECTED, Status.WITHDRAWN])
def test_a_comment_that_leaves_the_page_takes_its_count_with_it(
    thread: Thread, browser: Client, status: Status
) -> None:
    factories.comment(thread, "Stays.")
    leaves = Comment.objects.get(pk=factories.comment(thread, "Leaves.").pk)
    assert "2 comments" in text_of(browser.get("/articles/tides/"))

    lifecycle.move(leaves, status, seen=leaves.version)

    page = text_of(browser.get("/articles/tides/"))
    assert "1 comment" in page
    assert "Leaves." not in page
    assert "1 comment" in text_of(browser.get("/"))


def test_moderators_are_not_told_that_first_comments_wait(
    thread: Thread, moderator: User, browser_of: BrowserOf, browser: Client
) -> None:
    told = "First comments wait for a moderator."

    assert told in text_of(browser.get("/articles/tides/"))
    assert told not in text_of(browser_of(moderator).get("/articles/tides/"))
