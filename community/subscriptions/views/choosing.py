"""What somebody hears of, and when."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.accounts.models import Person
from community.contacts.models import Contact
from community.sites.models import Site
from community.sites.requests import Request
from community.subscriptions import links, queries, services
from community.subscriptions.forms import WishesForm
from community.subscriptions.views.linked import behind_link, page_or_post
from community.subscriptions.views.visible import next_of, visible_comment
from community.subscriptions.wording import told

MOST_LISTED = 100


@behind_link
@page_or_post
def choose(request: Request, token: str) -> HttpResponse:
    """What an address hears of and when, for guests on any device; the link is the proof."""
    claim = links.read(links.CHOOSE, token, links.CHOOSE_WITHIN)
    person = Person.objects.filter(contact=claim.contact).select_related("contact").first()
    if person is None or person.contact is None:
        raise links.BrokenLink
    given = request.POST if request.method == "POST" else None
    form = WishesForm(given, contact=person.contact, site=request.site)
    if form.is_valid():
        form.keep(person)
        messages.success(request, _("Saved. From now on e-mails come as you chose."))
        return redirect("email-choose", token)
    context = {"wishes_form": form, "token": token, **chosen_by(person.contact, request.site)}
    status = 422 if form.is_bound else 200
    return render(request, "subscriptions/choose.html", context, status=status)


def chosen_by(contact: Contact, site: Site) -> dict[str, object]:
    """What an address has asked for on a site, each with its link to stop it."""
    wishes = [wish for wish in queries.active_of(contact)[:MOST_LISTED] if wish.home == site]
    return {
        "contact": contact,
        "wishes": [(wish, told(wish), links.stop_url(site, contact, wish)) for wish in wishes],
        "others": ", ".join(queries.sites_beside(site, contact)),
        "stop_url": links.stop_url(site, contact),
    }


@page_or_post
def settings(request: Request) -> HttpResponse:
    """What concerns oneself, and when to hear of it."""
    person = request.viewer.person
    if person is None or person.contact is None:
        return redirect("me")
    given = request.POST if request.method == "POST" else None
    form = WishesForm(given, contact=person.contact, site=request.site)
    if form.is_valid():
        form.keep(person)
        messages.success(request, _("Saved. From now on e-mails come as you chose."))
        return redirect("me")
    status = 422 if form.is_bound else 200
    return render(request, "subscriptions/settings.html", {"wishes_form": form}, status=status)


@require_POST
def mute(request: Request, pk: int) -> HttpResponse:
    """No more e-mails about this comment's thread, or about what its author says."""
    comment, contact = visible_comment(request, pk), own_contact(request)
    if request.POST.get("which") == "person" and comment.person:
        services.mute_person(contact, comment.person, comment.author_name)
    else:
        services.mute_thread(contact, comment.thread)
    messages.success(request, _("No more e-mails about that. You can take it back below."))
    return redirect("me")


@require_POST
def unmute(request: Request, pk: int) -> HttpResponse:
    """Hear of a thread or a person again."""
    if not services.unmute(own_contact(request), pk):
        raise Http404
    messages.success(request, _("You hear of it again, as far as you asked for it."))
    return redirect("me")


@require_POST
def unfollow(request: Request, pk: int) -> HttpResponse:
    """Stop one's own e-mails without going through an e-mail."""
    person = request.viewer.person
    if person is None:
        raise Http404
    services.unfollow(get_object_or_404(queries.active_for(person), pk=pk), person)
    messages.success(request, _("You will get no more of these e-mails."))
    return redirect(next_of(request) or "me")


def own_contact(request: Request) -> Contact:
    """The confirmed address of whoever asks, or 404."""
    person = request.viewer.person
    if person is None or person.contact is None:
        raise Http404
    return person.contact
