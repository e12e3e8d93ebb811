"""The address of one comment leads to the page it stands on, and to nothing for others."""

from collections.abc import Callable

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

BrowserOf = Callable[[Person | User], Client]


def stands_there(browser: Client, comment: Comment) -> str:
    """Follow a permalink; the page it leads to, which must hold the comment's place."""
    answer = browser.get(f"/comments/{comment.pk}/")
    assert answer.status_code == 302
    page, _hash, place = answer["Location"].partition("#")
    assert place == f"c{comment.pk}"
    assert f'id="{place}"' in browser.get(page).content.decode(), page
    return page


def test_among_a_hundred_and_twenty_each_page_is_found(browser: Client, thread: Thread) -> None:
    made = [factories.comment(thread) for _ in range(120)]

    assert stands_there(browser, made[119]) == "/articles/tides/"
    assert stands_there(browser, made[70]) == "/articles/tides/"
    for old in (made[69], made[20], made[0]):
        assert stands_there(browser, old).startswith("/articles/tides/?after=")


def test_a_deep_reply_is_found_in_its_branch(browser: Client, thread: Thread) -> None:
    root = parent = factories.comment(thread, "The first.")
    for depth in range(8):
        parent = factories.comment(thread, f"Below, {depth}.", parent=parent)

    page = stands_there(browser, parent)

    assert page == f"/comments/{root.pk}/replies/"
    shown = browser.get(page).content.decode()
    assert "in reply to \u2068Rosa\u2069" in shown
    assert 'class="body level-4"' in shown
    assert 'class="body level-5"' not in shown


def test_the_sixtieth_reply_is_on_the_second_page_of_its_branch(
    browser: Client, thread: Thread
) -> None:
    root = factories.comment(thread)
    replies = [factories.comment(thread, parent=root) for _ in range(60)]

    assert stands_there(browser, replies[2]) == "/articles/tides/"
    assert stands_there(browser, replies[3]) == f"/comments/{root.pk}/replies/"
    assert "?after=" in stands_there(browser, replies[59])


def test_a_topic_opens_at_its_oldest_comment(browser: Client, site: Site) -> None:
    Site.objects.update(forum_enabled=True)
    topic = factories.topic(site)
    first, last = factories.comment(topic), factories.comment(topic)

    assert stands_there(browser, first) == f"/forum/talk/{topic.pk}/"
    assert stands_there(browser, last) == f"/forum/talk/{topic.pk}/"


HIDDEN = [Status.CHECKING, Status.HELD, Status.SPAM, Status.REJECTED, Status.WITHDRAWN]


@pytest.mark.parametrize("status", HIDDEN)
def test_for_others_a_hidden_comment_was_never_there(
    browser: Client, thread: Thread, reader: Person, browser_of: BrowserOf, status: Status
) -> None:
    hidden = factories.comment(thread, status=status)

    for client in (browser, browser_of(reader)):
        answer = client.get(f"/comments/{hidden.pk}/")
        assert answer.status_code == 404
        assert "does not exist, or is not public" in answer.content.decode()
        assert answer.content == client.get("/comments/987654/").content


def test_an_author_is_led_to_their_waiting_comment(
    thread: Thread, author: Person, moderator: User, browser_of: BrowserOf
) -> None:
    waiting = factories.comment(thread, "Mine.", status=Status.HELD, person=author)

    stands_there(browser_of(author), waiting)
    stands_there(browser_of(moderator), waiting)


def test_a_comment_of_another_site_is_not_found_here(browser: Client, site: Site) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    theirs = factories.comment(factories.thread(other))

    assert browser.get(f"/comments/{theirs.pk}/").status_code == 404
    for part in ("replies", "reply", "edit", "delete"):
        assert browser.get(f"/comments/{theirs.pk}/{part}/").status_code == 404
    assert browser.post(f"/comments/{theirs.pk}/vote/", {"value": "1"}).status_code == 404
