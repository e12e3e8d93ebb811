"""Voting: exact under any number of voters at once."""

from django.db import IntegrityError, transaction
from django.db.models import F

from community.accounts.models import Person
from community.comments.models import SCORE_SHIFT, Comment
from community.threads.models import Thread
from community.votes.models import Vote


def press(comment: Comment, person: Person, value: int) -> int:
    """What pressing up (1) or down (-1) leads to: a new vote, a flip, or none at all (0).

    Pressing the same again undoes it. Raises Comment.DoesNotExist if it is not public any more.
    """
    try:
        return settle(comment, person, value)
    except IntegrityError:
        # The same person pressed twice at once and the other press won: what they wanted stands.
        return value


@transaction.atomic
def settle(comment: Comment, person: Person, value: int) -> int:
    """Write one vote and move the counters by the difference it makes."""
    Thread.objects.locked(comment.thread_id)
    Comment.objects.published().get(pk=comment.pk)
    vote = Vote.objects.filter(comment=comment, person=person).first()
    if vote is None:
        Vote.objects.create(comment=comment, person=person, value=value)
        before, now = 0, value
    elif vote.value == value:
        vote.delete()
        before, now = value, 0
    else:
        Vote.objects.filter(pk=vote.pk).update(value=value)
        before, now = vote.value, value
    count(comment, before, now)
    return now


@transaction.atomic
def take_back(vote: Vote) -> None:
    """Remove a vote whatever has become of its comment, so that the counters stay true."""
    Thread.objects.locked(vote.comment.thread_id)
    if Vote.objects.filter(pk=vote.pk).delete()[0]:
        count(vote.comment, vote.value, 0)


def count(comment: Comment, before: int, now: int) -> None:
    """Bring the counters and the sort key of a comment in line with a changed vote."""
    ups = (now == 1) - (before == 1)
    downs = (now == -1) - (before == -1)
    step = ups - downs
    Comment.objects.filter(pk=comment.pk).update(
        ups=F("ups") + ups,
        downs=F("downs") + downs,
        score=F("score") + step,
        top_key=F("top_key") + step * (1 << SCORE_SHIFT),
    )
    Thread.objects.filter(pk=comment.thread_id).update(version=F("version") + 1)


def votes_of(person_id: int | None, comment_ids: list[int]) -> dict[int, int]:
    """How one person voted on these comments."""
    if person_id is None:
        return {}
    rows = Vote.objects.filter(person_id=person_id, comment_id__in=comment_ids)
    return dict(rows.values_list("comment_id", "value"))
