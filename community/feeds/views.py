"""Feeds by address: of the site, its comments, an article, a topic, a board, an author."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from community.articles.models import Article
from community.comments.models import Comment
from community.edge.declarations import lives_briefly, public, shows
from community.feeds import queries
from community.feeds.entries import (
    Entry,
    Feed,
    entry_of_article,
    entry_of_comment,
    entry_of_topic,
    feed_of,
    page_of_board,
)
from community.feeds.formats import WRITERS
from community.forum.views import board_of
from community.pages.addresses import thread_address
from community.pages.views.lists import author_or_404
from community.sites.requests import Request
from community.threads.models import Thread


def answer(request: Request, kind: str, feed: Feed) -> HttpResponse:
    """A feed in the format asked for."""
    content_type, write = WRITERS[kind]
    body = write(feed, request.site.url(request.path), request.site.language)
    return HttpResponse(body, content_type=content_type)


@public()
@conditional_page
@require_safe
def of_site(request: Request, kind: str) -> HttpResponse:
    """The newest articles."""
    site = request.site
    entries = [entry_of_article(site, article) for article in queries.of_site(site)]
    return answer(request, kind, feed_of(site, "articles", site.name, reverse("home"), entries))


@public()
@conditional_page
@require_safe
def comments_of_site(request: Request, kind: str) -> HttpResponse:
    """The newest comments."""
    site = request.site
    title = _("Comments on %(site)s") % {"site": site.name}
    entries = entries_of(request, queries.comments_of_site(site))
    return answer(request, kind, feed_of(site, "comments", title, reverse("latest"), entries))


@public()
@conditional_page
@require_safe
def of_article(request: Request, slug: str, kind: str) -> HttpResponse:
    """The comments of an article."""
    rows = Article.objects.public().filter(site=request.site).select_related("thread")
    found = get_object_or_404(rows, slug=slug, thread__isnull=False)
    return of_thread(request, found.thread, kind)


@public()
@conditional_page
@require_safe
def of_topic(request: Request, slug: str, pk: int, kind: str) -> HttpResponse:
    """The comments of a topic."""
    rows = Thread.objects.listed().select_related("board")
    return of_thread(request, get_object_or_404(rows, board=board_of(request, slug), pk=pk), kind)


@public()
@conditional_page
@require_safe
def of_board(request: Request, slug: str, kind: str) -> HttpResponse:
    """The topics of a board."""
    board = board_of(request, slug)
    lives_briefly(request)  # any topic may rise in it
    topics = queries.of_board(board)
    shows(request, *topics)
    entries = [entry_of_topic(request.site, topic) for topic in topics]
    page = page_of_board(board)
    feed = feed_of(request.site, f"board:{board.pk}", board.name, page, entries)
    return answer(request, kind, feed)


@public()
@conditional_page
@require_safe
def of_author(request: Request, token: str, kind: str) -> HttpResponse:
    """What an author said under one name."""
    found = author_or_404(request, token)
    title = _("Comments by %(name)s") % {"name": found.name}
    page = reverse("author", args=[token])
    entries = entries_of(request, queries.of_author(request.site, found))
    return answer(request, kind, feed_of(request.site, f"author:{token}", title, page, entries))


def of_thread(request: Request, thread: Thread, kind: str) -> HttpResponse:
    """The comments of an article or a topic."""
    shows(request, thread)
    site = request.site
    entries = [entry_of_comment(site, row) for row in queries.of_thread(thread)]
    title = _("Comments on %(title)s") % {"title": thread.title}
    feed = feed_of(site, f"thread:{thread.pk}", title, thread_address(thread), entries)
    return answer(request, kind, feed)


def entries_of(request: Request, rows: Iterable[Comment]) -> list[Entry]:
    """Comments of several threads, any of which may get another one."""
    lives_briefly(request)
    found = list(rows)
    shows(request, *{row.thread_id: row.thread for row in found}.values())
    return [entry_of_comment(request.site, row) for row in found]
