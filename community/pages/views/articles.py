"""Articles: the list, one with its comments, those of a tag, and pages elsewhere."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from community.articles import queries
from community.articles.models import Article, Picture, Tag
from community.articles.presentation import let_in_players, shown_article
from community.comments.queries import is_known
from community.edge.declarations import public, shows
from community.pages import metadata
from community.pages.addresses import article_address
from community.pages.context import standing_on
from community.pages.forms import CommentForm
from community.pages.threads import read_page
from community.pages.views.comments import comment_form, post_comment
from community.sites import cursors
from community.sites.cursors import Cursor
from community.sites.requests import Request
from community.threads import services as threads
from community.threads.models import Thread

ON_A_PAGE = 20


def thread_context(
    request: Request, thread: Thread, form: CommentForm | None = None
) -> dict[str, Any]:
    """What the comments section of any page needs."""
    shows(request, thread)
    thread.site = request.site
    standing = standing_on(request)
    if standing.notices:
        form = form or comment_form(request, thread)
    return {
        "thread": thread,
        "page": read_page(request, thread, request.viewer),
        # Most write in an empty form that is drawn already.
        "form": form,
        "standing": standing,
        "is_known": is_known(request.viewer),
    }


@public("after", strict=True)
@require_safe
def home(request: Request) -> HttpResponse:
    """The newest articles; the addresses “/?p=12” of an imported site lead to their article."""
    if request.GET and (address := queries.moved_to(request.site, request.get_full_path())):
        return redirect(address, permanent=True)
    return list_page(request, Article.objects.public().filter(site=request.site), tag=None)


@public("after")
@require_safe
def tagged(request: Request, slug: str) -> HttpResponse:
    """The articles of one tag."""
    tag = get_object_or_404(Tag, site=request.site, slug=slug)
    return list_page(request, Article.objects.public().filter(tags=tag), tag=tag)


def list_page(request: Request, articles: QuerySet[Article], *, tag: Tag | None) -> HttpResponse:
    """One page of a list of articles."""
    cursor = cursors.read(request.GET.get("after", ""))
    rows = articles.select_related("thread").prefetch_related("pictures")
    found = list(cursors.behind(rows, "published_at", cursor)[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    last = Cursor(shown[-1].published_at, shown[-1].pk) if len(found) > ON_A_PAGE else None
    shows(request, *(getattr(article, "thread", None) for article in shown))
    context: dict[str, Any] = {
        "articles": shown,
        "next_url": f"?after={last}" if last else "",
        "first_url": request.path if cursor else "",
        "tag": tag,
        "nav": "articles",
    }
    feed = "" if tag else "/feed."
    title = tag.name if tag else request.site.name
    about = metadata.of_list(request, title, next_url=context["next_url"], feed=feed)
    is_front = tag is None and cursor is None
    context["metadata"] = replace(about, data=metadata.of_site(request.site)) if is_front else about
    return render(request, "articles/list.html", context)


@public("sort", "after")
@require_safe
def article(request: Request, slug: str) -> HttpResponse:
    """An article with its comments."""
    found = queries.WITH_THREAD.first(site=request.site.pk, slug=slug)
    if found is None or not (found.is_public or request.viewer.is_administrator):
        raise Http404("no such article")
    found.site = request.site
    thread = threads.of_article(found)
    shown = shown_article(found, request)
    context = {
        "article": shown,
        "show_consent_banner": shown.asks_consent,
        "latest": queries.latest(request.site, besides=found),
        "nav": "articles",
        "legacy_base": article_address(slug),
        **thread_context(request, thread),
    }
    if shown.is_public:
        context["metadata"] = metadata.of_article(request, found, shown, context["page"])
    response = render(request, "articles/detail.html", context)
    let_in_players(response, shown)
    return response


@public("url", "sort", "after")
@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: Request) -> HttpResponse:
    """The comments of a page elsewhere, known by its address; the first one makes its row."""
    url = own_page(request)
    thread = threads.of_page(request.site, url)
    if request.method == "POST":
        return post_comment(request, thread)
    context = {
        "url": url,
        "title": thread.title,
        "post_url": f"{reverse('discussion')}?{request.GET.urlencode()}",
        **thread_context(request, thread),
    }
    return render(request, "articles/elsewhere.html", context)


def own_page(request: Request) -> str:
    """The address asked for; raises Http404 unless it is a page of the publisher's own."""
    url = request.GET.get("url", "")
    try:
        parts = urlsplit(url if url.isprintable() else "")
    except ValueError as error:
        raise Http404("not an address") from error
    own = (parts.hostname or "").rstrip(".").lower() in request.site.hosts
    if len(url) > 500 or parts.scheme not in ("http", "https") or not own or parts.username:
        raise Http404("not a page of this site")
    return parts._replace(fragment="").geturl()


@require_GET
def old_comment(request: Request, slug: str, number: int) -> HttpResponse:
    """An imported comment by the number it had before."""
    found = get_object_or_404(Article.objects.public().filter(site=request.site), slug=slug)
    rows = threads.of_article(found).comments.visible_to(request.viewer)
    comment = get_object_or_404(rows, import_number=number)
    return redirect("comment", comment.pk)


@require_GET
def picture(request: Request, path: str) -> HttpResponse | FileResponse:
    """A picture of an article, sent so that a browser takes it for nothing else."""
    if "\0" in path:  # no database looks for that
        raise Http404("no such picture")
    found = get_object_or_404(Picture, image=path, article__site=request.site)
    response = FileResponse(default_storage.open(str(found.image.name)))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
