"""Voting: exact under any number of voters at once."""

from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, F, Value

from community.accounts.models import Person
from community.comments.models import SCORE_SHIFT, Comment, CommentQuerySet
from community.insertion import Insertion
from community.prepared import Change, Changed, Numbers, Parameter, Prepared
from community.threads.models import Thread, newer
from community.votes.models import Vote

PEOPLE = Insertion(Person)
VOTES = Insertion(Vote)


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
    """Write one vote and move the counters by the difference it makes.

    The vote itself is written first and only from the state it was read in, so the rows that all
    voters of a thread share are locked for two short updates.
    """
    before = vote_of(person, comment)
    now = 0 if before == value else value
    if write(comment, person, before, now):
        count(PUBLISHED, comment, before, now)
    return now


def write(comment: Comment, person: Person, before: int, now: int) -> bool:
    """Bring one vote from one value to another; whether it still had the first.

    Raises IntegrityError for a first vote that is not the first any more.
    """
    if not before:
        VOTES.add(Vote(comment=comment, person=person, value=now))
        return True
    as_read = Vote.objects.filter(comment=comment, person=person, value=before)
    return bool(as_read.update(value=now) if now else as_read.delete()[0])


@transaction.atomic
def take_back(vote: Vote) -> None:
    """Remove a vote whatever has become of its comment, so that the counters stay true."""
    standing = Vote.objects.select_for_update().filter(pk=vote.pk).first()
    if standing:
        standing.delete()
        count(ANY, vote.comment, standing.value, 0)


def count(among: Change, comment: Comment, before: int, now: int) -> None:
    """Bring the counters and the sort key of a comment in line with a changed vote.

    Raises Comment.DoesNotExist where it is not among these any more.
    """
    ups = (now == 1) - (before == 1)
    downs = (now == -1) - (before == -1)
    step = ups - downs
    # The thread comes first: locks are taken in one order everywhere.
    RENEWED.carry_out(thread=comment.thread_id)
    counted = among.carry_out(comment=comment.pk, ups=ups, downs=downs, step=step)
    if not counted:
        raise Comment.DoesNotExist


OF_PERSON = Prepared[tuple[int, int]](
    lambda person, comments: Vote.objects.filter(
        person=person, comment_id__in=comments
    ).values_list("comment_id", "value"),
    "person",
    Numbers("comments"),
)


# Said to be big: PostgreSQL would take a plain number for four bytes, and lose all of it.
A_STEP = Value(1 << SCORE_SHIFT, output_field=BigIntegerField())


def counted(
    rows: CommentQuerySet, comment: Parameter, ups: Parameter, downs: Parameter, step: Parameter
) -> Changed:
    """One of these comments with other counters."""
    fields = {
        "ups": F("ups") + ups,
        "downs": F("downs") + downs,
        "score": F("score") + step,
        "top_key": F("top_key") + step * A_STEP,
    }
    return rows.filter(pk=comment), fields


COUNTED = ("comment", "ups", "downs", "step")
PUBLISHED = Change(partial(counted, Comment.objects.published()), *COUNTED)
ANY = Change(partial(counted, Comment.objects.all()), *COUNTED)
RENEWED = Change(lambda thread: (Thread.objects.filter(pk=thread), newer()), "thread")


def vote_of(person: Person, comment: Comment) -> int:
    """How somebody voted on a comment; whoever is seen for the first time is remembered."""
    if person.pk is None:
        PEOPLE.store(person)
        return 0
    return votes_of(person.pk, [comment.pk]).get(comment.pk, 0)


def votes_of(person_id: int | None, comment_ids: list[int]) -> dict[int, int]:
    """How one person voted on these comments."""
    if person_id is None:
        return {}
    return dict(OF_PERSON.all(person=person_id, comments=comment_ids))
