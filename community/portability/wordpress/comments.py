"""Comments of an export, stored in batches with everything that hangs on them."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from community.comments.models import DEEPEST, Comment, Status, top_key_of
from community.comments.rendering import RENDER_VERSION, render
from community.comments.services import path_below
from community.comments.words import (
    BIDI_CONTROLS,
    BadText,
    cap_marks,
    check_storable,
    fingerprint,
    normalise,
    shows_anything,
)
from community.portability.wordpress.html import comment_markdown
from community.portability.wordpress.people import People, name_of
from community.portability.wordpress.places import Places
from community.portability.wordpress.values import CommentStatus, ExportedComment
from community.threads.models import Thread

STATUSES = {
    CommentStatus.APPROVED: Status.PUBLISHED,
    CommentStatus.WAITING: Status.HELD,
    CommentStatus.SPAM: Status.SPAM,
    CommentStatus.TRASH: Status.REJECTED,
    # Waiting or public before their post was thrown away; a post in the bin is left out anyway.
    CommentStatus.POST_TRASHED: Status.HELD,
}
# WordPress keeps at most 65,535 bytes; as Markdown they may be some more.
LONGEST = 200_000
_STRIPPED = dict.fromkeys(chain(BIDI_CONTROLS, range(0x7F, 0xA0), range(0xE0000, 0xE0080)))
_LONGEST_URL = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment that is to be stored, with its words made ready."""

    comment: ExportedComment
    body: str
    body_html: str


def arrival_of(comment: ExportedComment) -> Arrival:
    """The comment with its words as Parley keeps them; raises BadText if there are none."""
    body = body_of(comment)
    return Arrival(comment, body, render(body).html)


def body_of(comment: ExportedComment) -> str:
    """Its words as Markdown; raises BadText if there are none, or too many for any blog."""
    source = comment_markdown(comment.html)
    try:
        return normalise(source)
    except BadText:
        if not shows_anything(source):
            raise
        return _long_body(source)


def _long_body(source: str) -> str:
    """The same without the limit, which is for people who write, not for what has been read."""
    check_storable(source)
    if len(source) > LONGEST:
        raise BadText("longer than any blog keeps")
    text = cap_marks(source.translate(_STRIPPED))
    return cap_marks(unicodedata.normalize("NFC", text)).strip()


def known_numbers(thread: Thread | None, comments: Iterable[ExportedComment]) -> set[int]:
    """Which of these were imported before."""
    if thread is None:
        return set()
    numbers = [comment.number for comment in comments]
    found = thread.comments.filter(import_number__in=numbers)
    return {number for number in found.values_list("import_number", flat=True) if number}


def store(
    thread: Thread,
    arrivals: Sequence[Arrival],
    *,
    parents: Mapping[int, int],
    places: Places,
    people: People,
) -> list[Comment]:
    """Store a batch in the caller's transaction; those that were new.

    Tells nobody. `parents` names the parent of every comment of the post, stored or not: an
    answer to one that was left out answers whatever that one answered. As everywhere, the
    thread is locked first.
    """
    locked = Thread.objects.locked(thread.pk)
    known = known_numbers(thread, [arrival.comment for arrival in arrivals])
    new = [arrival for arrival in arrivals if arrival.comment.number not in known]
    people.meet(arrival.comment for arrival in new)
    family = Family(thread, [arrival.comment.number for arrival in new], parents)
    made = [
        family.adopt(_comment(pk, arrival, locked, people), places)
        for pk, arrival in zip(reserve(len(new)), new, strict=True)
    ]
    _publish(made, locked, family)
    Comment.objects.bulk_create(made)
    family.save_counters()
    return made


def reserve(count: int) -> list[int]:
    """The ids of the next comments, in rising order; nobody else gets them.

    A path needs the ids of all that stand above, so they must be known before rows are written.
    On SQLite only the caller's transaction can write.
    """
    table = Comment._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + count + 1))


