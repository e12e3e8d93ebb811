"""Comments across threads: the latest, the liveliest of the last days, those of one author."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.articles import queries as articles
from community.comments import across
from community.comments.across import Liveliness
from community.comments.models import Comment
from community.comments.rendering import text_of
from community.edge.declarations import lives_briefly, public, shows
from community.pages import authors, metadata
from community.pages.authors import Author
from community.pages.threads import read_cursor
from community.pages.views.comments import visible_comment
from community.sites.requests import Request

ON_A_PAGE = 20
SHOWN = 280


@dataclass(frozen=True)
class Listed:
    """A comment in a list, with the place it stands in."""

    comment: Comment
    title: str
    url: str
    author_url: str
    when: datetime
    words: str


def listed(comment: Comment) -> Listed:
    """A comment as a list shows it: the beginning of its words."""
    url = reverse("comment", args=[comment.pk])
    words = " ".join(text_of(comment.body_html).split())
    return Listed(
        comment,
        comment.thread.title,
        url,
        reverse("comment-author", args=[comment.pk]) if comment.person_id else "",
        comment.created_at,
        Truncator(words).chars(SHOWN, truncate=" …"),
    )


def page_of(request: Request, rows: QuerySet[Comment]) -> dict[str, Any]:
    """Twenty comments, and where the next ones are."""
    lives_briefly(request)  # any comment may rise to this page
    found = list(rows[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    shows(request, *{row.thread_id: row.thread for row in shown}.values())
    return {
        "rows": [listed(row) for row in shown],
        "last": shown[-1].pk if len(found) > ON_A_PAGE else None,
    }


@public("by", "after")
@require_safe
def latest(request: Request) -> HttpResponse:
    """The latest comments of all threads, or the liveliest of the last days."""
    by = request.GET.get("by", "")
    if by not in ("votes", "replies"):
        page = page_of(request, across.newest(request.site, read_cursor(request)))
        next_url = f"?after={page['last']}" if page["last"] else ""
        return latest_page(request, "", page, next_url)
    order = Liveliness.VOTES if by == "votes" else Liveliness.REPLIES
    page = page_of(request, across.liveliest(request.site, order))
    if by == "replies":
        page["articles"] = list(articles.most_discussed(request.site))
        shows(request, *(article.thread for article in page["articles"]))
    return latest_page(request, by, page, "")


def latest_page(request: Request, by: str, page: dict[str, Any], next_url: str) -> HttpResponse:
    """The page itself, with the ways to its other orders."""
    orders = [("", _("Latest")), ("votes", _("Most voted")), ("replies", _("Most discussed"))]
    context = {
        **page,
        "by": by,
        "next_url": next_url,
        "is_first": "after" not in request.GET,
        "orders": [(key, label, f"?by={key}" if key else request.path) for key, label in orders],
        "nav": "latest",
    }
    title, feed = _("Latest comments"), f"{request.path}feed."
    context["metadata"] = metadata.of_list(request, title, next_url=next_url, feed=feed)
    return render(request, "comments/latest.html", context)


@require_safe
def author_of_comment(request: Request, pk: int) -> HttpResponse:
    """Lead from a public comment to whatever else its author said under this name."""
    comment = visible_comment(request, pk)
    author = authors.author_of(comment)
    if author is None or not comment.is_public:
        raise Http404("nobody to show")
    return redirect(authors.author_address(request.site, author))


@public("after")
@require_safe
def author(request: Request, token: str) -> HttpResponse:
    """What an author has said under one name, as far as it is public."""
    found = author_or_404(request, token)
    rows = across.of_author(request.site, found.person_id, found.name, read_cursor(request))
    page = page_of(request, rows)
    context = {
        **page,
        "author": found,
        "token": token,
        "next_url": f"?after={page['last']}" if page["last"] else "",
        "first_url": request.path if "after" in request.GET else "",
    }
    title = _("Comments by %(name)s") % {"name": found.name}
    context["metadata"] = metadata.of_list(
        request, title, next_url=context["next_url"], feed=f"{request.path}feed."
    )
    return render(request, "comments/author.html", context)


def author_or_404(request: Request, token: str) -> Author:
    """The author of an address; raises Http404 where nothing of theirs is public."""
    found = authors.find(request.site, token)
    if found is None:
        raise Http404("no such author")
    return found
