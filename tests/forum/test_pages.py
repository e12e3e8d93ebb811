"""The forum: off by default, topics that wait, topics that are answered."""

from collections.abc import Callable

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.forum import queries
from community.sites.models import Site
from community.threads.models import Board, Thread
from moderation import sanctions
from moderation.models import Kind
from tests import factories
from tests.pages.posting import GIVEN, text_of

BrowserOf = Callable[[Person | User], Client]

TOPIC = {**GIVEN, "title": "Where to anchor?", "body": "Behind the island, I think."}


@pytest.fixture
def board(site: Site) -> Board:
    """A board of a forum that is on."""
    Site.objects.update(forum_enabled=True)
    return Board.objects.create(site=site, slug="talk", name="Talk", description="Boats")


@pytest.mark.parametrize("path", ["", "talk/", "talk/new/", "talk/1/"])
def test_where_the_forum_is_off_there_is_none(browser: Client, site: Site, path: str) -> None:
    factories.topic(site)

    assert browser.get(f"/forum/{path}").status_code == 404
    assert "Forum" not in text_of(browser.get("/"))


def test_a_first_topic_waits_and_only_its_author_and_moderators_see_it(
    browser: Client, board: Board, moderator: User, browser_of: BrowserOf
) -> None:
    shown = browser.post("/forum/talk/new/", TOPIC, follow=True)

    assert "Where to anchor?" in text_of(shown)
    assert "Only you and the moderators see it." in text_of(shown)
    topic = Thread.objects.get(board=board)
    address = f"/forum/talk/{topic.pk}/"
    assert browser_of(moderator).get(address).status_code == 200
    assert Client().get(address).status_code == 404
    assert "Where to anchor?" not in text_of(Client().get("/forum/talk/"))


def test_people_see_no_trap_for_programs_where_they_open_a_topic(
    browser: Client, board: Board, browser_of: BrowserOf, reader: Person
) -> None:
    for someone in (browser, browser_of(reader)):
        page = someone.get("/forum/talk/new/").content.decode()
        trap = page.partition('<div class="unseen" aria-hidden="true">')[2].partition("</div>")[0]
        assert 'name="homepage"' in trap
        assert page.count('name="homepage"') == 1
        assert "Acknowledged" not in page
        assert "Start topic" in page
        assert "hx-post" not in page  # a topic has a page of its own to lead to


def test_whoever_is_warned_reads_why_where_they_open_a_topic(
    site: Site, board: Board, moderator: User, author: Person, browser_of: BrowserOf
) -> None:
    warned = factories.comment(factories.topic(site), person=author)
    terms = sanctions.Terms(Kind.WARN, words="Please calm down.")
    sanctions.impose(sanctions.of_comment(warned), terms, moderator)

    page = text_of(browser_of(author).get("/forum/talk/new/"))

    assert "Please calm down." in page
    assert "I have read this." in page


def test_a_published_topic_is_listed_and_answered(
    browser: Client, board: Board, moderator: User, browser_of: BrowserOf
) -> None:
    browser.post("/forum/talk/new/", TOPIC)
    first = Comment.objects.get()

    given = {"act": "approve", "version": first.version}
    browser_of(moderator).post(f"/moderation/comments/{first.pk}/decide/", given)

    assert "Where to anchor?" in text_of(Client().get("/forum/talk/"))
    address = f"/forum/talk/{first.thread_id}/"
    assert "Behind the island, I think." in text_of(Client().get(address))
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"})
    shown = answer.post(
        f"/threads/{first.thread_id}/comments/",
        {"name": "Amir", "email": "amir@example.org", "body": "Mind the rock."},
        follow=True,
    )
    assert "Mind the rock." in text_of(shown)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "\u200b"}, "Please write something first."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"title": "a\0b"}, "Null characters are not allowed."),
        ({"body": ""}, "Please write something first."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_topic_that_lacks_something_is_not_stored(
    browser: Client, board: Board, fields: dict[str, str], sentence: str
) -> None:
    answer = browser.post("/forum/talk/new/", {**TOPIC, **fields})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Thread.objects.filter(board=board).exists()
    assert not Comment.objects.exists()


def test_a_title_is_one_line_and_never_markup(browser: Client, board: Board) -> None:
    browser.post("/forum/talk/new/", {**TOPIC, "title": "<b>Bold</b>\r\nBcc: all@example.org"})

    topic = Thread.objects.get(board=board)
    assert topic.title == "<b>Bold</b> Bcc: all@example.org"
    assert "<b>Bold</b>" not in browser.get(f"/forum/talk/{topic.pk}/").content.decode()


def test_pinned_topics_stand_first_and_none_is_lost_between_pages(
    browser: Client, board: Board, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ON_A_PAGE", 2)
    topics = [factories.topic(site, title=f"Topic no. {number}") for number in range(5)]
    Thread.objects.filter(pk=topics[0].pk).update(pinned=True)

    found, address = [], "/forum/talk/"
    while address:
        page = browser.get(address)
        found += [topic.title for topic in page.context["topics"]]
        more = page.context["next_url"]
        address = f"/forum/talk/{more}" if more else ""

    assert found[0] == "Topic no. 0"
    assert sorted(found) == sorted(topic.title for topic in topics)


def test_an_empty_forum_says_what_to_do(browser: Client, board: Board, administrator: User) -> None:
    assert browser.get("/forum/").status_code == 200
    assert "/forum/talk/new/" in browser.get("/forum/talk/").content.decode()


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM, Status.WITHDRAWN])
def test_a_topic_whose_opening_is_gone_leaves_the_board(
    browser: Client, board: Board, status: Status
) -> None:
    browser.post("/forum/talk/new/", TOPIC)
    first = Comment.objects.get()
    lifecycle.move(first, Status.PUBLISHED, seen=first.version)
    lifecycle.move(first, status, seen=first.version)

    assert "Where to anchor?" not in text_of(Client().get("/forum/talk/"))
