"""An open page learns what is new and what is gone, from bytes that are the same for everybody."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from community.accounts.models import User
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.pages.live import news_of
from community.threads.models import Thread
from tests import factories


def remove(comment: Comment) -> None:
    comment.refresh_from_db()
    lifecycle.move(comment, Status.REJECTED, seen=comment.version, removed=True)


def news(thread: Thread) -> dict[str, object]:
    answer = Client().get(f"/threads/{thread.pk}/news/")
    assert "public" in answer["Cache-Control"]
    return answer.json()  # type: ignore[no-any-return]


def test_what_is_new_is_named_with_its_place(thread: Thread) -> None:
    root = factories.comment(thread)
    reply = factories.comment(thread, parent=root)
    assert news(thread) == {
        "mark": [2, 0, 2],
        "new": [[1, root.pk, None, None], [2, reply.pk, root.pk, root.pk]],
        "gone": [],
    }


@pytest.mark.parametrize("status", [Status.HELD, Status.CHECKING, Status.SPAM])
def test_what_waits_moves_nothing(thread: Thread, status: Status) -> None:
    factories.comment(thread)
    before = news(thread)
    factories.comment(thread, "Words that wait.", status=status)
    assert news(thread) == before


def test_what_was_removed_is_named_and_not_new_any_more(thread: Thread) -> None:
    kept, gone = factories.comment(thread), factories.comment(thread)
    remove(gone)
    assert news(thread)["gone"] == [gone.pk]
    assert [row[1] for row in news(thread)["new"]] == [kept.pk]  # type: ignore[attr-defined]


def test_news_cost_the_same_whatever_a_thread_holds(
    thread: Thread, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        factories.comment(thread)
    thread.refresh_from_db()
    with django_assert_num_queries(2):
        news_of(thread)


def test_the_new_comments_come_with_what_their_reader_may_do(
    thread: Thread, member: User, browser_of: Callable[[User], Client]
) -> None:
    factories.comment(thread, "An old one.")
    factories.comment(thread, "A new one.")
    factories.comment(thread, "One that waits.", status=Status.HELD)
    shown = Client().get(f"/threads/{thread.pk}/new/?after=1").content.decode()
    assert "A new one." in shown
    assert "An old one." not in shown
    assert "One that waits." not in shown
    assert "csrfmiddlewaretoken" not in shown
    mine = browser_of(member).get(f"/threads/{thread.pk}/new/?after=1")
    assert "csrfmiddlewaretoken" in mine.content.decode()
    assert "no-store" in mine["Cache-Control"]


def test_a_thread_nobody_may_see_has_no_news(thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(listed=False)
    assert Client().get(f"/threads/{thread.pk}/news/").status_code == 404
    assert Client().get(f"/threads/{thread.pk}/new/?after=0").status_code == 404


@pytest.fixture
def member(thread: Thread) -> User:
    return factories.member("Mona", site=thread.site)
