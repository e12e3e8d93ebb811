"""The page "my comments and e-mails", and what one may do there."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.accounts import guests
from community.accounts.models import Person
from community.comments.models import Comment
from community.comments.standing import record_of
from community.consent import details
from community.contacts import health
from community.contacts.models import Contact
from community.pages.shown import told_status
from community.privacy import services
from community.sites.requests import Request, ids_in
from community.subscriptions import queries as subscriptions
from community.subscriptions.forms import WishesForm
from community.subscriptions.wording import told

ON_A_PAGE = 30


@require_GET
def me(request: Request) -> HttpResponse:
    """One's own comments with how they stand, and the e-mails one gets."""
    person = request.viewer.person
    if person is None:
        return redirect("account_login")
    rows = Comment.objects.filter(person=person, site=request.site).select_related("thread")
    page = Paginator(rows.order_by("-id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "me",
        "person": person,
        "rows": [(comment, told_status(comment)) for comment in page.object_list],
        "page": page,
        "address_trouble": health.trouble_with(subscriptions.address_of(person)),
        "record": record_of(request.viewer, request.site),
        "subscriptions": [(wish, told(wish)) for wish in subscriptions.active_for(person)],
        **mail_context(request, person.contact),
        "claimable": claimable(request, person)[:50],
        "addresses": EmailAddress.objects.filter(user=request.viewer.user),
    }
    return render(request, "pages/me.html", context)


def mail_context(request: Request, contact: Contact | None) -> dict[str, object]:
    """What e-mails one wants and does not want, once there is an address for them."""
    if contact is None:
        return {}
    form = WishesForm(contact=contact, site=request.site)
    return {"wishes_form": form, "mutes": subscriptions.mutes_of(contact)}


def claimable(request: Request, person: Person) -> QuerySet[Comment]:
    """Guest comments the member may call their own; none for guests."""
    if not person.is_member:
        return Comment.objects.none()
    found = services.claimable(person, guests.guest_of(request))
    return found.filter(site=request.site).select_related("thread").order_by("-id")


@require_POST
def claim(request: Request) -> HttpResponse:
    """Make the ticked guest comments one's own."""
    person = request.viewer.person
    if person is None or not person.is_member:
        return redirect("account_login")
    ticked = ids_in(request.POST.getlist("comment"))
    number = services.claim(person, claimable(request, person).filter(pk__in=ticked))
    messages.success(
        request,
        ngettext("%(n)s comment is yours now.", "%(n)s comments are yours now.", number)
        % {"n": number},
    )
    return redirect("me")


class EraseForm(forms.Form):
    """What shall happen to one's words."""

    words = forms.ChoiceField(
        label=gettext_lazy("Your comments"),
        choices=[
            ("keep", gettext_lazy("stay, without my name")),
            ("delete", gettext_lazy("are deleted; replies of others stay")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(label=gettext_lazy("Yes, this cannot be undone."))


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Request) -> HttpResponse:
    """Delete one's account, or what is known of a guest."""
    person = request.viewer.person
    if person is None:
        return redirect("account_login")
    form = EraseForm(request.POST or None)
    if form.is_valid() and services.leaves_a_site_alone(person):
        sentence = _("Your site needs at least one administrator. Please name another one first.")
        form.add_error(None, sentence)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "pages/erase.html", {"form": form, "person": person}, status=status)
    services.erase(person, with_words=form.cleaned_data["words"] == "delete")
    logout(request)
    messages.success(request, _("Done. We know nothing of you any more."))
    response = redirect("home")
    guests.forget(response)
    details.forget(response)
    return response
