"""Threads: the comments under an article, under a page elsewhere, or a forum topic."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.prepared import Parameter, Prepared


class Board(models.Model):
    """A shelf of topics in the forum."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="boards")
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=80)
    description = models.CharField(_("what belongs here"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="one_board_per_slug")]

    def __str__(self) -> str:
        return self.name


def newer(*, removal: bool = False) -> dict[str, Any]:
    """What makes the public pages of a thread new."""
    return {"version": F("version") + 1, "removals": F("removals") + int(removal)}


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Threads by who may see them."""

    def listed(self, at: datetime | Parameter | None = None) -> Self:
        """Threads everyone may see, now or at another moment.

        A topic is one once its first comment is public, an article's once the article is.
        """
        moment = at or timezone.now()
        article = models.Q(article__is_published=True, article__published_at__lte=moment)
        return self.filter(models.Q(article=None) | article, listed=True)

    def locked(self, pk: int) -> "Thread":
        """One thread, which nobody else changes until this transaction ends.

        Locks are taken in one order everywhere: thread, then its comments. “No key”, since every
        stored comment holds a share of its thread's key: two writers would wait for each other.
        """
        found = LOCKED.first(pk=pk)
        if found is None:
            raise Thread.DoesNotExist(pk)
        return found

    def renew(self, *, removal: bool = False, **fields: Any) -> int:
        """Make the public pages of these threads new, and write these fields; their number.

        `removal` where something readable goes: old pages are then not shown for a moment longer.
        """
        return self.update(**newer(removal=removal), **fields)


class Thread(models.Model):
    """Comments about one thing, open or closed."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="threads")
    article = models.OneToOneField(
        "community.Article", null=True, blank=True, on_delete=models.CASCADE, related_name="thread"
    )
    board = models.ForeignKey(
        Board, null=True, blank=True, on_delete=models.CASCADE, related_name="topics"
    )
    # A page of the publisher's own site, elsewhere.
    url = models.URLField(max_length=500, blank=True)
    title = models.CharField(_("title"), max_length=200)
    listed = models.BooleanField(default=True)
    started_by = models.ForeignKey(
        "community.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    starter_name = models.CharField(max_length=50, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    pinned = models.BooleanField(default=False)
    pinned_comment = models.ForeignKey(
        "community.Comment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Grows with everything a public page of it shows.
    version = models.PositiveBigIntegerField(default=1)
    # Grows when something that could be read there is gone.
    removals = models.PositiveBigIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    # Numbers the comments in the order in which they became public: "since" means this number.
    publications = models.PositiveBigIntegerField(default=0)
    last_activity = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["board", "-pinned", "-last_activity", "-id"],
                condition=models.Q(listed=True, board__isnull=False),
                name="board_topics",
            ),
            models.Index(
                fields=["closes_at"],
                condition=models.Q(closed_at=None, closes_at__isnull=False),
                name="threads_to_close",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "url"], condition=~models.Q(url=""), name="one_thread_per_page"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether one may write here now."""
        return self.closed_since is None

    @property
    def closed_since(self) -> datetime | None:
        """When it was closed, by hand or by its own date."""
        if self.closed_at:
            return self.closed_at
        return self.closes_at if self.closes_at and self.closes_at <= timezone.now() else None

    @property
    def is_topic(self) -> bool:
        """Whether it stands in the forum."""
        return self.board_id is not None


LOCKED = Prepared[Thread](
    lambda pk: Thread.objects.select_for_update(no_key=True).filter(pk=pk), "pk"
)
