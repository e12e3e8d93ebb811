"""Reading articles."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from community.articles.models import Article, OldAddress
from community.sites.models import Site

LATEST = 5


def moved_to(site: Site, path: str) -> str | None:
    """The address of the article that used to be at this path (with its query), if any."""
    whole = path.rstrip("/") or "/"
    bare = whole.partition("?")[0].rstrip("/")
    rows = OldAddress.objects.filter(site=site, path__in={whole, bare} - {""})
    old = rows.select_related("article").first()
    return reverse("article", args=[old.article.slug]) if old else None


def latest(site: Site, besides: Article | None = None) -> QuerySet[Article]:
    """The newest articles, for the side of another page."""
    articles = Article.objects.public().filter(site=site)
    if besides is not None:
        articles = articles.exclude(pk=besides.pk)
    return articles.order_by("-published_at", "-pk")[:LATEST]


def next_publication(site_id: int) -> datetime | None:
    """When the next article appears by its date."""
    rows = Article.objects.filter(site=site_id, is_published=True, published_at__gt=timezone.now())
    return rows.order_by("published_at").values_list("published_at", flat=True).first()
