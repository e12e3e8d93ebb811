"""Where things are found: one function per kind of page."""

from functools import cache, lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from community.comments import queries
from community.comments.models import Comment
from community.comments.queries import Sort
from community.sites.models import Site
from community.sites.themes import mark_of, style_of
from community.threads.models import Thread


def thread_address(thread: Thread) -> str:
    """The page that shows a thread."""
    if thread.article:
        return article_address(thread.article.slug)
    if thread.board:
        return reverse("topic", args=[thread.board.slug, thread.pk])
    return f"{reverse('discussion')}?{urlencode({'url': thread.url})}"


@lru_cache(maxsize=1024)
def article_address(slug: str) -> str:
    """The page of an article."""
    return reverse("article", args=[slug])


def theme_style(site: Site) -> str:
    """What this publication wants otherwise than our style sheet has it."""
    return style_of(site.accent, site.typeface, site.corners, settings.STYLE_SHEET)


def theme_address(site: Site | None) -> str:
    """Where that stands, named by what is in it; nothing where all is as we have it."""
    mark = mark_of(theme_style(site)) if site else ""
    return f"{reverse('theme')}?v={mark}" if mark else ""


@lru_cache(maxsize=1024)
def tag_address(slug: str) -> str:
    """The articles of a tag."""
    return reverse("tag", args=[slug])


@lru_cache(maxsize=1024)
def board_address(slug: str) -> str:
    """A board of the forum."""
    return reverse("board", args=[slug])


def page_address(thread: Thread, sort: Sort, cursor: int | None = None) -> str:
    """One page of a thread in one order; the usual order and first page stay unsaid."""
    wanted: dict[str, str] = {}
    if sort is not default_sort(thread):
        wanted["sort"] = sort.value
    if cursor is not None:
        wanted["after"] = str(cursor)
    address = thread_address(thread)
    if not wanted:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(wanted)}"


def default_sort(thread: Thread) -> Sort:
    """Newest first under articles, oldest first in the forum."""
    return Sort.OLDEST if thread.is_topic else Sort.NEWEST


def comment_address(comment: Comment) -> str:
    """The page on which a comment stands, scrolled to it."""
    return f"{page_with(comment)}#c{comment.pk}"


def new_comment_address(comment: Comment) -> str:
    """The page on which a comment stands that was just written: on top, where the newest are."""
    if comment.root_id is None and default_sort(comment.thread) is Sort.NEWEST:
        return f"{thread_address(comment.thread)}#c{comment.pk}"
    return comment_address(comment)


def page_with(comment: Comment) -> str:
    """The page of the thread, or of a big branch, that shows this comment."""
    thread, sort = comment.thread, default_sort(comment.thread)
    root = comment.root or comment
    if comment.root and comment.listed and not queries.is_among_first_replies(comment):
        return branch_address(root, queries.page_start(comment))
    if queries.is_on_first_page(root, sort):
        return page_address(thread, sort)
    return page_address(thread, sort, queries.cursor_before(root, sort))


def branch_address(root: Comment, behind: Comment | None = None) -> str:
    """The page of one big branch, from its first reply or behind a given one."""
    address = url_of("comment-replies", root.id)
    return f"{address}?after={behind.pk}" if behind else address


@cache
def address_of(name: str) -> str:
    """The address of a page of which there is one: `reverse`, once."""
    return reverse(name)


@cache
def file_address(name: str) -> str:
    """The address of a file of ours under which it never changes: looked up once."""
    return staticfiles_storage.url(name)


def url_of(name: str, number: int) -> str:
    """The address of a page of one thing: `reverse`, at a tenth of its cost."""
    before, after = halves_of(name)
    return f"{before}{number}{after}"


@cache
def halves_of(name: str) -> tuple[str, str]:
    """What stands before and behind the number in such an address."""
    before, _, after = reverse(name, args=[0]).rpartition("0")
    return before, after
