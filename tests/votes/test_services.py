"""One vote per person and comment, counters that equal a recount."""

import pytest

from community.accounts.models import Person
from community.comments.models import Comment, Status, top_key_of
from community.threads.models import Thread
from community.votes import services
from community.votes.models import Vote
from tests import factories

# The sort key is too big for PostgreSQL's plain numbers; SQLite has only one kind.
pytestmark = pytest.mark.both


@pytest.mark.parametrize(
    ("presses", "ups", "downs"),
    [
        pytest.param([1], 1, 0, id="up"),
        pytest.param([-1], 0, 1, id="down"),
        pytest.param([1, 1], 0, 0, id="up again undoes"),
        pytest.param([-1, -1], 0, 0, id="down again undoes"),
        pytest.param([1, -1], 0, 1, id="the other flips in one step"),
        pytest.param([1, -1, 1, 1], 0, 0, id="back and forth"),
    ],
)
def test_what_pressing_does(
    thread: Thread, reader: Person, presses: list[int], ups: int, downs: int
) -> None:
    comment = factories.comment(thread)
    for value in presses:
        services.press(comment, reader, value)
    comment.refresh_from_db()
    assert (comment.ups, comment.downs, comment.score) == (ups, downs, ups - downs)
    assert comment.top_key == top_key_of(ups - downs, comment.pk)
    assert Vote.objects.count() == ups + downs


def test_one_cannot_vote_on_what_is_not_public(thread: Thread, reader: Person) -> None:
    comment = factories.comment(thread, status=Status.HELD)
    with pytest.raises(Comment.DoesNotExist):
        services.press(comment, reader, 1)
    assert not Vote.objects.exists()
