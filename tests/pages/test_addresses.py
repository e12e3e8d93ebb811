"""A comment's address leads to the page on which it stands."""

import pytest
from django.test import Client

from community.comments.models import Comment, Status
from community.pages.addresses import comment_address
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories
from tests.paging import shorten


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, 4)


def stands_on(browser: Client, comment: Comment) -> bool:
    page = browser.get(comment_address(comment).partition("#")[0])
    assert page.status_code == 200
    return f'id="c{comment.pk}"' in page.content.decode()


def test_every_comment_of_an_article(thread: Thread, browser: Client) -> None:
    roots = [factories.comment(thread) for _ in range(11)]
    replies = [factories.comment(thread, parent=roots[2]) for _ in range(9)]
    for comment in [*roots, *replies]:
        comment.refresh_from_db()
        assert stands_on(browser, comment), comment


def test_every_comment_of_a_topic(site: Site, browser: Client) -> None:
    Site.objects.update(forum_enabled=True)
    topic = factories.topic(site)
    for comment in [factories.comment(topic) for _ in range(11)]:
        comment.refresh_from_db()
        assert stands_on(browser, comment), comment


def test_ones_own_waiting_comment_on_the_last_page_of_a_topic(
    site: Site, reader, browser_of
) -> None:  # type: ignore[no-untyped-def]
    Site.objects.update(forum_enabled=True)
    topic = factories.topic(site)
    for _ in range(9):
        factories.comment(topic)
    mine = factories.comment(topic, person=reader, status=Status.HELD)
    assert stands_on(browser_of(reader), mine)


@pytest.mark.parametrize("size", [3, 12])
def test_a_public_page_costs_the_same_whatever_it_shows(
    thread: Thread, browser: Client, size: int, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(size):
        root = factories.comment(thread)
        factories.comment(thread, parent=root)
    with django_assert_max_num_queries(10):
        browser.get("/articles/tides/")


def test_nobody_reads_or_writes_comments_of_a_draft(
    thread: Thread, browser: Client, moderator, browser_of
) -> None:  # type: ignore[no-untyped-def]
    comment = factories.comment(thread)
    thread.article.__class__.objects.update(is_published=False)
    words = {"name": "Rosa", "email": "rosa@example.org", "body": "Hello there."}
    assert browser.get(f"/comments/{comment.pk}/").status_code == 404
    assert browser.get(f"/comments/{comment.pk}/replies/").status_code == 404
    assert browser.post(f"/threads/{thread.pk}/comments/", words).status_code == 404
    assert browser_of(moderator).get(f"/comments/{comment.pk}/").status_code == 302
