"""The page on which a moderator mends a comment."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from community.comments.lifecycle import StaleComment
from community.comments.models import Comment, Status
from community.comments.words import BadText
from community.sites.guards import moderators_only
from community.sites.requests import Request
from moderation import mending
from moderation.console.acts import back, conflict_page, read_version
from moderation.console.wishes import within_reach


class MendForm(forms.Form):
    """New words, and why."""

    body = forms.CharField(
        label=_("What it says"), widget=forms.Textarea(attrs={"dir": "auto"}), strip=False
    )
    reason = forms.CharField(
        label=_("Reason for the author"),
        required=False,
        max_length=200,
        help_text=_("The author reads it. Everyone else sees that a moderator has edited."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def mend(request: Request, pk: int) -> HttpResponse:
    """Change what a comment says, seen by everyone as a moderator's doing."""
    reachable = within_reach(request, Comment.objects.exclude(status=Status.WITHDRAWN))
    comment = get_object_or_404(reachable.select_related("thread", "site", "parent"), pk=pk)
    form = MendForm(request.POST or None, initial={"body": comment.body})
    if request.method != "POST":
        return page(request, comment, form, request.GET.get("next", ""))
    if not form.is_valid():
        return page(request, comment, form, request.POST.get("next", ""), status=422)
    try:
        carry_out(request, comment, form)
    except BadText as error:
        form.add_error("body", str(error))
        return page(request, comment, form, request.POST.get("next", ""), status=422)
    except StaleComment as conflict:
        return conflict_page(request, pk, conflict)
    return redirect(f"{back(request).partition('#')[0]}#card-{pk}")


def carry_out(request: Request, comment: Comment, form: MendForm) -> None:
    """Mend the version that the moderator saw."""
    mending.mend(
        comment,
        form.cleaned_data["body"],
        seen=read_version(request),
        by=request.user,
        reason=form.cleaned_data["reason"],
    )


def page(
    request: Request, comment: Comment, form: MendForm, next_url: str, *, status: int = 200
) -> HttpResponse:
    """The form with the words as they stand."""
    context = {"nav": "moderation", "comment": comment, "form": form, "next_url": next_url}
    return render(request, "moderation/mend.html", context, status=status)
