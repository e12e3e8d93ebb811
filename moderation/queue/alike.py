"""Comments that are alike: the same text, a link to the same host, the same sender."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.db import connection

from community.comments.models import Comment, CommentQuerySet
from moderation.queue.lists import waiting

# So many are counted and decided about at once.
MOST_ALIKE = 200


class Kind(StrEnum):
    """In what comments are alike; the tellest first."""

    TEXT = "text"
    HOST = "host"
    PERSON = "person"
    NETWORK = "network"

    @property
    def column(self) -> str:
        """Where it is kept."""
        return COLUMNS[self]

    @property
    def fewest(self) -> int:
        """From how many on they are shown as one: two texts alike are odd, two comments of one
        person are a conversation."""
        return 2 if self in (Kind.TEXT, Kind.HOST) else 4


COLUMNS = {
    Kind.TEXT: "fingerprint",
    Kind.HOST: "link_host",
    Kind.PERSON: "person_id",
    Kind.NETWORK: "network",
}


class Trait(NamedTuple):
    """One thing in which comments of a site can be alike."""

    site: int
    kind: Kind
    value: str | int


class Stub(NamedTuple):
    """A waiting comment, as far as its place and its likes go."""

    pk: int
    key: int
    site: int
    text: str
    host: str
    person: int | None
    network: str

    @property
    def traits(self) -> list[Trait]:
        """All in which others can be like it."""
        values = zip(Kind, (self.text, self.host, self.person, self.network), strict=True)
        return [Trait(self.site, kind, value) for kind, value in values if value]


@dataclass(frozen=True)
class Alike:
    """That others like this one wait: in what, and how many beside it."""

    kind: Kind
    others: int

    @property
    def is_many(self) -> bool:
        """Whether there are more than anyone counts."""
        return self.others >= MOST_ALIKE


@dataclass(frozen=True)
class Gathered:
    """The first of each kind, and how far one has read to find them."""

    leaders: list[Stub]
    read: int


def gather(stubs: Sequence[Stub], most: int) -> Gathered:
    """Take one of all that are alike, until there are so many; the rest follow on later pages."""
    numbers = Counter(trait for stub in stubs for trait in stub.traits)
    leaders: list[Stub] = []
    taken: set[Trait] = set()
    for read, stub in enumerate(stubs):
        traits = {trait for trait in stub.traits if numbers[trait] >= trait.kind.fewest}
        if traits & taken:
            continue
        if len(leaders) == most:
            return Gathered(leaders, read)
        leaders.append(stub)
        taken |= traits
    return Gathered(leaders, len(stubs))


def count_alike(leaders: Iterable[Stub]) -> dict[int, Alike]:
    """For each of these the likeness that most others share, if enough do.

    One statement of short index scans, like the first replies of a page of comments.
    """
    asked = [(stub.pk, trait) for stub in leaders for trait in stub.traits]
    numbers = counted([trait for _pk, trait in asked])
    found: dict[int, Alike] = {}
    for pk, trait in asked:
        others = numbers[trait] - 1
        if numbers[trait] >= trait.kind.fewest and (pk not in found or others > found[pk].others):
            found[pk] = Alike(trait.kind, others)
    return found


def counted(traits: Sequence[Trait]) -> dict[Trait, int]:
    """How many waiting comments have each of these traits, as far as anyone counts."""
    wanted = list(dict.fromkeys(traits))
    if not wanted:
        return {}
    # One word alone has few enough values for SQLite's longest statement.
    parts = [
        f"SELECT COUNT(*) FROM (SELECT 1 FROM community_comment {by_index(trait.kind)}"  # noqa: S608
        f" WHERE queue_key IS NOT NULL AND site_id = %s AND {trait.kind.column} = %s"
        f" LIMIT {MOST_ALIKE + 1}) AS alike"
        for trait in wanted
    ]
    values = [value for trait in wanted for value in (trait.site, trait.value)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return dict(zip(wanted, (row[0] for row in cursor.fetchall()), strict=True))


def by_index(kind: Kind) -> str:
    """Which index to scan: without statistics SQLite would read all that waits, for each."""
    return f"INDEXED BY queue_same_{kind}" if connection.vendor == "sqlite" else ""


def all_alike(comment: Comment, kind: Kind) -> CommentQuerySet:
    """The waiting comments like this one, itself among them, oldest first."""
    value = getattr(comment, kind.column)
    if not value:
        return Comment.objects.none()
    return waiting([comment.site_id]).filter(**{kind.column: value}).order_by("pk")
