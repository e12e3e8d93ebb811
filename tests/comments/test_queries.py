"""Pages of a thread: right, complete, and as cheap in a big thread as in a small one."""

import random
import re

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from community.comments import queries
from community.comments.models import SCORE_SHIFT, Comment, Status
from community.comments.queries import Sort
from community.sites.models import Role
from community.sites.viewers import ANYONE
from community.threads.models import Thread
from tests import factories
from tests.paging import shorten


def give_votes(comment: Comment, score: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(
        ups=F("ups") + score,
        score=F("score") + score,
        top_key=F("top_key") + (score << SCORE_SHIFT),
    )


def walk(thread: Thread, sort: Sort, between=lambda: None) -> list[int]:  # type: ignore[no-untyped-def]
    """The roots of all pages in turn; something happens between two pages."""
    seen: list[int] = []
    cursor = None
    while True:
        page = queries.page_of(thread, sort, cursor, ANYONE)
        seen += [branch.root.pk for branch in page.branches]
        if page.next_cursor is None:
            return seen
        cursor = page.next_cursor
        between()


@pytest.mark.parametrize("sort", list(Sort))
def test_while_others_post_and_vote_nothing_still_is_skipped_or_shown_twice(
    thread: Thread, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten(monkeypatch, 5)
    chance = random.Random(7)
    roots = [factories.comment(thread) for _ in range(23)]
    for root in roots:
        give_votes(root, chance.randrange(4))
    still, moving = roots[:17], roots[17:]

    def life_goes_on() -> None:
        factories.comment(thread)
        give_votes(chance.choice(moving), 1)

    seen = walk(thread, sort, life_goes_on)
    expected = {root.pk for root in still}
    assert [pk for pk in seen if pk in expected] == sorted(expected, key=lambda pk: seen.index(pk))
    assert expected <= set(seen)
    assert all(seen.count(pk) == 1 for pk in expected)


def test_the_three_orders(thread: Thread) -> None:
    first, second, third = (factories.comment(thread) for _ in range(3))
    give_votes(first, 2)
    assert walk(thread, Sort.NEWEST) == [third.pk, second.pk, first.pk]
    assert walk(thread, Sort.OLDEST) == [first.pk, second.pk, third.pk]
    assert walk(thread, Sort.VOTES) == [first.pk, third.pk, second.pk]


def test_a_branch_shows_its_first_three_replies_in_reading_order(thread: Thread) -> None:
    root = factories.comment(thread)
    first = factories.comment(thread, parent=root)
    factories.comment(thread, parent=root)
    deep = factories.comment(thread, parent=first)
    deeper = factories.comment(thread, parent=deep)
    branch = queries.page_of(thread, Sort.NEWEST, None, ANYONE).branches[0]
    assert [reply.pk for reply in branch.replies] == [first.pk, deep.pk, deeper.pk]
    assert branch.hidden == 1


def test_a_big_branch_is_paged_inside_itself(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten(monkeypatch, 4)
    root = factories.comment(thread)
    replies = [factories.comment(thread, parent=root) for _ in range(10)]
    seen: list[int] = []
    behind = None
    while True:
        page, behind = queries.branch_page(root, behind, ANYONE)
        seen += [reply.pk for reply in page]
        if behind is None:
            break
    assert seen == [reply.pk for reply in replies]


def test_replies_may_go_as_deep_as_people_answer(thread: Thread) -> None:
    comment = factories.comment(thread)
    for _ in range(40):
        comment = factories.comment(thread, parent=comment)
    assert comment.depth == 32
    page, _ = queries.branch_page(Comment.objects.roots().get(), None, ANYONE)
    assert len(page) == 40


class TestWhatWaits:
    """Waiting comments stand in their place for their author and moderators, for nobody else."""

    @pytest.fixture
    def waiting(self, thread: Thread, reader) -> Comment:  # type: ignore[no-untyped-def]
        factories.comment(thread)
        held = factories.comment(thread, person=reader, status=Status.HELD)
        factories.comment(thread)
        return held

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
    def test_its_author_sees_it_between_its_neighbours(
        self, thread: Thread, waiting: Comment, sort: Sort
    ) -> None:
        page = queries.page_of(thread, sort, None, factories.viewer(waiting.person))
        assert page.branches[1].root == waiting

    def test_a_moderator_sees_it(self, thread: Thread, waiting: Comment) -> None:
        page = queries.page_of(thread, Sort.NEWEST, None, factories.viewer(role=Role.MODERATOR))
        assert waiting in [branch.root for branch in page.branches]

    @pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.CHECKING, Status.REJECTED])
    def test_nobody_else_sees_it(self, thread: Thread, author, status: Status) -> None:  # type: ignore[no-untyped-def]
        hidden = factories.comment(thread, status=status)
        page = queries.page_of(thread, Sort.NEWEST, None, factories.viewer(author))
        assert hidden not in [branch.root for branch in page.branches]
        assert hidden not in Comment.objects.visible_to(factories.viewer(author))

    def test_a_waiting_reply_stands_in_its_branch(self, thread: Thread, reader) -> None:  # type: ignore[no-untyped-def]
        root = factories.comment(thread)
        reply = factories.comment(thread, parent=root, person=reader, status=Status.HELD)
        page = queries.page_of(thread, Sort.NEWEST, None, factories.viewer(reader))
        assert page.branches[0].replies == [reply]


@pytest.mark.parametrize("size", [3, 30])
def test_a_page_costs_the_same_number_of_queries_whatever_it_shows(
    thread: Thread, size: int, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _ in range(size):
        root = factories.comment(thread)
        factories.comment(thread, parent=root)
    with django_assert_num_queries(1):
        queries.page_of(thread, Sort.NEWEST, None, ANYONE)


@pytest.mark.both
@pytest.mark.parametrize("sort", list(Sort))
def test_one_ready_statement_reads_what_django_would_write_two_for(
    thread: Thread, sort: Sort
) -> None:
    roots = [factories.comment(thread) for _ in range(3)]
    for number in (1, 4):
        for _ in range(number):
            factories.comment(thread, parent=roots[number % 3])
    for cursor in (None, queries.key_of(roots[1], sort)):
        queries.page_rows(thread, sort, cursor)
        rows = queries.after(queries.roots_of(thread), sort, cursor).only(*queries.SHOWN)
        with CaptureQueriesContext(connection) as said:
            ready, usual = queries.page_rows(thread, sort, cursor), list(rows[: queries.PAGE + 1])
        # Django puts a value that comes later into brackets.
        assert said[1]["sql"] in re.sub(r"\((\d+)\)", r"\1", said[0]["sql"])
        usual += queries.first_replies([root.pk for root in usual])
        assert read(ready) == read(usual)


def read(rows: list[Comment]) -> dict[int, dict[str, object]]:
    """What was read of each row."""
    return {row.pk: row.__dict__ | {"_state": 0} for row in rows}
