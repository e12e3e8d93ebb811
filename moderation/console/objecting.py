"""The page of one statement of reasons: its author reads it, objects, and reads the answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from community.sites.requests import Request
from community.subscriptions.links import BrokenLink
from community.subscriptions.views.linked import behind_link
from moderation import appeals, wording
from moderation.appeals import AlreadyAnswered, AlreadyOpened, NotTaken
from moderation.models import LONGEST_WORDS, Appeal, Statement
from moderation.statements import read_token


class ObjectionForm(forms.Form):
    """What somebody has to say against a decision."""

    words = forms.CharField(
        label=_("Why do you see it differently?"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Only moderators read this. At most 10,000 characters."),
        error_messages={"required": _("Please write why you see it differently.")},
    )

    def clean_words(self) -> str:
        """Words one can read; raises ValidationError for nothing but blanks."""
        words: str = self.cleaned_data["words"].strip()
        if not words:
            raise ValidationError(_("Please write why you see it differently."))
        return words


@behind_link
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: Request, token: str) -> HttpResponse:
    """What was decided and why; with a form to object, as long as there is time."""
    found = statement_behind(request, token)
    if request.method != "POST":
        return page(request, found, token, ObjectionForm())
    if request.POST.get("act") == "recant":
        return recant(request, found, token)
    return objection(request, found, token)


def statement_behind(request: Request, token: str) -> Statement:
    """The statement a link leads to, on its own site only; raises BrokenLink."""
    rows = Statement.objects.told().filter(site=request.site)
    related = ("site", "appeal", "comment__thread", "sanction")
    found = rows.select_related(*related).filter(pk=read_token(token) or 0).first()
    if found is None:
        raise BrokenLink
    return found


def objection(request: Request, found: Statement, token: str) -> HttpResponse:
    """Take an objection, or say what is missing; the words stay in the form."""
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return page(request, found, token, form, status=422)
    try:
        appeals.open_(found, form.cleaned_data["words"])
    except (NotTaken, AlreadyOpened):
        return page(request, statement_behind(request, token), token, form, status=409)
    return redirect("statement", token)


def recant(request: Request, found: Statement, token: str) -> HttpResponse:
    """Let an objection be, if nobody has answered it."""
    appeal = appeal_of(found)
    try:
        if appeal:
            appeals.take_back(appeal)
    except AlreadyAnswered:
        return page(request, statement_behind(request, token), token, ObjectionForm(), status=409)
    return redirect("statement", token)


def appeal_of(found: Statement) -> Appeal | None:
    """The objection to a statement, if there is one."""
    return getattr(found, "appeal", None)


def page(
    request: Request, found: Statement, token: str, form: ObjectionForm, *, status: int = 200
) -> HttpResponse:
    """The page itself."""
    terms, appeal = appeals.terms_of(request.site), appeal_of(found)
    in_time = found.may_be_objected_to(timezone.now())
    context = {
        "nav": "me",
        "statement": found,
        "token": token,
        "lines": wording.lines_of(found),
        "outcome": wording.outcome_of(found),
        "remedies": wording.remedies_of(found),
        "appeal": appeal,
        "form": form if terms.are_taken and in_time and appeal is None else None,
        "unsent": form.data.get("words", "") if status == 409 else "",
    }
    return render(request, "moderation/statement.html", context, status=status)
