"""Changing and deleting one's own words."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Revision, Status
from community.threads.models import Thread
from tests import factories
from tests.pages.posting import text_of

BrowserOf = Callable[[Person | User], Client]


@pytest.fixture
def mine(thread: Thread, author: Person) -> Comment:
    """A public comment of an author who is known."""
    factories.comment(thread, "An earlier one.", person=author)
    return factories.comment(thread, "The tide is late.", person=author)


@pytest.fixture
def desk(author: Person, browser_of: BrowserOf) -> Client:
    """The author's browser."""
    return browser_of(author)


def edit(desk: Client, comment: Comment, words: str, **more: str) -> str:
    """Put in other words and press Save; what the page then says."""
    address = f"/comments/{comment.pk}/edit/"
    [version] = re.findall(r'name="version" value="(\d+)"', desk.get(address).content.decode())
    given = {"body": words, "version": version, **more}
    return text_of(desk.post(address, given, follow=True))


def test_an_edit_appears_and_keeps_what_stood_there(desk: Client, mine: Comment) -> None:
    page = edit(desk, mine, "The tide is early.")

    assert "The tide is early." in page
    assert "edited" in page
    assert "The tide is late." not in page
    assert Revision.objects.get().body == "The tide is late."


def test_a_link_is_warned_of_before_the_comment_leaves_the_page(
    desk: Client, mine: Comment
) -> None:
    words = "See https://tides.example/ for more."

    asked = edit(desk, mine, words)

    assert "With this link your comment leaves the page until a moderator has looked." in asked
    assert "Save anyway" in asked
    mine.refresh_from_db()
    assert (mine.body, mine.status) == ("The tide is late.", Status.PUBLISHED)

    saved = edit(desk, mine, words, confirmed="yes")

    assert "This comment waits for a moderator, because it has a link." in saved
    mine.refresh_from_db()
    assert (mine.body, mine.status) == (words, Status.HELD)
    assert words not in text_of(Client().get("/articles/tides/"))


def test_after_fifteen_minutes_it_is_too_late(desk: Client, mine: Comment) -> None:
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=15, seconds=1))

    answer = desk.get(f"/comments/{mine.pk}/edit/")

    assert answer.status_code == 403
    assert "can be edited for 15 minutes, and only until someone has answered" in text_of(answer)
    assert "/edit/" not in desk.get("/articles/tides/").content.decode()


def test_after_an_answer_it_is_too_late(desk: Client, mine: Comment) -> None:
    factories.comment(mine.thread, parent=mine)

    answer = desk.post(f"/comments/{mine.pk}/edit/", {"body": "No.", "version": mine.version})

    assert answer.status_code == 403
    mine.refresh_from_db()
    assert mine.body == "The tide is late."


@pytest.mark.parametrize("words", ["", " \u200b", "x" * 10_001, "a\0b"])
def test_bad_words_are_refused_and_kept(desk: Client, mine: Comment, words: str) -> None:
    answer = desk.post(f"/comments/{mine.pk}/edit/", {"body": words, "version": mine.version})

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    mine.refresh_from_db()
    assert mine.body == "The tide is late."


def test_a_stale_tab_changes_nothing(desk: Client, mine: Comment) -> None:
    edit(desk, mine, "The tide is early.")

    answer = desk.post(f"/comments/{mine.pk}/edit/", {"body": "Neither.", "version": "2"})

    assert answer.status_code == 409
    assert "This comment has changed meanwhile." in text_of(answer)
    assert "Neither." in text_of(answer)
    mine.refresh_from_db()
    assert mine.body == "The tide is early."


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_nobody_else_can(
    browser: Client, reader: Person, moderator: User, browser_of: BrowserOf, mine: Comment, act: str
) -> None:
    given = {"body": "Mine now.", "version": mine.version}
    for client in (browser, browser_of(reader), browser_of(moderator)):
        assert client.get(f"/comments/{mine.pk}/{act}/").status_code == 403
        assert client.post(f"/comments/{mine.pk}/{act}/", given).status_code == 403
    mine.refresh_from_db()
    assert mine.body == "The tide is late."
    assert mine.is_public


def test_a_deleted_comment_leaves_its_place_to_the_replies(desk: Client, mine: Comment) -> None:
    factories.comment(mine.thread, "I disagree.", parent=mine)

    asked = text_of(desk.get(f"/comments/{mine.pk}/delete/"))
    assert "Deleted by its author." in asked
    page = text_of(desk.post(f"/comments/{mine.pk}/delete/", follow=True))

    assert "Your comment is deleted." in page
    public = text_of(Client().get("/articles/tides/"))
    assert "The tide is late." not in public
    assert "Deleted by its author." in public
    assert "I disagree." in public


def test_a_deleted_comment_without_replies_leaves_nothing(desk: Client, mine: Comment) -> None:
    desk.post(f"/comments/{mine.pk}/delete/")

    public = text_of(Client().get("/articles/tides/"))
    assert "Deleted by its author." not in public
    assert "1 comment" in public


def test_a_moderator_is_not_warned_of_a_link_that_changes_nothing(
    thread: Thread, moderator: User, browser_of: Callable[[Person | User], Client]
) -> None:
    comment = factories.comment(thread, person=moderator.person)
    words = {"body": "See https://example.net for more.", "version": comment.version}
    answer = browser_of(moderator).post(f"/comments/{comment.pk}/edit/", words)
    comment.refresh_from_db()
    assert (answer.status_code, comment.status) == (302, Status.PUBLISHED)
