"""Pages of the lists: each costs what it shows, however much waits."""

import heapq
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice

from community.comments.models import Comment, CommentQuerySet
from community.sites.models import Site
from moderation.queue.alike import Alike, Kind, Stub, count_alike, gather
from moderation.queue.cards import cards_at
from moderation.queue.filters import Filter, Order
from moderation.queue.lists import listed

PAGE = 20
# So many are read to find the comments of one page, of which many may be alike.
WINDOW = 300
# A filter looks at so many of what waits, then asks whether to go on; at fewer if it must read
# their words.
FARTHEST = 10_000
FARTHEST_READ = 3_000


@dataclass(frozen=True)
class Page:
    """One page of what waits."""

    comments: list[Comment]
    # By comment: how many wait that are like it and are not shown beside it.
    alike: dict[int, Alike] = field(default_factory=dict)
    next_cursor: int | None = None
    # How many were looked at where more might match behind them; 0: all were.
    looked_at: int = 0


def page(wanted: Filter, cursor: int | None = None, without: Collection[int] = ()) -> Page:
    """What waits behind the cursor, but for these ids; comments that are alike stand as one."""
    edge = farthest(wanted, cursor) if wanted.is_narrow else None
    found = stubs(wanted, cursor, edge)
    free = [stub for stub in found if stub.pk not in without]
    gathered = gather(free, PAGE)
    comments = cards_at([stub.pk for stub in gathered.leaders])
    alike = count_alike(gathered.leaders)
    if gathered.read < len(free):
        return Page(comments, alike, free[gathered.read - 1].key)
    if len(found) == WINDOW:
        return Page(comments, alike, found[-1].key)
    return Page(comments, alike, edge, reach(wanted) if edge is not None else 0)


def stubs(wanted: Filter, cursor: int | None, edge: int | None) -> list[Stub]:
    """The next window of all sites in one order; each site is a scan of its own index."""
    each = [stubs_of(wanted.of_site(site), cursor, edge) for site in wanted.sites]
    merged = heapq.merge(*each, key=lambda stub: stub.key, reverse=wanted.order.descends)
    return list(islice(merged, WINDOW))


def stubs_of(wanted: Filter, cursor: int | None, edge: int | None) -> list[Stub]:
    """The next window of one site."""
    rows = between(wanted.matching(), wanted.order, cursor, edge)
    columns = ("pk", wanted.order.key, "site_id", *(kind.column for kind in Kind))
    return [Stub._make(row) for row in rows.values_list(*columns)[:WINDOW]]


def between(
    rows: CommentQuerySet, order: Order, cursor: int | None, edge: int | None
) -> CommentQuerySet:
    """The rows behind a cursor, as far as the edge."""
    behind, until = ("lt", "gte") if order.descends else ("gt", "lte")
    if cursor is not None:
        rows = rows.filter(**{f"{order.key}__{behind}": cursor})
    return rows if edge is None else rows.filter(**{f"{order.key}__{until}": edge})


def farthest(wanted: Filter, cursor: int | None) -> int | None:
    """The key up to which a filter looks, the nearest of all sites; None where all is near."""
    ends: list[int] = []
    for site in wanted.sites:
        rows = between(wanted.of_site(site).queue(), wanted.order, cursor, None)
        far = reach(wanted)
        ends += rows.values_list(wanted.order.key, flat=True)[far - 1 : far]
    return (max if wanted.order.descends else min)(ends, default=None)


def reach(wanted: Filter) -> int:
    """How far a filter looks."""
    return FARTHEST_READ if wanted.words else FARTHEST


def newest(site: Site, name: str, cursor: int | None) -> Page:
    """A page of what was decided: published, not published, or spam, the newest first."""
    rows = listed(site, name)
    rows = rows.filter(pk__lt=cursor) if cursor else rows
    # Ids alone, from the index of the list: joined, SQLite would sort all.
    found = list(rows.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(cards_at(found), next_cursor=found[-1] if more else None)
