"""What search engines are told: which pages there are, a range of ids at a time.

Ranges of ids instead of numbered pages: nobody counts, and a map stays the same when others grow.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max
from django.urls import reverse

from community.articles.models import Article, Tag
from community.sites.models import Site
from community.threads.models import Board, Thread

RANGE = 10_000


class Page(NamedTuple):
    """A page, and when it last changed, where that is known."""

    url: str
    changed: datetime | None = None


class Map(NamedTuple):
    """One part of the sitemap: a kind of pages, and which range of ids."""

    kind: str
    number: int


def maps_of(site: Site) -> Iterator[Map]:
    """The parts of the sitemap of a site."""
    yield Map("pages", 0)
    articles, threads = Article.objects.filter(site=site), Thread.objects.filter(site=site)
    yield from parts("articles", articles.aggregate(last=Max("pk"))["last"])
    if site.forum_enabled:
        yield from parts("topics", threads.aggregate(last=Max("pk"))["last"])


def parts(kind: str, last: int | None) -> list[Map]:
    """The ranges up to an id, the newest first."""
    return [] if last is None else [Map(kind, number) for number in range(last // RANGE, -1, -1)]


def pages_of(site: Site, part: Map) -> Iterator[Page]:
    """The public pages of one part."""
    match part.kind:
        case "articles":
            return articles_of(site, part.number)
        case "topics":
            return topics_of(site, part.number)
    return others_of(site)


def articles_of(site: Site, number: int) -> Iterator[Page]:
    """Articles, changed when they or their comments were."""
    rows = Article.objects.public().filter(site=site, pk__range=range_of(number)).order_by("-pk")
    values = rows.values_list("slug", "updated_at", "thread__last_activity")
    for slug, updated, active in values.iterator():
        yield Page(reverse("article", args=[slug]), max(updated, active or updated))


def topics_of(site: Site, number: int) -> Iterator[Page]:
    """Topics of the forum."""
    rows = Thread.objects.listed().filter(
        site=site, board__isnull=False, pk__range=range_of(number)
    )
    if not site.forum_enabled:
        return
    values = rows.order_by("-pk").values_list("board__slug", "pk", "last_activity")
    for slug, pk, active in values.iterator():
        yield Page(reverse("topic", args=[slug, pk]), active)


def others_of(site: Site) -> Iterator[Page]:
    """The pages that lead to others."""
    yield from (Page(reverse(name)) for name in ("home", "latest", "house-rules", "privacy"))
    for slug in (
        Tag.objects.filter(site=site).order_by("-pk").values_list("slug", flat=True)[:RANGE]
    ):
        yield Page(reverse("tag", args=[slug]))
    if site.forum_enabled:
        yield Page(reverse("forum"))
        for slug in Board.objects.filter(site=site).values_list("slug", flat=True)[:RANGE]:
            yield Page(reverse("board", args=[slug]))


def range_of(number: int) -> tuple[int, int]:
    """The ids of one range."""
    return number * RANGE, (number + 1) * RANGE - 1
