"""Voting on screen: up, down, undo, with and without scripts."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.threads.models import Thread
from community.votes.models import Vote
from tests import factories

BrowserOf = Callable[[Person | User], Client]


def pressed(page: str, comment: Comment) -> tuple[int, list[str]]:
    """The score shown at a comment, and which of its two buttons are pressed."""
    [form] = re.findall(
        rf'<form class="vote[^"]*" id="vote-{comment.pk}".*?</form>', page, re.DOTALL
    )
    [score] = re.findall(r"</button>\s*(-?\d+)\s*<button", form)
    return int(score), re.findall(r'aria-pressed="(\w+)"', form)


def press(browser: Client, comment: Comment, value: str) -> tuple[int, list[str]]:
    """Press a button as a page without scripts does; what is shown after that."""
    answer = browser.post(f"/comments/{comment.pk}/vote/", {"value": value}, follow=True)
    assert answer.redirect_chain
    return pressed(answer.content.decode(), comment)


def test_up_then_down_then_undone(author: Person, thread: Thread, browser_of: BrowserOf) -> None:
    comment, browser = factories.comment(thread), browser_of(author)

    assert press(browser, comment, "1") == (1, ["true", "false"])
    assert press(browser, comment, "-1") == (-1, ["false", "true"])
    assert press(browser, comment, "-1") == (0, ["false", "false"])
    assert not Vote.objects.exists()


def test_a_script_gets_the_new_score_alone(
    author: Person, thread: Thread, browser_of: BrowserOf
) -> None:
    comment = factories.comment(thread)

    answer = browser_of(author).post(
        f"/comments/{comment.pk}/vote/", {"value": "1"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith("<form")
    assert pressed(answer.content.decode(), comment) == (1, ["true", "false"])


def test_a_stranger_becomes_a_guest_by_voting(browser: Client, thread: Thread) -> None:
    comment = factories.comment(thread)

    answer = browser.post(f"/comments/{comment.pk}/vote/", {"value": "1"})

    assert settings.GUEST_COOKIE_NAME in answer.cookies
    assert Vote.objects.get().person.name == ""


@pytest.mark.parametrize("value", ["0", "2", "", "1e9", "-", "\0"])
def test_a_vote_is_up_or_down(browser: Client, thread: Thread, value: str) -> None:
    comment = factories.comment(thread)

    answer = browser.post(f"/comments/{comment.pk}/vote/", {"value": value})

    assert answer.status_code == 422
    assert not answer.cookies
    assert not Vote.objects.exists()


def test_nobody_votes_for_themselves(author: Person, thread: Thread, browser_of: BrowserOf) -> None:
    mine, browser = factories.comment(thread, person=author), browser_of(author)

    assert browser.post(f"/comments/{mine.pk}/vote/", {"value": "1"}).status_code == 403
    assert f"vote-{mine.pk}" not in browser.get("/articles/tides/").content.decode()
    assert not Vote.objects.exists()


@pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.REJECTED, Status.WITHDRAWN])
def test_nobody_votes_on_what_is_not_public(
    browser: Client, moderator: User, browser_of: BrowserOf, thread: Thread, status: Status
) -> None:
    hidden = factories.comment(thread, status=status)

    assert browser.post(f"/comments/{hidden.pk}/vote/", {"value": "1"}).status_code == 404
    as_moderator = browser_of(moderator).post(f"/comments/{hidden.pk}/vote/", {"value": "1"})
    assert as_moderator.status_code == 403
    assert not Vote.objects.exists()


def test_most_voted_stands_first(browser: Client, thread: Thread) -> None:
    liked = factories.comment(thread, "The liked one.")
    factories.comment(thread, "The newer one.")
    browser.post(f"/comments/{liked.pk}/vote/", {"value": "1"})

    page = Client().get("/articles/tides/?sort=votes").content.decode()

    assert page.index("The liked one.") < page.index("The newer one.")
