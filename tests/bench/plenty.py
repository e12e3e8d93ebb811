"""Threads of up to a million comments in a minute or two, each comment exactly 542 bytes long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from community.accounts.models import Person
from community.comments.words import digest
from community.demo import crowd
from community.demo.crowd import Crowd, Said
from community.threads.models import Thread

LENGTH = 542
SPEAKERS = 500
VOTERS = 2_000
# From here on it is quicker to take the indexes down and build them anew.
MANY = 400_000
WORDS = (
    "the tide was out when we came and harbour lay dry an old man told us that it had been so "
    "since wall built nobody asked sea stayed until dusk boats leaned on their sides like cattle "
    "asleep children ran over mud with buckets while gulls argued about crabs later rain began "
    "to fall softly from west someone lit lamp at end of pier then another answered across water "
    "we counted them as my grandmother used count lanterns before roads came here there were only "
    "ferries which sailed twice each week carrying salt letters goats now bridge takes everything "
    "quickly yet people still wait by landing out habit perhaps hope"
)
VOCABULARY = WORDS.split()
SAID_NOTHING = str.maketrans("", "", " .")


def say(chance: Random, _is_reply: bool) -> Said:
    """Plain words of exactly the wanted length, and what rendering makes of them."""
    words = " ".join(chance.choices(VOCABULARY, k=LENGTH // 3)).capitalize()[: LENGTH - 1]
    body = f"{words.rstrip()}.".ljust(LENGTH, ".")
    core = body.lower().translate(SAID_NOTHING)
    return Said(body, f"<p>{body}</p>\n", digest(core))


def people(number: int, prefix: str) -> list[tuple[int, str]]:
    """Guests with names, made at once."""
    made = Person.objects.bulk_create(Person(name=f"{prefix} {turn}") for turn in range(number))
    return [(person.pk, person.name) for person in made]


def fill(threads: dict[Thread, int], *, seed: int = 1) -> None:
    """Let a crowd fill these empty threads."""
    now = timezone.now()
    voters = [pk for pk, _ in people(VOTERS, "Voter")]
    many = Crowd(people(SPEAKERS, "Reader"), voters, say, now - timedelta(days=30), now)
    with unguarded(sum(threads.values())):
        for turn, (thread, size) in enumerate(threads.items()):
            crowd.fill(thread, size, many, seed=seed + turn)
    tidy()


def tidy() -> None:
    """Let the database know what it has, as it would after a while by itself."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


@contextmanager
def unguarded(rows: int) -> Iterator[None]:
    """Write without foreign keys being looked up, and many rows without indexes meanwhile.

    `check_invariants` and the tests of this generator say whether the rows are right.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        taken = take_indexes(cursor) if rows >= MANY else []
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for sentence in taken:
            cursor.execute(sentence)
        cursor.execute("SET session_replication_role = DEFAULT")


def take_indexes(cursor: Any) -> list[str]:
    """Drop the indexes that no constraint needs; the sentences that make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'community_comment'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [sentence for _, sentence in found]
