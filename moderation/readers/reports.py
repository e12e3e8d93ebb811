"""Where readers report a comment, and where they see what came of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.comments import policies
from community.comments.models import Comment
from community.limits.networks import network_of
from community.sites.requests import Request
from community.sites.viewers import ANYONE
from moderation import answers, reporting, reports
from moderation.models import Report
from moderation.readers.forms import IllegalForm, ReportForm
from moderation.reporting import AlreadyReported, Complaint, TooMany
from moderation.reports import Reporter

AN_HOUR = 3600

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


def reportable(request: Request, pk: int) -> Comment:
    """A comment that is or was public on this site; what never was is as if it did not exist.

    Raises Http404, and PermissionDenied for one's own words.
    """
    rows = Comment.objects.filter(site=request.site).exclude(published_at=None)
    comment = get_object_or_404(rows.select_related("site", "thread"), pk=pk)
    if policies.is_own(request.viewer, comment):
        raise PermissionDenied(_("These are your own words. You can delete them."))
    return comment


@page_or_post
def report(request: Request, pk: int) -> HttpResponse:
    """Say what is wrong with a comment, by one of the site's reasons."""
    comment = reportable(request, pk)
    form = ReportForm(request.POST or None, site=request.site, viewer=request.viewer)
    if request.method != "POST" or not form.is_valid():
        return form_page(request, comment, form)
    given = form.cleaned_data
    said = Complaint(given["code"], form.titles[given["code"]], given["why"], address=form.address)
    return filed(request, comment, form, said)


@page_or_post
def illegal(request: Request, pk: int) -> HttpResponse:
    """Say that a comment is against the law. DSA Art. 16."""
    comment = reportable(request, pk)
    form = IllegalForm(request.POST or None, initial=known_of(request))
    if request.method != "POST" or not form.is_valid():
        return form_page(request, comment, form, is_illegal=True)
    given = form.cleaned_data
    said = Complaint(
        reports.ILLEGAL,
        _("It is illegal."),
        given["why"],
        is_illegal=True,
        about_children=given["about_children"],
        name=given["name"],
        address=given["email"],
    )
    return filed(request, comment, form, said)


def known_of(request: Request) -> dict[str, str]:
    """Name and address of whoever is logged in, so that they need not type them."""
    user = request.viewer.user
    return {"name": user.name, "email": user.email} if user else {}


def filed(
    request: Request, comment: Comment, form: ReportForm | IllegalForm, said: Complaint
) -> HttpResponse:
    """Take a report and lead to its receipt, or say why it was not taken."""
    reporter = Reporter(request.viewer, network_of(request), said.address)
    try:
        made = reporting.file(comment, reporter, said, seen=version_seen(request, comment))
    except AlreadyReported as earlier:
        return told_again(request, earlier.report)
    except TooMany:
        form.add_error(None, _("These were many reports. Please send this one again in an hour."))
        response = form_page(request, comment, form, is_illegal=said.is_illegal, status=429)
        response["Retry-After"] = str(AN_HOUR)
        return response
    return redirect(answers.status_url(made))


def version_seen(request: Request, comment: Comment) -> int:
    """The version the form was about; the present one where it does not say."""
    raw = request.POST.get("version", "")
    is_number = raw.isascii() and raw.isdigit() and len(raw) < 10
    return min(int(raw), comment.version) if is_number else comment.version


def told_again(request: Request, earlier: Report) -> HttpResponse:
    """Lead to what one has reported before; of a neighbour's report only that there is one."""
    if earlier.person_id is not None:
        messages.info(request, _("You have reported this comment before."))
        return redirect(answers.status_url(earlier))
    return render(request, "moderation/reported_before.html", status=200)


def form_page(
    request: Request,
    comment: Comment,
    form: ReportForm | IllegalForm,
    *,
    is_illegal: bool = False,
    status: int = 0,
) -> HttpResponse:
    """The form, with the words it is about as long as everybody may read them."""
    is_public = Comment.objects.visible_to(ANYONE).filter(pk=comment.pk).exists()
    context: dict[str, Any] = {
        "form": form,
        "comment": comment,
        "version": version_seen(request, comment),
        "is_public": is_public,
        "is_illegal": is_illegal,
        "address": request.site.url(f"/comments/{comment.pk}/"),
    }
    status = status or (422 if request.method == "POST" else 200)
    return render(request, "moderation/report.html", context, status=status)


@require_GET
def status(request: Request, token: str) -> HttpResponse:
    """How one report stands, for whoever has its link."""
    found = answers.read_token(token)
    if found is None or found.site_id != request.site.pk:
        raise Http404("no such report")
    context = {
        "report": found,
        "token": token,
        "state": answers.told_state(found),
        "who": answers.told_who_decided(found),
        "comment_url": answers.comment_url(found),
    }
    response = render(request, "moderation/report_status.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


@require_GET
def contact(request: Request) -> HttpResponse:
    """How readers and authorities reach somebody. DSA Art. 11 and 12."""
    address = request.site.contact_address or settings.MAIL_FROM
    language = get_language_info(request.site.speaks)["name_translated"]
    context = {"address": address, "site_language": language}
    return render(request, "moderation/contact.html", context)
