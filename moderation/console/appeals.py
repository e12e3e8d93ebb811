"""The objections of a site: what waits for an answer, until when, and what was answered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from community.comments.lifecycle import StaleComment
from community.sites.guards import moderators_only
from community.sites.requests import Request
from moderation import appeals, wording
from moderation.appeals import AlreadyAnswered
from moderation.console.acts import read_version
from moderation.console.lists import surroundings
from moderation.models import LONGEST_WORDS, Appeal, AppealState

PRESSES = {"uphold": AppealState.UPHELD, "overturn": AppealState.OVERTURNED}


class AnswerForm(forms.Form):
    """What the author and the first moderator are told."""

    words = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please answer in a few words.")},
    )


@require_GET
@moderators_only
def listing(request: Request) -> HttpResponse:
    """What waits for an answer, what is due first first; then the newest answers."""
    return page(request)


def page(
    request: Request, *, bound: dict[int, AnswerForm] | None = None, status: int = 200
) -> HttpResponse:
    """The list, perhaps with a form that lacks something."""
    bound = bound or {}
    waiting = [row_of(request, appeal, bound.get(appeal.pk)) for appeal in open_here(request)]
    context = {
        **surroundings(request, "objections"),
        "rows": waiting,
        "answered": appeals.answered_on(request.site),
    }
    return render(request, "moderation/appeals.html", context, status=status)


def open_here(request: Request) -> list[Appeal]:
    """The open objections of this site."""
    return list(appeals.open_on(request.site))


def row_of(request: Request, appeal: Appeal, form: AnswerForm | None) -> dict[str, Any]:
    """One objection with the statement it is about, and a form for whoever may answer."""
    statement = appeal.statement
    return {
        "appeal": appeal,
        "statement": statement,
        "lines": wording.lines_of(statement),
        "may_answer": appeals.may_answer(appeal, request.user),
        "is_own": statement.moderator_id == request.user.pk,
        "form": form or AnswerForm(prefix=f"a{appeal.pk}"),
    }


@require_POST
@moderators_only
def answer(request: Request, pk: int) -> HttpResponse:
    """Uphold or overturn a decision, in words."""
    rows = Appeal.objects.filter(site=request.site)
    appeal = get_object_or_404(appeals.shown(rows), pk=pk)
    form = AnswerForm(request.POST, prefix=f"a{appeal.pk}")
    if not form.is_valid():
        return page(request, bound={appeal.pk: form}, status=422)
    state = PRESSES.get(request.POST.get("act", ""))
    if state is None:
        raise Http404("no such button")
    return settle(request, appeal, state, form.cleaned_data["words"])


def settle(request: Request, appeal: Appeal, state: AppealState, words: str) -> HttpResponse:
    """Carry an answer out, or say who was faster."""
    seen = read_version(request) if appeal.statement.comment else None
    try:
        appeals.answer(appeal, state, words=words, by=request.user, seen=seen)
    except (AlreadyAnswered, StaleComment, PermissionDenied):
        fresh = appeals.shown(Appeal.objects.filter(pk=appeal.pk)).get()
        context = {"nav": "moderation", "appeal": fresh, "words": words}
        return render(request, "moderation/appeal_conflict.html", context, status=409)
    messages.success(request, told(state))
    return redirect("moderation-appeals")


def told(state: AppealState) -> str:
    """What was done, in words."""
    if state == AppealState.OVERTURNED:
        return _("The decision is taken back. Its author and the first moderator are told.")
    return _("The decision stays. Its author and the first moderator are told.")
