"""What a moderator wants to see of what waits, and in which order."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from community.comments.models import CommentQuerySet
from moderation.models import Opinion, OpinionQuerySet
from moderation.queue.lists import waiting
from moderation.verdicts import Outcome

AGAINST = (Outcome.HOLD, Outcome.SPAM, Outcome.REJECT, Outcome.ERROR)

# Waiting for at least so many hours.
AGES = (1, 12, 24, 168)
LONGEST_SEARCH = 100


class Order(StrEnum):
    """The orders of the queue."""

    OLDEST = "oldest"
    RISK = "risk"

    @property
    def key(self) -> str:
        """The column that orders the page; each value stands there once."""
        return "queue_key" if self is Order.RISK else "pk"

    @property
    def descends(self) -> bool:
        """Whether the biggest key comes first."""
        return self is Order.RISK


@dataclass(frozen=True)
class Filter:
    """Which of what waits is shown. Without anything: all of it, who waits longest first."""

    sites: tuple[int, ...]
    order: Order = Order.OLDEST
    reason: str = ""
    thread: int | None = None
    author: int | None = None
    hours: int = 0
    words: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out, so that a page may have to look far."""
        return replace(self, sites=(), order=Order.OLDEST) != Filter(sites=())

    def of_site(self, site: int) -> Self:
        """The same for one of the sites."""
        return replace(self, sites=(site,))

    def queue(self) -> CommentQuerySet:
        """All that waits on these sites, in this order."""
        rows = waiting(self.sites)
        return rows.order_by(f"-{self.order.key}" if self.order.descends else self.order.key)

    def matching(self) -> CommentQuerySet:
        """What is wanted of it."""
        return self.queue().filter(self.wanted())

    def wanted(self) -> Q:
        """The condition in which these wishes meet."""
        wanted = Q()
        if self.reason:
            wanted &= Q(Exists(objections().filter(name=self.reason)))
        if self.thread is not None:
            wanted &= Q(thread=self.thread)
        if self.author is not None:
            wanted &= Q(person=self.author)
        if self.hours:
            wanted &= Q(waits_since__lt=timezone.now() - timedelta(hours=self.hours))
        return wanted & said(self.words) if self.words else wanted


def objections() -> OpinionQuerySet:
    """What was said against a comment, whichever it is."""
    return Opinion.objects.filter(comment=OuterRef("pk"), outcome__in=AGAINST)


def said(words: str) -> Q:
    """Comments with these words in their text, name, address or link."""
    places = ("body", "author_name", "contact__address", "link_host")
    found = Q()
    for place in places:
        found |= Q(**{f"{place}__icontains": words})
    return found
