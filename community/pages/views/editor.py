"""Articles as administrators write them. For everyone else these pages do not exist."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.articles import services
from community.articles.models import Article
from community.articles.presentation import let_in_players
from community.pages.editing import Desk
from community.sites.guards import administrators_only
from community.sites.requests import Request
from community.threads import services as threads

ON_A_PAGE = 50


@administrators_only
@require_GET
def articles(request: Request) -> HttpResponse:
    """Every article of the site, drafts too, newest first."""
    rows = Article.objects.filter(site=request.site).select_related("thread")
    paginator = Paginator(rows.order_by("-published_at", "-pk"), ON_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "articles": page.object_list,
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "nav": "moderation",
    }
    return render(request, "editor/list.html", context)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Write an article."""
    user = request.viewer.user
    return write(request, Article(site=request.site, author=user, author_name=request.viewer.name))


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an article."""
    return write(request, article_of(request, pk))


def write(request: Request, article: Article) -> HttpResponse:
    """The forms of an article: shown, previewed or kept."""
    desk = Desk(request, article)
    if request.method != "POST":
        return desk_page(request, desk, status=200)
    if not desk.is_valid():
        return desk_page(request, desk, status=422)
    if request.POST.get("act") == "preview":
        return preview(request, desk)
    saved = desk.save()
    messages.success(request, what_was_saved(saved))
    return redirect("moderation-article", saved.pk)


def what_was_saved(article: Article) -> str:
    """A sentence that says who can read it now."""
    if article.is_public:
        return _("Saved. Everyone can read it.")
    if article.is_published:
        return _("Saved. It appears on the date you gave.")
    return _("Saved as a draft. Only administrators see it.")


def desk_page(request: Request, desk: Desk, *, status: int) -> HttpResponse:
    """The forms, with what is wrong with them."""
    return render(request, "editor/write.html", {"desk": desk, "nav": "moderation"}, status=status)


def preview(request: Request, desk: Desk) -> HttpResponse:
    """The article as it would look; nothing is kept."""
    shown = desk.preview(request)
    response = render(request, "editor/preview.html", {"article": shown, "nav": "moderation"})
    let_in_players(response, shown)
    return response


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, pk: int) -> HttpResponse:
    """Delete an article with its comments, after asking."""
    article = article_of(request, pk)
    if request.method != "POST":
        context = {
            "article": article,
            "thread": threads.of_article(article),
            "nav": "moderation",
        }
        return render(request, "editor/delete.html", context)
    services.delete(article)
    messages.success(request, _("The article and its comments are deleted."))
    return redirect("moderation-articles")


def article_of(request: Request, pk: int) -> Article:
    """An article of this site; raises Http404 otherwise."""
    return get_object_or_404(Article, pk=pk, site=request.site)
