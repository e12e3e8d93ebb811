"""Comments: what is said, where it stands, and what it said before."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.base import ModelState
from django.db.models.functions import Lower
from django.utils import timezone

from community.comments.words import FINGERPRINT_LENGTH
from community.prepared import Parameter
from community.threads.models import Thread

if TYPE_CHECKING:
    from community.sites.viewers import Viewer

# A comment's place is its id moved left, which leaves room between two neighbours for a million
# imported comments that are older than what already stands here.
PLACE_BITS = 20
# Ups minus downs may reach ±1,000,000; the id fills the lower 40 bits of the key.
SCORE_OFFSET = 1_000_000
SCORE_SHIFT = 40
# One step of risk in the key of the moderators' queue; ids fill what is below.
QUEUE_STEP = 1 << 40
SHOWN_DEPTH = 5
DEEPEST = 32


def place_of(comment_id: int) -> int:
    """Where a comment stands by age among its neighbours."""
    return comment_id << PLACE_BITS


def top_key_of(score: int, comment_id: int) -> int:
    """One number to sort by: the score, ties by the newer id."""
    return ((score + SCORE_OFFSET) << SCORE_SHIFT) | comment_id


class Status(models.TextChoices):
    """Where a comment stands. Only `lifecycle` changes it."""

    CHECKING = "checking"  # saved, not yet judged
    PUBLISHED = "published"
    HELD = "held"  # waiting for a moderator
    REJECTED = "rejected"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"  # deleted by its author


# An author sees these of their own in place; anyone else sees nothing of them.
# Spam is not told apart towards its author: saying so would teach spammers.
WAITING = (Status.CHECKING, Status.HELD, Status.SPAM)


class WaitsFor(models.TextChoices):
    """What its author is told of why a comment waits: the mild half of the reasons."""

    LINK = "link"
    FIRST = "first"
    TRUST = "trust"  # earlier comments of its author were refused
    REPORTED = "reported"
    OTHER = "other"


QUEUED = models.Q(queue_key__isnull=False)


class CommentQuerySet(models.QuerySet["Comment"]):
    """The words in which pages ask for comments."""

    def published(self) -> Self:
        """Comments everyone may read."""
        return self.filter(status=Status.PUBLISHED)

    def waiting(self) -> Self:
        """Comments that wait for a moderator."""
        return self.filter(QUEUED)

    def visible_to(self, viewer: "Viewer", at: datetime | Parameter | None = None) -> Self:
        """The one rule of visibility: the public ones, one's own, and for moderators all.

        A published comment is public where its thread is: not below a draft.
        The role of `viewer` counts for one site only: ask within that site.
        """
        if viewer.is_moderator:
            return self
        thread = Thread.objects.listed(at).filter(pk=models.OuterRef("thread"))
        public = models.Q(models.Exists(thread), status=Status.PUBLISHED)
        if viewer.person_id is None:
            return self.filter(public)
        return self.filter(public | models.Q(person_id=viewer.person_id))

    def roots(self) -> Self:
        """Comments that answer the article, not another comment."""
        return self.filter(parent=None)


class Comment(models.Model):
    """One comment. Its status is changed by `lifecycle.move` alone."""

    site = models.ForeignKey(
        "community.Site", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    thread = models.ForeignKey(
        "community.Thread", on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    # An ordinary index on the parent would capture the root page on SQLite (200 ms for 0.2 ms).
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", db_index=False
    )
    # The comment at the top of this branch; empty on that comment itself.
    root = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.PositiveBigIntegerField(null=True)
    # The places of all ancestors below the root and of itself, eight bytes each: its order is
    # the order of reading. Empty for roots.
    path = models.BinaryField(max_length=8 * DEEPEST, default=b"")
    depth = models.PositiveSmallIntegerField(default=0)

    person = models.ForeignKey(
        "community.Person",
        null=True,
        on_delete=models.SET_NULL,
        related_name="comments",
        db_index=False,
    )
    # The address typed with it; says nothing about who typed it.
    contact = models.ForeignKey(
        "community.Contact", null=True, on_delete=models.SET_NULL, related_name="comments"
    )
    author_name = models.CharField(max_length=50)
    author_url = models.URLField(max_length=200, blank=True)
    by_moderator = models.BooleanField(default=False)

    body = models.TextField()
    body_html = models.TextField()
    render_version = models.PositiveSmallIntegerField(default=1)
    fingerprint = models.CharField(max_length=FINGERPRINT_LENGTH, blank=True)
    # Where its first link leads, if that is not the publisher's own page.
    link_host = models.CharField(max_length=255, blank=True)
    # A keyed hash of the sender's network, forgotten after 30 days.
    network = models.CharField(max_length=40, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKING)
    waits_for = models.CharField(max_length=10, choices=WaitsFor.choices, blank=True)
    # How much speaks against it, as its judges weigh it: the riskiest are shown first.
    risk = models.PositiveSmallIntegerField(default=0)
    waits_since = models.DateTimeField(null=True)
    # Its place in the moderators' queue: by risk, then by age. Only what waits has one, so that
    # every index of the queue holds nothing else; made by the database, so that no way into
    # waiting can forget it.
    queue_key = models.GeneratedField(
        expression=models.Case(
            models.When(status=Status.HELD, then=models.F("risk") * QUEUE_STEP - models.F("id")),
            default=None,
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    # What a moderator told its author when it was not published.
    told = models.CharField(max_length=500, blank=True)
    # Grows with every edit and every move: a decision names the version it has seen.
    version = models.PositiveIntegerField(default=1)
    # Public, or a place-holder that keeps visible replies together.
    listed = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)
    opens_topic = models.BooleanField(default=False)

    ups = models.PositiveIntegerField(default=0)
    downs = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0)
    top_key = models.BigIntegerField(null=True)
    # Listed comments anywhere below a root; listed direct answers of any comment.
    branch_count = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    edited_by_moderator = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    # Its number among the thread's publications; empty until it first became public.
    publication = models.PositiveBigIntegerField(null=True)
    announced_at = models.DateTimeField(null=True)
    # Its number in the export it came from.
    import_number = models.PositiveBigIntegerField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["thread", "place"],
                condition=models.Q(parent=None, listed=True),
                name="thread_page_by_age",
            ),
            models.Index(
                fields=["thread", "top_key"],
                condition=models.Q(parent=None, listed=True),
                name="thread_page_by_votes",
            ),
            models.Index(
                fields=["root", "path"], condition=models.Q(listed=True), name="branch_page"
            ),
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="answers_of"
            ),
            models.Index(
                fields=["thread", "person", "id"],
                condition=models.Q(status__in=["checking", "held", "spam", "rejected"]),
                name="own_waiting_in_thread",
            ),
            models.Index(fields=["person", "-id"], name="own_comments"),
            models.Index(
                fields=["site", "status", "-id"],
                name="moderation_lists",
            ),
            models.Index(
                fields=["thread", "status", "id"],
                name="waiting_in_thread",
                condition=models.Q(status="held"),
            ),
            *(
                models.Index(fields=["site", field], condition=QUEUED, name=f"queue_{name}")
                for name, field in {
                    "risk_first": "queue_key",
                    "oldest_first": "id",
                    "overdue": "waits_since",
                    "same_text": "fingerprint",
                    "same_host": "link_host",
                    "same_person": "person",
                    "same_network": "network",
                }.items()
            ),
            # What an open page has to take away.
            models.Index(
                fields=["thread", "-id"],
                condition=models.Q(publication__isnull=False) & ~models.Q(status="published"),
                name="gone_comments",
            ),
            models.Index(fields=["site", "fingerprint", "-id"], name="same_text_again"),
            # Who is meant by @name. The name comes first: an index that began with the thread
            # would capture its page on SQLite.
            models.Index(Lower("author_name"), "thread", name="people_of_a_name"),
            models.Index(
                fields=["network", "-id"], name="same_network", condition=~models.Q(network="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "import_number"],
                condition=models.Q(import_number__isnull=False),
                name="one_comment_per_import_number",
            ),
            models.UniqueConstraint(
                fields=["thread", "publication"],
                condition=models.Q(publication__isnull=False),
                name="one_publication_per_number",
            ),
            # A form that is sent twice at once; what comes later, the gate sees by itself.
            models.UniqueConstraint(
                fields=["thread", "fingerprint", "network", "author_name"],
                condition=~models.Q(network="")
                & ~models.Q(status="withdrawn")
                & models.Q(edited_at=None),
                name="one_comment_per_sender_and_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(listed=True),
                name="published_is_listed",
            ),
            models.CheckConstraint(
                condition=models.Q(score=models.F("ups") - models.F("downs")),
                name="score_is_ups_minus_downs",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @classmethod
    def from_db(  # type: ignore[override] # the stubs' own types are private
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """A row as it was read. Django's way costs a page of comments more than its queries."""
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        return row

    def adopt(self, fresh: Self) -> None:
        """Take over a fresher reading of the same row; what is loaded beside it stays loaded."""
        for column in self._meta.concrete_fields:
            setattr(self, column.attname, getattr(fresh, column.attname))

    def weigh(self, risk: int) -> None:
        """Note how much speaks against it now, where its version does not move."""
        type(self).objects.filter(pk=self.pk).update(risk=risk)
        self.risk = risk

    @property
    def is_public(self) -> bool:
        """Whether everyone may read it."""
        return self.status == Status.PUBLISHED

    @property
    def is_waiting(self) -> bool:
        """Whether its author is told that it waits."""
        return self.status in WAITING

    @property
    def branch_id(self) -> int:
        """The id of the comment at the top of its branch."""
        return self.root_id or self.pk


class Revision(models.Model):
    """What a comment said before an edit."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    body = models.TextField()
    body_html = models.TextField()
    edited_by = models.ForeignKey(
        "community.Person", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "version"], name="one_revision_per_version")
        ]

    def __str__(self) -> str:
        return f"version {self.version} of comment {self.comment_id}"
