"""The page on which administrators see what became of e-mails, and what was answered by e-mail."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from community.comments.models import Comment
from community.contacts.addresses import normalise
from community.contacts.health import Why
from community.contacts.models import Contact
from community.inbound import queries
from community.sites.guards import administrators_only
from community.sites.models import Site
from community.sites.requests import Request
from community.subscriptions import tracing
from community.subscriptions.models import Delivery, DeliveryQuerySet

# The number of a comment: alone, in its address, or at the end of its page's.
NUMBER = re.compile(r"(?:^|/comments/|#c)(\d{1,18})/?$")


class LookUpForm(forms.Form):
    """Which e-mails an administrator wants to see."""

    asked = forms.CharField(
        label=_("An e-mail address, or the link or number of a comment"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )

    def __init__(self, *args: Any, site: Site, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.site = site

    def clean_asked(self) -> Contact | Comment:
        """The address or the comment that is meant; raises ValidationError with a sentence."""
        asked = self.cleaned_data["asked"]
        if number := NUMBER.search(asked):
            return self.comment(int(number[1]))
        if "@" in asked:
            return self.contact(asked)
        raise forms.ValidationError(_("Please give a whole address, or the link of a comment."))

    def comment(self, number: int) -> Comment:
        """A comment of this site, whatever became of it."""
        found = Comment.objects.filter(site=self.site, pk=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no comment of that number here."))
        return found

    def contact(self, address: str) -> Contact:
        """An address that has to do with this site; what it has to do with others stays there."""
        validate_email(normalise(address))
        found = Contact.objects.filter(address=normalise(address)).first()
        if found is None or not tracing.is_known_on(self.site, found):
            raise forms.ValidationError(
                _("Nobody wrote here or asked for e-mails with this address. Is it spelled right?")
            )
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def e_mails(request: Request) -> HttpResponse:
    """Numbers and lists of the last days, or what became of e-mails that are looked up.

    What is asked for is posted: addresses do not belong into those of pages, which logs keep.
    """
    form = LookUpForm(request.POST if request.method == "POST" else None, site=request.site)
    if form.is_valid():
        found = form.cleaned_data["asked"]
        name = "comment" if isinstance(found, Comment) else "contact"
        return redirect(f"{reverse('moderation-returned')}?{name}={found.pk}")
    context = {"nav": "moderation", "form": form, **shown_for(request)}
    status = 422 if form.is_bound else 200
    return render(request, "moderation/returned.html", context, status=status)


def shown_for(request: Request) -> dict[str, Any]:
    """What was looked up, or how things are."""
    if "comment" in request.GET:
        return of_comment(request, number_in(request, "comment"))
    if "contact" in request.GET:
        return of_contact(request, number_in(request, "contact"))
    return overview(request.site)


def overview(site: Site) -> dict[str, Any]:
    """How e-mails ended, and what came back."""
    return {
        "listens": bool(settings.MAILBOX_ADDRESS or settings.MAIL_PROVIDER),
        "ends": tracing.ends(site),
        "figures": queries.figures(site),
        "events": [(event, masked(event.contact)) for event in queries.latest_events(site)],
        "answers": queries.latest_answers(site),
    }


def of_comment(request: Request, pk: int) -> dict[str, Any]:
    """Who was to hear of a comment, and what became of it."""
    rows = Comment.objects.filter(site=request.site).select_related("thread")
    comment = get_object_or_404(rows, pk=pk)
    return {
        "comment": comment,
        "comment_ends": tracing.ends_of(comment),
        **paged(tracing.about(comment, before(request))),
    }


def of_contact(request: Request, pk: int) -> dict[str, Any]:
    """What an address was to hear of here, and whether it is written to."""
    contact = get_object_or_404(Contact, pk=pk)
    if not tracing.is_known_on(request.site, contact):
        raise Http404("no business of this site")
    return {
        "contact": contact,
        "address": masked(contact),
        "why_paused": Why(contact.paused_for).label,
        "reports": contact.events.order_by("-at", "-pk")[:10],
        "others": [(email, tracing.told(email)) for email in tracing.other_emails(contact)],
        **paged(tracing.to(contact, request.site, before(request))),
    }


def paged(rows: DeliveryQuerySet) -> dict[str, Any]:
    """One page of e-mails in words, and the id behind which the next one begins."""
    found = list(rows)
    shown = found[: tracing.ON_A_PAGE]
    more = len(found) > tracing.ON_A_PAGE
    return {"rows": [in_words(row) for row in shown], "next_id": shown[-1].pk if more else None}


def in_words(row: Delivery) -> dict[str, Any]:
    """An e-mail as the page shows it."""
    return {
        "row": row,
        "address": masked(row.contact),
        "told": tracing.told(row),
        "detail": tracing.detail_of(row),
        "is_open": row.finished_at is None and not row.foreseen,
    }


def before(request: Request) -> int | None:
    """Behind which row the page begins."""
    return number_in(request, "before") if "before" in request.GET else None


def number_in(request: Request, name: str) -> int:
    """A number of the page's address; raises Http404 if it is none."""
    given = request.GET.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404("no number")
    return int(given)


def masked(contact: Contact) -> str:
    """Enough of an address to tell its mail server, not whose it is."""
    local, _at, domain = contact.address.rpartition("@")
    return f"{local[:1]}…@{domain}"
