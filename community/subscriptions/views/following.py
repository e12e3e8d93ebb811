"""Asking for e-mails."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.limits.pace import UNPROVEN_EMAILS
from community.sites.requests import Request
from community.subscriptions import services
from community.subscriptions.forms import FollowForm
from community.subscriptions.models import Scope, Subscription
from community.subscriptions.views.linked import page_or_post
from community.subscriptions.views.visible import next_of, visible_comment, visible_thread
from community.subscriptions.wording import wanted
from community.threads.models import Board


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
    ids = f"id_{comment.pk}_%s" if comment else "id_%s"  # it may stand below that comment
    form = FollowForm(given, wishes=offered, contact=contact, auto_id=ids)
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


def anyone(request: Request) -> Person:
    """A guest nobody has seen before, known from now on: they have just asked for something."""
    request.remember_guest = Person.objects.create()
    return request.remember_guest
