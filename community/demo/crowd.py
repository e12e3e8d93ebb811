"""A thread of any size, written in bulk: each row as the application would have left it.

The same seed makes the same thread. Used by the demo's big article and by the bench.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, islice
from random import Random
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import F, Max, Model

from community.comments.models import DEEPEST, Comment, Status, place_of, top_key_of
from community.comments.rendering import RENDER_VERSION
from community.demo import desk
from community.threads.models import Thread
from community.votes.models import Vote

BATCH = 5_000
NOBODY = -1
# Half of all comments answer the article; one answer in ten stands in the first branch, which so
# grows with the thread and becomes deep; the others answer one of the latest forty.
TOP_LEVEL = 0.5
FIRST_BRANCH = 0.1
LATEST = 40
VOTES_EACH = 1.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a comment says, as it is stored."""

    body: str
    html: str
    fingerprint: str


@dataclass(frozen=True)
class Crowd:
    """Who speaks and votes, what is said, and from when to when."""

    speakers: Sequence[tuple[int, str]]  # persons with their names
    voters: Sequence[int]
    say: Callable[[Random, bool], Said]  # the words; whether they answer somebody
    begin: datetime
    end: datetime


class Tree:
    """Who answers whom, by numbers from 0 on, with the counters that follow from it."""

    def __init__(self, size: int, chance: Random) -> None:
        self.parents, self.roots = array("q"), array("q")
        self.depths, self.answers, self.branches = array("b"), array("q"), array("q")
        self.first_branch = [0]
        for number in range(size):
            self.add(number, self.parent_for(number, chance))

    def parent_for(self, number: int, chance: Random) -> int:
        """Whom a comment answers."""
        if number == 0 or chance.random() < TOP_LEVEL:
            return NOBODY
        if chance.random() < FIRST_BRANCH:
            return chance.choice(self.first_branch[-3:])
        # The newer ones more often.
        return max(0, number - 1 - int(LATEST * chance.random() ** 2))

    def add(self, number: int, parent: int) -> None:
        """Put one comment below its parent and count it there."""
        has_parent = parent != NOBODY
        root = (
            (self.roots[parent] if self.roots[parent] != NOBODY else parent)
            if has_parent
            else parent
        )
        self.parents.append(parent)
        self.roots.append(root)
        self.depths.append(min(self.depths[parent] + 1, DEEPEST) if has_parent else 0)
        self.answers.append(0)
        self.branches.append(0)
        if has_parent:
            self.answers[parent] += 1
            self.branches[root] += 1
        if root == 0:
            self.first_branch.append(number)

    def branch_of(self, number: int) -> int:
        """The comment at the top of somebody's branch."""
        return number if self.roots[number] == NOBODY else self.roots[number]


def fill(thread: Thread, size: int, crowd: Crowd, *, seed: int = 1) -> None:
    """Let a crowd write so many public comments into an empty thread, and vote on them."""
    chance = Random(seed)  # noqa: S311
    tree = Tree(size, chance)
    votes = [votes_for(chance, len(crowd.voters)) for _ in range(size)]
    decisions = desk.decisions()
    first, first_vote, decided = next_id(Comment), next_id(Vote), next_id(decisions)
    with transaction.atomic():
        pour(Comment, comments(thread, tree, votes, crowd, chance, first))
        pour(decisions, judgements(thread, size, crowd, range(first, first + size), decided))
        pour(Vote, chain.from_iterable(ballots(votes, crowd, first, first_vote)))
        Thread.objects.filter(pk=thread.pk).update(
            comment_count=F("comment_count") + size,
            publications=F("publications") + size,
            version=F("version") + 1,
            last_activity=crowd.end,
            created_at=crowd.begin,
        )
    thread.refresh_from_db()


def votes_for(chance: Random, most: int) -> tuple[int, int]:
    """How many vote for and against one comment: mostly none, now and then very many."""
    popular = 20 if chance.random() < 0.01 else 1
    number = min(most, int(chance.expovariate(1 / VOTES_EACH) * popular))
    against = sum(chance.random() < 0.15 for _ in range(number))
    return number - against, against


def comments(
    thread: Thread,
    tree: Tree,
    votes: list[tuple[int, int]],
    crowd: Crowd,
    chance: Random,
    first: int,
) -> Iterator[Row]:
    """The rows of all comments; the paths above are kept for those who are answered."""
    step = (crowd.end - crowd.begin) / len(votes)
    paths: dict[int, bytes] = {}
    for number, (ups, downs) in enumerate(votes):
        pk, parent, root = first + number, tree.parents[number], tree.roots[number]
        path = paths.get(parent, b"")[: 8 * (DEEPEST - 1)]
        path = b"" if parent == NOBODY else path + place_of(pk).to_bytes(8, "big")
        if path and tree.answers[number]:
            paths[number] = path
        person, name = chance.choice(crowd.speakers)
        said = crowd.say(chance, parent != NOBODY)
        at = stored(crowd.begin + step * number)
        yield {
            "id": pk,
            "site_id": thread.site_id,
            "thread_id": thread.pk,
            "parent_id": first + parent if parent != NOBODY else None,
            "root_id": first + root if parent != NOBODY else None,
            "place": place_of(pk),
            "path": path,
            "depth": tree.depths[number],
            "person_id": person,
            "author_name": name,
            "body": said.body,
            "body_html": said.html,
            "render_version": RENDER_VERSION,
            "fingerprint": said.fingerprint,
            "status": Status.PUBLISHED.value,
            "version": 2,
            "listed": True,
            "ups": ups,
            "downs": downs,
            "score": ups - downs,
            "top_key": top_key_of(ups - downs, pk),
            "branch_count": tree.branches[number],
            "reply_count": tree.answers[number],
            "created_at": at,
            "published_at": at,
            "publication": thread.publications + number + 1,
            "announced_at": at,
        }


def judgements(
    thread: Thread, size: int, crowd: Crowd, comments: range, first: int
) -> Iterator[Row]:
    """What the rules have written down about each comment."""
    step = (crowd.end - crowd.begin) / size
    for number, pk in enumerate(comments):
        at = stored(crowd.begin + step * number)
        row = desk.judgement(pk, thread.site_id, Status.PUBLISHED.value, at)
        yield row | {"id": first + number}


def ballots(
    votes: list[tuple[int, int]], crowd: Crowd, first: int, first_vote: int
) -> Iterator[Iterator[Row]]:
    """The votes of each comment, of other voters each time."""
    at, vote = stored(crowd.end), count(first_vote)
    number_of_voters = len(crowd.voters)
    for number, (ups, downs) in enumerate(votes):
        yield (
            {
                "id": next(vote),
                "comment_id": first + number,
                "person_id": crowd.voters[(number * 7 + turn) % number_of_voters],
                "value": 1 if turn < ups else -1,
                "at": at,
            }
            for turn in range(ups + downs)
        )


# Writing


def next_id(model: type[Model]) -> int:
    """The first id of a table that nobody has yet."""
    last: int | None = model._default_manager.aggregate(last=Max("pk"))["last"]
    return (last or 0) + 1


def stored(at: datetime) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def pour(model: type[Model], rows: Iterator[Row]) -> None:
    """Write rows that bear their own ids; columns they do not name get their default."""
    own = [field for field in model._meta.concrete_fields if not field.generated]
    usual = {str(field.column): field.get_default() for field in own}
    whole = (tuple((usual | row).values()) for row in rows)
    table, columns = model._meta.db_table, ", ".join(usual)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in whole:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(usual))
            while batch := list(islice(whole, BATCH)):
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", batch)  # noqa: S608
        for sentence in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(sentence)