class Family:
    """The comments of a batch with those above them, and the counters of both."""

    def __init__(self, thread: Thread, numbers: Iterable[int], parents: Mapping[int, int]) -> None:
        self._thread = thread
        self._parents = parents
        self._mine = set(numbers)
        self._by_number: dict[int, Comment] = {}
        self._by_pk: dict[int, Comment] = {}
        self._changed: dict[int, Comment] = {}
        self._find_those_above()

    def _find_those_above(self) -> None:
        """Look for parents stored earlier, and above those that are stored nowhere."""
        asked: set[int] = set()
        wanted = {self._parents[number] for number in self._mine} - self._mine - {0}
        while wanted:
            asked |= wanted
            self._know(_rows().filter(thread=self._thread, import_number__in=wanted))
            missing = wanted - self._by_number.keys()
            wanted = {self._parents[number] for number in missing} - self._mine - asked - {0}
        roots = {row.root_id for row in self._by_pk.values() if row.root_id}
        self._know(_rows().filter(pk__in=roots - self._by_pk.keys()))

    def _know(self, rows: Iterable[Comment]) -> None:
        for row in rows:
            self._by_pk[row.pk] = row
            if row.import_number is not None:
                self._by_number[row.import_number] = row

    def parent_of(self, number: int) -> Comment | None:
        """The nearest comment above this one that is stored."""
        above = self._parents[number]
        while above and above not in self._by_number:
            above = self._parents[above]
        return self._by_number.get(above)

    def adopt(self, comment: Comment, places: Places) -> Comment:
        """Give a new comment its place in the tree; parents come first."""
        number = comment.import_number or 0
        parent = self.parent_of(number)
        comment.parent_id = parent.pk if parent else None
        comment.root_id = parent.branch_id if parent else None
        comment.depth = min(parent.depth + 1, DEEPEST) if parent else 0
        comment.place = places.of(comment, parent)
        comment.path = path_below(parent, comment.place)
        self._by_number[number] = self._by_pk[comment.pk] = comment
        return comment

    def enter(self, comment: Comment) -> None:
        """List a public comment: as in `listing.enter`, those above become place-holders."""
        comment.listed = True
        while comment.parent_id is not None and comment.root_id is not None:
            parent, root = self._get(comment.parent_id), self._get(comment.root_id)
            parent.reply_count += 1
            root.branch_count += 1
            self._changed.update({parent.pk: parent, root.pk: root})
            if parent.listed:
                return
            parent.listed = True
            comment = parent

    def _get(self, pk: int) -> Comment:
        if pk not in self._by_pk:
            self._know(_rows().filter(pk=pk))
        return self._by_pk[pk]

    def save_counters(self) -> None:
        """Write what has changed above the batch; nobody else does while the thread is locked."""
        above = [row for row in self._changed.values() if row.import_number not in self._mine]
        Comment.objects.bulk_update(above, ["listed", "reply_count", "branch_count"], 200)


def _rows() -> QuerySet[Comment]:
    """Comments without their words, which may be long and are not needed here."""
    return Comment.objects.defer("body", "body_html")


def _comment(pk: int, arrival: Arrival, thread: Thread, people: People) -> Comment:
    exported = arrival.comment
    author = people.author_of(exported)
    return Comment(
        pk=pk,
        site_id=thread.site_id,
        thread=thread,
        person_id=author.person_id,
        contact_id=author.contact_id,
        author_name=name_of(exported),
        author_url=exported.author_url if len(exported.author_url) <= _LONGEST_URL else "",
        body=arrival.body,
        body_html=arrival.body_html,
        render_version=RENDER_VERSION,
        fingerprint=fingerprint(arrival.body),
        status=STATUSES[exported.status],
        top_key=top_key_of(0, pk),
        created_at=exported.created_at,
        announced_at=timezone.now(),
        import_number=exported.number,
    )


def _publish(made: Iterable[Comment], thread: Thread, family: Family) -> None:
    """Number and list what is public, and bring the thread in line."""
    public = [comment for comment in made if comment.is_public]
    for number, comment in enumerate(public, start=thread.publications + 1):
        comment.publication, comment.published_at = number, comment.created_at
        family.enter(comment)
    if public:
        newest = max(comment.created_at for comment in public)
        Thread.objects.filter(pk=thread.pk).renew(
            comment_count=F("comment_count") + len(public),
            publications=F("publications") + len(public),
            last_activity=Greatest("last_activity", newest),
        )
