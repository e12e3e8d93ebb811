"""What is new: each feed walks one index backwards, as far as it shows."""

from django.db.models import QuerySet

from community.articles.models import Article
from community.comments import across
from community.comments.models import Comment
from community.feeds.entries import ENTRIES
from community.pages.authors import Author
from community.sites.models import Site
from community.threads.models import Board, Thread


def of_thread(thread: Thread) -> QuerySet[Comment]:
    """What became public last in a thread: late approvals are new too."""
    rows = across.public(thread.site).filter(thread=thread, publication__isnull=False)
    return rows.order_by("-publication")[:ENTRIES]


def of_site(site: Site) -> QuerySet[Article]:
    """The newest articles."""
    rows = Article.objects.public().filter(site=site)
    return rows.order_by("-published_at", "-pk")[:ENTRIES]


def comments_of_site(site: Site) -> QuerySet[Comment]:
    """The newest comments."""
    return across.newest(site)[:ENTRIES]


def of_author(site: Site, author: Author) -> QuerySet[Comment]:
    """What an author said last under one name."""
    return across.of_author(site, author.person_id, author.name)[:ENTRIES]


def of_board(board: Board) -> list[Thread]:
    """The topics somebody wrote in last, the pinned and the others."""
    rows = Thread.objects.listed().filter(board=board).select_related("board")
    kinds = (rows.filter(pinned=pinned).order_by("-last_activity") for pinned in (True, False))
    found = [topic for kind in kinds for topic in kind[:ENTRIES]]
    return sorted(found, key=lambda topic: topic.last_activity, reverse=True)[:ENTRIES]
