"""What stands in a feed, before it is written down in one format or the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.html import escape

from community.articles.models import Article
from community.comments.models import Comment
from community.pages.addresses import thread_address
from community.sites.models import Site
from community.threads.models import Board, Thread

ENTRIES = 50


@dataclass(frozen=True)
class Entry:
    """One article, topic or comment."""

    id: str
    url: str
    title: str
    author: str
    html: str
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class Feed:
    """A feed: its name, the page it belongs to, and what is new there."""

    id: str
    title: str
    page: str
    entries: list[Entry] = field(default_factory=list)
    updated: datetime | None = None


def tag_uri(site: Site, what: str) -> str:
    """An id that stays, wherever the site moves to: RFC 4151."""
    host = urlsplit(site.base_url).hostname or site.host
    return f"tag:{host},{site.created_at:%Y-%m-%d}:{what}"


def feed_of(site: Site, what: str, title: str, page: str, entries: Iterable[Entry]) -> Feed:
    """A feed; it was last changed when its latest entry was."""
    listed = list(entries)
    updated = max((entry.updated for entry in listed), default=site.created_at)
    return Feed(tag_uri(site, f"feed:{what}"), title, site.url(page), listed, updated)


def entry_of_comment(site: Site, comment: Comment) -> Entry:
    """A comment. Its links are absolute: nothing else may stand in one."""
    published = comment.published_at or comment.created_at
    return Entry(
        id=tag_uri(site, f"comment:{comment.pk}"),
        url=site.url(reverse("comment", args=[comment.pk])),
        title=comment.thread.title,
        author=comment.author_name,
        html=comment.body_html,
        published=comment.created_at,
        updated=max(published, comment.edited_at or published),
    )


def entry_of_article(site: Site, article: Article) -> Entry:
    """An article with its summary."""
    return Entry(
        id=tag_uri(site, f"article:{article.pk}"),
        url=site.url(reverse("article", args=[article.slug])),
        title=article.title,
        author=article.author_name,
        html=f"<p>{escape(article.summary or article.title)}</p>",
        published=article.published_at,
        updated=max(article.published_at, article.updated_at),
    )


def entry_of_topic(site: Site, topic: Thread) -> Entry:
    """A topic, new whenever somebody writes in it."""
    return Entry(
        id=tag_uri(site, f"topic:{topic.pk}"),
        url=site.url(thread_address(topic)),
        title=topic.title,
        author=topic.starter_name,
        html=f"<p>{escape(topic.title)}</p>",
        published=topic.created_at,
        updated=topic.last_activity,
    )


def page_of_board(board: Board) -> str:
    """The page of a board."""
    return reverse("board", args=[board.slug])
