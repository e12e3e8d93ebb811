"""Asking: what is public and says these words, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, Exists, Func, Model, OuterRef, QuerySet

from community.articles.models import Article
from community.comments.models import Comment
from community.search.deadline import deadline
from community.search.models import ArticleWords, CommentWords, TopicWords, Words
from community.search.terms import Term, for_postgresql, for_sqlite
from community.sites.models import Site
from community.sites.viewers import ANYONE
from community.threads.models import Thread

PAGE = 20

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Found(Generic[Row]):
    """Some of what was found, and the id behind which the next page begins."""

    rows: list[Row]
    last: int | None


class Says(Func):
    """Whether a row of an index says all these words, on this site."""

    output_field = BooleanField()

    def __init__(self, index: type[Words], site_id: int, terms: Sequence[Term]) -> None:
        super().__init__()
        self.index, self.site_id, self.terms = index._meta.db_table, site_id, terms

    def as_sqlite(self, *_: Any, **__: Any) -> tuple[str, Any]:
        """FTS5 walks its lists backwards, so that the newest are found without sorting."""
        return f'"{self.index}" MATCH %s', [for_sqlite(self.terms, self.site_id)]

    def as_postgresql(self, *_: Any, **__: Any) -> tuple[str, Any]:
        """By the index of words where they are rare, by age where they are common."""
        said = "words @@ websearch_to_tsquery(community_search_language(%s), %s)"
        question = for_postgresql(self.terms)
        return f"(site = %s AND {said})", [self.site_id, self.site_id, question]


def comments(
    site: Site, terms: Sequence[Term], *, behind: int | None = None, most: int = PAGE
) -> Found[Comment]:
    """Comments that everybody may read."""
    public = Comment.objects.visible_to(ANYONE).filter(site=site)
    rows = public.select_related("thread__article", "thread__board")
    return find(rows, CommentWords, site, terms, behind, most)


def articles(
    site: Site, terms: Sequence[Term], *, behind: int | None = None, most: int = PAGE
) -> Found[Article]:
    """Articles that everybody may read, by title, summary and text."""
    rows = Article.objects.public().filter(site=site)
    return find(rows, ArticleWords, site, terms, behind, most)


def topics(
    site: Site, terms: Sequence[Term], *, behind: int | None = None, most: int = PAGE
) -> Found[Thread]:
    """Topics of the forum by their titles, where there is a forum."""
    if not site.forum_enabled:
        return Found([], None)
    rows = Thread.objects.listed().filter(site=site, board__isnull=False).select_related("board")
    return find(rows, TopicWords, site, terms, behind, most)


def find(
    public: QuerySet[Row],
    index: type[Words],
    site: Site,
    terms: Sequence[Term],
    behind: int | None,
    most: int,
) -> Found[Row]:
    """A page of these rows. The statement that looks for words also asks who may read them.

    Raises TookTooLong.
    """
    if not terms:
        return Found([], None)
    hits = index._default_manager.filter(
        Says(index, site.pk, terms),
        Exists(public.filter(pk=OuterRef("pk"))),
        **({} if behind is None else {"pk__lt": behind}),
    )
    with deadline():
        ids = list(hits.order_by("-pk").values_list("pk", flat=True)[: most + 1])
        rows = public.in_bulk(ids[:most])
    last = ids[most - 1] if len(ids) > most else None
    return Found([rows[pk] for pk in ids[:most] if pk in rows], last)
