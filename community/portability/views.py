"""The pages on which administrators import an export."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.articles.models import Article
from community.outbox.services import silent_since
from community.portability import services
from community.portability.forms import ExportForm
from community.portability.models import Import, State
from community.portability.wordpress.articles import key_of_blog
from community.portability.wordpress.report import Count, Report
from community.portability.wordpress.values import ExportedSite
from community.sites.guards import administrators_only
from community.sites.requests import Request

EARLIER = 20
ARTICLES_NAMED = 5


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Request) -> HttpResponse:
    """Take an export and look at it; earlier imports."""
    if request.method != "POST":
        return upload_page(request, ExportForm())
    form = ExportForm(request.POST, request.FILES)
    if not form.is_valid():
        return upload_page(request, form, status=422)
    row = services.take_in(
        form.cleaned_data["file"],
        form.survey,
        site=request.site,
        by=request.viewer.user,
        pingbacks=form.cleaned_data["pingbacks"],
    )
    services.look(row)
    return redirect("moderation-import-one", row.pk)


def upload_page(request: Request, form: ExportForm, *, status: int = 200) -> HttpResponse:
    """The form, and what was imported before."""
    context = {
        "form": form,
        "imports": Import.objects.filter(site=request.site)[:EARLIER],
        "nav": "moderation",
    }
    return render(request, "portability/imports.html", context, status=status)


@administrators_only
@require_safe
def one(request: Request, pk: int) -> HttpResponse:
    """How an import stands: its progress, its report, and what to do next."""
    row = import_of(request, pk)
    report = Report.of(row.report)
    context = {
        "import": row,
        "has_stopped": services.has_stopped(row),
        "worker_silent_since": silent_since(),
        "lines": report.lines(),
        "waiting": report[Count.HELD],
        "drafts": report[Count.DRAFT],
        "pictures": report[Count.PICTURE],
        "articles": newest_of(row) if row.state == State.DONE else [],
        "nav": "moderation",
    }
    return render(request, "portability/import.html", context)


def newest_of(row: Import) -> list[Article]:
    """Some of the articles that came from the same blog."""
    blog = key_of_blog(ExportedSite(row.blog_title, row.blog_url))
    of_blog = Article.objects.filter(site=row.site, import_key__startswith=f"{blog}/?p=")
    return list(of_blog.order_by("-published_at", "-pk")[:ARTICLES_NAMED])


@administrators_only
@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Import what was looked at, or go on where it stopped."""
    row = import_of(request, pk)
    if not services.start(row):
        messages.error(request, _("Another import is running. Please wait until it is done."))
    return redirect("moderation-import-one", row.pk)


@administrators_only
@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    """Forget a file that was looked at, without importing it."""
    row = import_of(request, pk)
    if row.state in (State.LOOKING, State.READY, State.FAILED):
        services.discard(row)
        messages.success(request, _("The file is deleted. Nothing was imported from it."))
    return redirect("moderation-import")


def import_of(request: Request, pk: int) -> Import:
    """An import of this site; raises Http404 otherwise."""
    return get_object_or_404(Import, pk=pk, site=request.site)
