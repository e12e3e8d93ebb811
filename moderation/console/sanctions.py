"""Imposing sanctions and lifting them."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from community.comments.models import Comment
from community.sites.guards import moderators_only
from community.sites.requests import Request
from moderation import marks, reasons, sanctions
from moderation.console import authors
from moderation.console import undo as undoing
from moderation.console.acts import back
from moderation.models import Effect, Kind, Reach, Sanction
from moderation.sanctions import AlreadyInForce, NotAllowed, Subject, Terms

WIDE = (Reach.DOMAIN, Reach.NETWORK)
DAY = timedelta(days=1)
# Networks change hands.
LONGEST_FOR_NETWORK = 90 * DAY

LASTS = [
    ("1", gettext_lazy("until tomorrow")),
    ("3", gettext_lazy("3 days")),
    ("7", gettext_lazy("a week")),
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("0", gettext_lazy("until a moderator lifts it")),
]
PAUSES = [
    ("60", gettext_lazy("a minute")),
    ("600", gettext_lazy("ten minutes")),
    ("3600", gettext_lazy("an hour")),
    ("86400", gettext_lazy("a day")),
]
MEANINGS = {
    Kind.WARN: gettext_lazy("Warn: they must read your words before their next comment"),
    Kind.SLOW: gettext_lazy("Slow down: a longer pause between two comments"),
    Kind.PREMODERATE: gettext_lazy("Every comment of theirs waits for a moderator"),
    Kind.SUSPEND: gettext_lazy("Suspend: they cannot write for a while"),
    Kind.BAN: gettext_lazy("Block: they cannot write any more"),
}


class SanctionForm(forms.Form):
    """What to impose on whom, how long, why, and what becomes of their comments."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=list(MEANINGS.items()),
        initial=Kind.WARN,
        widget=forms.RadioSelect,
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Whom"), initial=Reach.PERSON, widget=forms.RadioSelect
    )
    lasts = forms.ChoiceField(label=gettext_lazy("How long"), choices=LASTS, initial="7")
    until = forms.DateField(
        label=gettext_lazy("Or until this day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    pause = forms.ChoiceField(
        label=gettext_lazy("Pause between two comments"),
        choices=PAUSES,
        initial="600",
        help_text=gettext_lazy("Counts only if you slow them down."),
    )
    canned = forms.ChoiceField(label=gettext_lazy("Reason"))
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("They read the reason and your words."),
    )
    effect = forms.ChoiceField(
        label=gettext_lazy("Their comments of the last days"),
        choices=Effect.choices,
        initial=Effect.LEAVE,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many days back"), min_value=1, max_value=90, initial=7
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, subject: Subject) -> None:
        super().__init__(data)
        self.subject = subject
        self.fields["reach"].choices = reaches_of(subject)  # type: ignore[attr-defined]
        offered = [(reason.code, reason.title) for reason in reasons.offered(subject.site)]
        self.fields["canned"].choices = offered  # type: ignore[attr-defined]
        self.initial["reach"] = next(iter(reaches_of(subject)), ("", ""))[0]

    def clean(self) -> dict[str, Any]:
        """What fits together; a wide reach must be wanted with its number known."""
        given = super().clean() or {}
        if not self.errors:
            given["ends_at"] = ends_at(given)
            check_terms(given)
            if given["reach"] in WIDE and not given["sure"]:
                self.ask_whether_sure(Reach(given["reach"]))
        return given

    def ask_whether_sure(self, reach: Reach) -> None:
        """Say how many people it would hit, and offer a box to tick."""
        number = sanctions.people_hit(self.subject, reach)
        self.fields["sure"].widget = forms.CheckboxInput()
        self.fields["sure"].label = _("Yes, I want to reach all of them")
        sentence = ngettext(
            "This would hit %(n)d person known here. If you want that, tick the box below.",
            "This would hit %(n)d people known here. If you want that, tick the box below.",
            number,
        )
        self.add_error(None, sentence % {"n": number})

    def terms(self) -> Terms:
        """What the form asks for."""
        given = self.cleaned_data
        return Terms(
            kind=Kind(given["kind"]),
            reach=Reach(given["reach"]),
            canned=given["canned"],
            words=given["words"].strip(),
            ends_at=given["ends_at"],
            pause=int(given["pause"]) if given["kind"] == Kind.SLOW else 0,
            effect=Effect(given["effect"]),
            effect_days=given["days"],
        )


