"""A comment's status changes through one door, with everything that hangs on it."""

import pytest

from community.comments import lifecycle, services
from community.comments.models import Comment, Status
from community.outbox.models import Job
from community.threads.models import Thread
from tests import factories

ALL = list(Status)


@pytest.mark.parametrize(
    ("before", "to", "allowed"),
    [
        pytest.param(Status.CHECKING, Status.PUBLISHED, True, id="checks found nothing"),
        pytest.param(Status.CHECKING, Status.HELD, True, id="a rule or check holds"),
        pytest.param(Status.HELD, Status.PUBLISHED, True, id="a moderator approves"),
        pytest.param(Status.HELD, Status.SPAM, True, id="a moderator says spam"),
        pytest.param(Status.PUBLISHED, Status.REJECTED, True, id="a moderator removes"),
        pytest.param(Status.PUBLISHED, Status.HELD, True, id="an approval is undone"),
        pytest.param(Status.SPAM, Status.PUBLISHED, True, id="a moderator finds it is none"),
        pytest.param(Status.WITHDRAWN, Status.PUBLISHED, False, id="deleted is final"),
        pytest.param(Status.WITHDRAWN, Status.HELD, False, id="deleted does not wait"),
        pytest.param(Status.REJECTED, Status.CHECKING, False, id="nobody checks the rejected"),
        pytest.param(Status.PUBLISHED, Status.PUBLISHED, False, id="publishing twice"),
    ],
)
def test_only_these_ways_are_open(before: Status, to: Status, allowed: bool) -> None:
    assert (to in lifecycle.MOVES[before]) is allowed


def test_a_forbidden_way_changes_nothing(thread: Thread) -> None:
    comment = factories.comment(thread, status=Status.WITHDRAWN)
    with pytest.raises(lifecycle.ForbiddenMove):
        lifecycle.move(comment, Status.PUBLISHED, seen=comment.version)
    assert Comment.objects.get().status == Status.WITHDRAWN


def test_nobody_decides_about_a_version_they_have_not_seen(thread: Thread) -> None:
    comment = factories.comment(thread, status=Status.HELD)
    seen = comment.version
    services.rewrite(comment, factories.draft(thread, "Other words."), seen=seen)
    with pytest.raises(lifecycle.StaleComment):
        lifecycle.move(comment, Status.PUBLISHED, seen=seen)


def test_publishing_numbers_counts_and_announces_once(thread: Thread) -> None:
    first = factories.comment(thread)
    second = factories.comment(thread)
    lifecycle.move(first, Status.HELD, seen=first.version)
    lifecycle.move(first, Status.PUBLISHED, seen=first.version)
    thread.refresh_from_db()
    assert (first.publication, second.publication) == (1, 2)
    assert (thread.comment_count, thread.publications) == (2, 2)
    keys = Job.objects.filter(name="announce").values_list("key", flat=True)
    assert sorted(keys) == [f"announce:{first.pk}", f"announce:{second.pk}"]


def test_a_waiting_comment_moves_no_counter_and_no_version(thread: Thread) -> None:
    before = Thread.objects.values().get()
    factories.comment(thread, status=Status.HELD)
    factories.comment(thread, status=Status.SPAM)
    assert Thread.objects.values().get() == before


def test_a_removed_comment_with_replies_leaves_its_place(thread: Thread) -> None:
    parent = factories.comment(thread)
    factories.comment(thread, parent=parent)
    lifecycle.move(parent, Status.REJECTED, seen=parent.version, removed=True)
    parent.refresh_from_db()
    assert (parent.listed, parent.removed) == (True, True)


def test_a_place_holder_goes_with_its_last_reply(thread: Thread) -> None:
    root = factories.comment(thread)
    middle = factories.comment(thread, parent=root)
    leaf = factories.comment(thread, parent=middle)
    for gone in (root, middle):
        gone.refresh_from_db()
        services.delete(gone)
    assert Comment.objects.filter(listed=True).count() == 3
    leaf.refresh_from_db()
    services.delete(leaf)
    assert not Comment.objects.filter(listed=True).exists()
    assert Comment.objects.get(pk=root.pk).branch_count == 0


def test_a_reply_approved_late_brings_its_parents_place_back(thread: Thread) -> None:
    parent = factories.comment(thread)
    reply = factories.comment(thread, parent=parent, status=Status.HELD)
    parent.refresh_from_db()
    services.delete(parent)
    assert not Comment.objects.get(pk=parent.pk).listed
    lifecycle.move(reply, Status.PUBLISHED, seen=reply.version)
    parent.refresh_from_db()
    assert (parent.listed, parent.branch_count, parent.reply_count) == (True, 1, 1)


def test_counters_equal_a_recount_after_any_moves(thread: Thread) -> None:
    root = factories.comment(thread)
    replies = [factories.comment(thread, parent=root) for _ in range(4)]
    deep = factories.comment(thread, parent=replies[0])
    lifecycle.move(replies[0], Status.HELD, seen=Comment.objects.get(pk=replies[0].pk).version)
    lifecycle.move(replies[1], Status.SPAM, seen=replies[1].version)
    services.delete(deep)
    services.delete(root)
    for comment in Comment.objects.all():
        children = comment.children.filter(listed=True).count()
        below = Comment.objects.filter(root=comment, listed=True).count()
        assert (comment.reply_count, comment.branch_count) == (children, below), comment
    thread.refresh_from_db()
    assert thread.comment_count == Comment.objects.published().count()


def test_a_topic_is_seen_only_with_its_first_comment(site) -> None:  # type: ignore[no-untyped-def]
    topic = factories.topic(site, listed=False)
    opening = factories.comment(topic, status=Status.HELD)
    topic.refresh_from_db()
    assert not topic.listed
    lifecycle.move(opening, Status.PUBLISHED, seen=opening.version)
    topic.refresh_from_db()
    assert topic.listed
