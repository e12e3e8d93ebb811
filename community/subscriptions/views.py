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
from community.comments.models import Comment
from community.contacts.models import Contact
from community.limits.pace import UNPROVEN_EMAILS
from community.sites.models import Site
from community.sites.requests import Request
from community.subscriptions import links, news, queries, services
from community.subscriptions.forms import FollowForm, WishesForm
from community.subscriptions.models import Scope, Subscription
from community.subscriptions.wording import told, told_kind, wanted
from community.threads.models import Board, Thread

TokenView = Callable[[Request, str], HttpResponse]
MOST_LISTED = 100
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


# --- choosing ---


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
        "wishes": [(told(wish), links.stop_url(site, contact, wish)) for wish in wishes],
        "stop_url": links.stop_url(site, contact),
    }


# --- asking ---


@page_or_post
def follow_thread(request: Request, pk: int) -> HttpResponse:
    """Ask for every new comment of a thread; guests give an address."""
    thread = visible_thread(request, pk)
    return follow(request, thread.title, [Subscription(scope=Scope.THREAD, thread=thread)])


@page_or_post
def follow_comment(request: Request, pk: int) -> HttpResponse:
    """Ask for the answers to a comment, for all its author writes, or for silence about either."""
    comment = visible_comment(request, pk)
    thread, author = comment.thread, comment.person
    wishes = [Subscription(scope=Scope.REPLIES, thread=thread, comment=comment)]
    if author:
        wishes.append(Subscription(scope=Scope.AUTHOR, site=request.site, author=author))
    wishes.append(Subscription(scope=Scope.THREAD, thread=thread))
    return follow(request, thread.title, wishes, comment)


@page_or_post
def follow_board(request: Request, pk: int) -> HttpResponse:
    """Ask for new topics on a board."""
    if not request.site.forum_enabled:
        raise Http404
    board = get_object_or_404(Board, site=request.site, pk=pk)
    return follow(request, board.name, [Subscription(scope=Scope.BOARD, board=board)])


def follow(
    request: Request, title: str, wishes: list[Subscription], comment: Comment | None = None
) -> HttpResponse:
    """One of these wishes, chosen and kept; guests give an address."""
    person = request.viewer.person
    contact = person.contact if person else None
    given = request.POST if request.method == "POST" else None
    offered = {str(wish.scope): wanted(Scope(wish.scope)) for wish in wishes}
    form = FollowForm(given, wishes=offered, contact=contact)
    if form.is_valid():
        chosen = form.cleaned_data.get("what") or wishes[0].scope
        wish = next(wish for wish in wishes if wish.scope == chosen)
        return keep(request, wish, form)
    context = {"title": title, "form": form, "contact": contact, "next": next_of(request)}
    context |= {"heading": heading(wishes), "comment": comment}
    status = 400 if form.is_bound else 200
    return render(request, "subscriptions/follow.html", context, status=status)


def heading(wishes: list[Subscription]) -> str:
    """What the page is about: the one thing there is to follow, or following itself."""
    return wanted(Scope(wishes[0].scope)) if len(wishes) == 1 else _("Follow by e-mail")


def keep(request: Request, wish: Subscription, form: FollowForm) -> HttpResponse:
    """Keep a wish: at once where the address is confirmed, else once its owner confirms it."""
    person, pace = request.viewer.person, form.cleaned_data["pace"]
    if person and person.contact:
        wish.contact = person.contact
        services.follow(wish, person, pace)
        messages.success(request, _("You will get these e-mails."))
        return redirect(next_of(request) or "me")
    if UNPROVEN_EMAILS.is_too_fast(request):
        return render(request, "subscriptions/too_fast.html", status=429)
    wish.contact = Contact.objects.for_address(form.cleaned_data["email"])
    services.follow(wish, person or anyone(request), pace)
    return redirect("email-on-its-way")


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


def own_contact(request: Request) -> Contact:
    """The confirmed address of whoever asks, or 404."""
    person = request.viewer.person
    if person is None or person.contact is None:
        raise Http404
    return person.contact


def visible_comment(request: Request, pk: int) -> Comment:
    """A public comment of this site, or 404."""
    comments = Comment.objects.published().filter(site=request.site)
    comment = get_object_or_404(comments.select_related("thread", "person__contact"), pk=pk)
    visible_thread(request, comment.thread_id)
    return comment


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


# --- on the site ---


@require_GET
def news_page(request: Request) -> HttpResponse:
    """What one was to hear of, read or not, and what became of the e-mails."""
    contact = contact_of_viewer(request)
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    notices, next_id = news.page(contact, request.site, before)
    context = {
        "nav": "news",
        "notices": notices,
        "next_id": next_id,
        "has_new": any(notice.is_new for notice in notices),
    }
    return render(request, "subscriptions/news.html", context)


@require_POST
def news_seen(request: Request) -> HttpResponse:
    """Count everything as read."""
    news.see_all(contact_of_viewer(request), request.site)
    return redirect("news")


def contact_of_viewer(request: Request) -> int:
    """The confirmed address of whoever asks; raises Http404 for all others, who get no news."""
    person = request.viewer.person
    if person is None or person.contact_id is None:
        raise Http404
    return person.contact_id