def reaches_of(subject: Subject) -> list[tuple[str, str]]:
    """By what this person can be known again; nothing is offered of which nothing is known."""
    found = {reach: str(reach.label) for reach in Reach if subject.mark(reach)}
    if Reach.DOMAIN in found:
        domain = marks.domain_of(subject.typed_address)
        found[Reach.DOMAIN] = _("everyone with an address at %(domain)s") % {"domain": domain}
    if Reach.PERSON in found and Reach.ADDRESS in found:
        found[Reach.PERSON] = _("this person, also when they come back with the same address")
    return list(found.items())


def ends_at(given: dict[str, Any]) -> datetime | None:
    """When it ends: at the end of a day, after so many days, or never."""
    if given["until"]:
        return timezone.make_aware(datetime.combine(given["until"], time(23, 59)))
    days = int(given["lasts"])
    return timezone.now() + days * DAY if days else None


def check_terms(given: dict[str, Any]) -> None:
    """Raise ValidationError for what makes no sense together."""
    end, reach = given["ends_at"], given["reach"]
    if end and end <= timezone.now():
        raise ValidationError({"until": _("That day has passed.")})
    if given["kind"] == Kind.WARN and reach in WIDE:
        raise ValidationError({"reach": _("A warning is for one person.")})
    if given["kind"] == Kind.SUSPEND and end is None:
        raise ValidationError({"lasts": _("A suspension has an end. To have none, block them.")})
    latest = timezone.now() + LONGEST_FOR_NETWORK + DAY
    if reach == Reach.NETWORK and (end is None or end > latest):
        sentence = _("Networks change hands: at most 90 days, please.")
        raise ValidationError({"lasts": sentence})


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def impose_on_author(request: Request, pk: int) -> HttpResponse:
    """Impose something on whoever wrote this comment."""
    rows = Comment.objects.filter(site=request.site)
    related = rows.select_related("site", "thread", "contact", "person__contact", "person__user")
    return impose(request, sanctions.of_comment(get_object_or_404(related, pk=pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def impose_on_person(request: Request, pk: int) -> HttpResponse:
    """Impose something on someone who takes part here."""
    return impose(request, Subject(request.site, authors.person_of(request, pk)))


def impose(request: Request, subject: Subject) -> HttpResponse:
    """The form, and what it leads to."""
    if not sanctions.may_sanction(request.user, subject.person, subject.site):
        return render(request, "moderation/sanction_refused.html", nav(subject), status=403)
    form = SanctionForm(request.POST or None, subject=subject)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(
            request, "moderation/sanction.html", {**nav(subject), "form": form}, status=status
        )
    return imposed(request, subject, form)


def imposed(request: Request, subject: Subject, form: SanctionForm) -> HttpResponse:
    """Impose what the form says, or say what stands in the way."""
    try:
        sanction = sanctions.impose(subject, form.terms(), request.user)
    except NotAllowed as error:
        raise Http404("not on this person") from error
    except AlreadyInForce as found:
        context = {**nav(subject), "form": form, "known": found.sanction}
        return render(request, "moderation/sanction.html", context, status=409)
    undoing.remember_sanction(request, sanction)
    return redirect(address_after(subject))


def nav(subject: Subject) -> dict[str, Any]:
    """What every such page shows of whom it is about."""
    return {"nav": "moderation", "person": subject.person, "comment": subject.comment}


def address_after(subject: Subject) -> str:
    """Where one sees what one has done."""
    if subject.person:
        return authors.address_of(subject.person)
    return reverse("moderation-comment", args=[subject.comment.pk]) if subject.comment else ""


@require_POST
@moderators_only
def lift(request: Request, pk: int) -> HttpResponse:
    """End a sanction before its time."""
    rows = Sanction.objects.select_related("person").filter(site=request.site)
    sanction = get_object_or_404(rows, pk=pk)
    if not sanctions.may_sanction(request.user, sanction.person, request.site):
        raise Http404("not on this person")
    if sanctions.lift(sanction, request.user):
        messages.success(request, _("Lifted. It holds no more."))
    else:
        messages.info(request, _("It had ended already."))
    return redirect(back(request))
