"""Reading articles."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from community.articles.models import Article, OldAddress, Picture, Tag
from community.prepared import Parameter, Prepared
from community.sites.models import Site

LATEST = 5
# The most discussed are looked for among so many of the newest.
RECENT, MOST_DISCUSSED = 100, 5


def _of_slug(site: Parameter, slug: Parameter) -> QuerySet[Article]:
    rows = Article.objects.filter(site=site, slug=slug)
    return rows.select_related("thread").defer("text")


WITH_THREAD = Prepared[Article](_of_slug, "site", "slug")
PICTURES = Prepared[Picture](lambda article: Picture.objects.filter(article=article), "article")
TAGS = Prepared[Tag](lambda article: Tag.objects.filter(articles=article), "article")


def moved_to(site: Site, path: str) -> str | None:
    """The address of the article that used to be at this path (with its query), if any."""
    whole = path.rstrip("/") or "/"
    bare = whole.partition("?")[0].rstrip("/")
    rows = OldAddress.objects.filter(site=site, path__in={whole, bare} - {""})
    old = rows.select_related("article").first()
    return reverse("article", args=[old.article.slug]) if old else None


@lru_cache(maxsize=512)
def beside(article: int, site: int, version: int) -> tuple[list[Picture], list[Tag]]:
    """The pictures and tags of an article, as they are at this version of its site."""
    return PICTURES.all(article=article), TAGS.all(article=article)


class Newest(NamedTuple):
    """The newest articles of a site as they stand until it changes, or the next one appears."""

    version: int
    until: datetime | None
    articles: list[Article]


_newest: dict[int, Newest] = {}


def newest(site: Site) -> Newest:
    """What was read for this version of the site, in this process, while it is true."""
    found = _newest.get(site.pk)
    if found is None or found.version != site.version or _is_past(found.until):
        rows = Article.objects.public().filter(site=site).order_by("-published_at", "-pk")
        short = rows.only("slug", "title", "published_at")[: LATEST + 1]
        # When the next one comes is read first: one that comes meanwhile is read twice, not never.
        found = Newest(site.version, next_publication(site.pk), list(short))
        _newest[site.pk] = found
    return found


def _is_past(moment: datetime | None) -> bool:
    return moment is not None and moment <= timezone.now()


def latest(site: Site, besides: Article | None = None) -> list[Article]:
    """The newest articles, for the side of another page."""
    others = [article for article in newest(site).articles if article != besides]
    return others[:LATEST]


def most_discussed(site: Site) -> QuerySet[Article]:
    """Those of the newest articles that have the most comments."""
    recent = Article.objects.public().filter(site=site).order_by("-published_at", "-pk")
    rows = Article.objects.public().filter(pk__in=recent.values("pk")[:RECENT])
    talked_about = rows.filter(thread__comment_count__gt=0).select_related("thread")
    return talked_about.order_by("-thread__comment_count", "-pk")[:MOST_DISCUSSED]


def next_publication(site_id: int) -> datetime | None:
    """When the next article appears by its date."""
    rows = Article.objects.filter(site=site_id, is_published=True, published_at__gt=timezone.now())
    return rows.order_by("published_at").values_list("published_at", flat=True).first()
