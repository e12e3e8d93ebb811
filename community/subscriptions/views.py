"""Pages behind the links in e-mails, and asking for e-mails."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.accounts.models import Person
from community.articles.models import Article
from community.contacts.models import Contact
from community.limits.pace import UNPROVEN_EMAILS
from community.sites.requests import Request
from community.subscriptions import links, queries, services
from community.subscriptions.forms import AddressForm
from community.subscriptions.models import Scope, Subscription
from community.subscriptions.wording import told, told_kind
from community.threads.models import Thread

TokenView = Callable[[Request, str], HttpResponse]
page_or_post = require_http_methods(["GET", "HEAD", "POST"])


def behind_link(view: TokenView) -> TokenView:
    """A page that whoever has the link may open: kept out of caches, its address told to nobody.

    “same-origin” and not “no-referrer”, under which browsers hide the origin from our own form.
    """

    @wraps(view)
    def wrapped(request: Request, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except links.BrokenLink:
            response = render(request, "subscriptions/broken.html", status=404)
        except links.ExpiredLink:
            response = render(request, "subscriptions/expired.html", status=410)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


# --- confirming ---


@behind_link
@page_or_post
def confirm(request: Request, token: str) -> HttpResponse:
    """The button that says: this address is mine."""
    try:
        contact, person = parties(links.read(links.CONFIRM, token, links.CONFIRM_WITHIN))
    except links.ExpiredLink:
        return render(request, "subscriptions/expired.html", {"token": token}, status=410)
    if request.method != "POST":
        return render(request, "subscriptions/confirm.html", {"token": token})
    services.confirm(contact, person)
    know(request, person)
    return redirect("email-confirmed")


@require_GET
def confirmed(request: Request) -> HttpResponse:
    """What happens next."""
    return render(request, "subscriptions/confirmed.html")


@behind_link
@require_POST
def confirm_again(request: Request, token: str) -> HttpResponse:
    """A new link in place of one that has expired."""
    contact, person = parties(links.read(links.CONFIRM, token))
    services.request_confirmation(contact, person, request.site)
    return redirect("email-on-its-way")


@require_POST
def ask(request: Request) -> HttpResponse:
    """Send the confirmation (again) to the address with which one last wrote or asked."""
    person = request.viewer.person
    contact = queries.unproven_contact_of(person) if person else None
    if person and contact:
        services.request_confirmation(contact, person, request.site)
    return redirect("email-on-its-way")


@require_POST
def try_again(request: Request) -> HttpResponse:
    """Write again to an address that did not work, since its owner says it does."""
    person = request.viewer.person
    contact = queries.address_of(person) if person else None
    if person and contact and services.try_again(contact, person, request.site):
        messages.success(request, _("Thank you. The next e-mail goes to your address again."))
    return redirect(next_of(request) or "me")


@require_GET
def on_its_way(request: Request) -> HttpResponse:
    """Look into your inbox; the same words whether or not an e-mail was due."""
    return render(request, "subscriptions/on_its_way.html")


@behind_link
@page_or_post
def device(request: Request, token: str) -> HttpResponse:
    """The button that makes this browser know a guest who has confirmed their address."""
    contact, person = parties(links.read(links.DEVICE, token, links.DEVICE_WITHIN))
    if person.contact_id != contact.pk or person.is_member:
        raise links.BrokenLink
    if request.method != "POST":
        return render(request, "subscriptions/device.html", {"token": token})
    know(request, person)
    return redirect("me")


def parties(claim: links.Claim) -> tuple[Contact, Person]:
    """Whose address it is, and who says to be them; raises BrokenLink if one has been erased."""
    contact = Contact.objects.filter(pk=claim.contact).first()
    person = Person.objects.filter(pk=claim.other).first()
    if contact is None or person is None:
        raise links.BrokenLink
    return contact, person


def know(request: Request, person: Person) -> None:
    """Let this browser be known as a guest, unless a member is logged in."""
    if not person.is_member and not request.viewer.is_member:
        request.remember_guest = person


# --- stopping ---


@csrf_exempt  # the link itself is the proof; mail programs post to it without any cookie
@behind_link
@page_or_post
def stop(request: Request, token: str) -> HttpResponse:
    """Stop these e-mails, all of their kind, or all; a mail program posts here as well."""
    claim = links.read(links.STOP, token)
    contact = Contact.objects.filter(pk=claim.contact).first()
    wish = Subscription.objects.filter(pk=claim.other).select_related(*queries.BESIDE).first()
    if request.method != "POST":
        context = {
            "contact": contact,
            "wish": wish,
            "told": told(wish) if wish else "",
            "kind": told_kind(Scope(wish.scope)) if wish else "",
            "token": token,
        }
        return render(request, "subscriptions/stop.html", context)
    if contact:
        stop_as_asked(contact, wish, request.POST.get("which", "these"))
    if request.POST.get("List-Unsubscribe") == "One-Click":  # RFC 8058: one step, no redirect
        return HttpResponse(_("You will get no more of these e-mails."), "text/plain")
    return redirect("email-stop", token)


def stop_as_asked(contact: Contact, wish: Subscription | None, which: str) -> None:
    """End one wish, all of its kind, or all where that is asked or the link is about none."""
    if which == "all" or wish is None:
        services.stop_all(contact)
    elif which == "kind":
        services.stop_kind(contact, Scope(wish.scope))
    else:
        services.stop(wish)


# --- asking ---


@page_or_post
def follow_thread(request: Request, pk: int) -> HttpResponse:
    """Ask for every new comment of a thread; guests give an address."""
    thread = visible_thread(request, pk)
    person = request.viewer.person
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and person and person.contact:
        return follow_at_once(request, thread, person, person.contact)
    if form.is_valid():
        return follow_once_confirmed(request, thread, form.cleaned_data["email"])
    context = {"thread": thread, "form": form, "person": person, "next": next_of(request)}
    status = 400 if form.is_bound else 200
    return render(request, "subscriptions/follow.html", context, status=status)


def follow_at_once(
    request: Request, thread: Thread, person: Person, contact: Contact
) -> HttpResponse:
    """Keep the wish of someone whose address is confirmed."""
    services.follow_thread(thread, contact, person)
    messages.success(request, _("You will get an e-mail for every new comment here."))
    return redirect(next_of(request) or "me")


def follow_once_confirmed(request: Request, thread: Thread, address: str) -> HttpResponse:
    """Keep the wish of someone who typed an address, which its owner has to confirm."""
    if UNPROVEN_EMAILS.is_too_fast(request):
        return render(request, "subscriptions/too_fast.html", status=429)
    person = request.viewer.person or anyone(request)
    services.follow_thread(thread, Contact.objects.for_address(address), person)
    return redirect("email-on-its-way")


def anyone(request: Request) -> Person:
    """A guest nobody has seen before, known from now on: they have just asked for something."""
    request.remember_guest = Person.objects.create()
    return request.remember_guest


def visible_thread(request: Request, pk: int) -> Thread:
    """A thread of this site that everyone may see, or 404."""
    threads = Thread.objects.listed().filter(site=request.site)
    thread = get_object_or_404(threads, pk=pk)
    if thread.article_id and not Article.objects.public().filter(pk=thread.article_id).exists():
        raise Http404
    return thread


@require_POST
def unfollow(request: Request, pk: int) -> HttpResponse:
    """Stop one's own e-mails without going through an e-mail."""
    person = request.viewer.person
    if person is None:
        raise Http404
    services.unfollow(get_object_or_404(queries.active_for(person), pk=pk), person)
    messages.success(request, _("You will get no more of these e-mails."))
    return redirect(next_of(request) or "me")


def next_of(request: Request) -> str:
    """The page of ours to go back to, if the form names one."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(given, {request.get_host()}, request.is_secure())
    return given if is_ours else ""
