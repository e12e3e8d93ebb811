"""What one does with comments: write, answer, edit, delete, vote, find."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from community.accounts.models import Person
from community.comments import lifecycle, policies, queries, services
from community.comments.models import Comment, CommentQuerySet
from community.comments.screening import Refusal
from community.comments.standing import standing_of
from community.consent import details
from community.edge.declarations import public, shows
from community.limits.networks import network_of
from community.limits.pace import NEW_VOTERS
from community.pages import submission
from community.pages.addresses import (
    branch_address,
    comment_address,
    new_comment_address,
    thread_address,
)
from community.pages.empty import initial_of
from community.pages.forms import NOTHING, CommentForm, EditForm
from community.pages.shown import Presenter
from community.pages.threads import note_seen, read_cursor
from community.prepared import Parameter, Prepared
from community.sites.requests import Request
from community.sites.viewers import ANYONE, Viewer
from community.threads.models import Thread
from community.votes import services as votes


def listed(site: Parameter, pk: Parameter, now: Parameter) -> QuerySet[Thread]:
    """A thread of a site that everyone may see."""
    rows = Thread.objects.listed(now).select_related("article", "board")
    return rows.filter(site=site, pk=pk)


ON_ITS_WAY = gettext_lazy(
    "An e-mail with a button is on its way. Press the button within seven days, and your "
    "address is confirmed. If it is confirmed already, nothing more is needed."
)
LISTED = Prepared[Thread](listed, "site", "pk", "now")


def public_comment(site: Parameter, pk: Parameter, now: Parameter) -> CommentQuerySet:
    """A comment of a site that everybody may see."""
    rows = Comment.objects.visible_to(ANYONE, now)
    return with_surroundings(rows).filter(site=site, pk=pk)


def with_surroundings(rows: CommentQuerySet) -> CommentQuerySet:
    """These comments with what decides where they stand."""
    return rows.select_related("thread__article", "thread__board", "root")


PUBLIC = Prepared[Comment](public_comment, "site", "pk", "now")


def comment_form(
    request: Request, thread: Thread, *, parent: Comment | None = None, data: Any = None
) -> CommentForm:
    """The form of a thread, filled with what this visitor asked us to remember."""
    initial = initial_of(request)
    if parent is not None:
        initial["parent"] = parent.pk
    return CommentForm(
        data, site=request.site, viewer=request.viewer, thread=thread, initial=initial
    )


def ids_below(comment: Comment) -> str:
    """Ids for the fields of a form that may stand below a comment, on a page with other forms."""
    return f"id_{comment.pk}_%s"


def visible_comment(request: Request, pk: int) -> Comment:
    """A comment of this site that this viewer may see; raises Http404 otherwise.

    Nearly always everybody may, which is asked at a fifth of the cost.
    """
    found = PUBLIC.first(site=request.site.pk, pk=pk, now=timezone.now())
    if found is not None:
        return found
    rows = Comment.objects.visible_to(request.viewer).filter(site=request.site)
    return get_object_or_404(with_surroundings(rows), pk=pk)


def thread_of(request: Request, pk: int) -> Thread:
    """A thread of this site that everyone may see; raises Http404 otherwise."""
    found = LISTED.first(site=request.site.pk, pk=pk, now=timezone.now())
    if found is None:
        raise Http404("no such thread")
    return found


@require_POST
def new(request: Request, pk: int) -> HttpResponse:
    """Post a comment into a thread."""
    return post_comment(request, thread_of(request, pk))


def post_comment(request: Request, thread: Thread) -> HttpResponse:
    """Take what was written: store it and lead its author there, or say what is wrong."""
    form = comment_form(request, thread, data=request.POST)
    if not form.is_valid():
        return form_again(request, thread, form, status=422)
    try:
        draft = submission.draft_of(request, thread, form)
        given = form.cleaned_data
        comment = submission.submit(draft, follow=given["follow"], pace=given["pace"])
    except Refusal as refusal:
        return refused(request, thread, form, refusal)
    return posted(request, comment, form)


def posted(request: Request, comment: Comment, form: CommentForm) -> HttpResponse:
    """Lead an author to the new comment, and know them again."""
    know_again(request, comment.person)
    if awaits_confirmation(comment, form):
        messages.info(request, ON_ITS_WAY)
    if request.headers.get("HX-Request"):
        response = fragment(request, comment)
    else:
        response = redirect(new_comment_address(comment))
    details.keep(request, response, form.cleaned_data)
    return response


def awaits_confirmation(comment: Comment, form: CommentForm) -> bool:
    """Whether its author asked for e-mails to an address that nobody has confirmed as theirs."""
    if comment.person is None or form.cleaned_data["follow"] == NOTHING:
        return False
    return comment.contact_id not in (None, comment.person.contact_id)


def fragment(request: Request, comment: Comment) -> HttpResponse:
    """The new comment alone, for a script to put in its place."""
    viewer = Viewer(comment.person, request.viewer.user, request.viewer.role)
    shown = Presenter(comment.thread, viewer, [comment]).show(comment)
    context = {"shown": shown, "notices": messages.get_messages(request)}
    return render(request, "comments/_posted.html", context)


def know_again(request: Request, person: Person | None) -> None:
    """Set the guest's cookie with the answer, unless they are logged in."""
    if person is not None and not person.is_member:
        request.remember_guest = person


def refused(request: Request, thread: Thread, form: CommentForm, refusal: Refusal) -> HttpResponse:
    """Say why nothing was stored; the words stay in the form."""
    if refusal.duplicate_of is not None:
        messages.info(request, refusal.sentence)
        return lead_to(request, refusal.duplicate_of)
    form.add_error(None, refusal.sentence)
    return retry_after(form_again(request, thread, form, status=refusal.status), refusal)


def lead_to(request: Request, pk: int) -> HttpResponse:
    """Lead to a comment's place; a script is told the address, since it would lose the anchor."""
    address = reverse("comment", args=[pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def retry_after(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Say when to try again, where it is a matter of waiting. RFC 9110, 10.2.3."""
    if refusal.wait:
        response["Retry-After"] = str(refusal.wait)
    return response


def form_again(request: Request, thread: Thread, form: CommentForm, *, status: int) -> HttpResponse:
    """The form alone with its words and what is wrong with them."""
    number = form.data.get("parent", "")
    rows = Comment.objects.published().filter(thread=thread.pk)
    parent = rows.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    form.auto_id = ids_below(parent) if parent else form.auto_id
    context = {
        "form": form,
        "comment": parent,
        "thread": thread,
        "post_url": request.get_full_path(),
        "back_url": thread_address(thread),
        "is_known": queries.is_known(request.viewer),
    }
    template = "comments/reply.html" if parent else "comments/write.html"
    return render(request, template, context, status=status)


@public()
@require_safe
def reply(request: Request, pk: int) -> HttpResponse:
    """The form to answer one comment."""
    comment = visible_comment(request, pk)
    shows(request, comment.thread)
    if not policies.may_reply(comment.thread, comment):
        raise Http404("nobody can answer this")
    form = comment_form(request, comment.thread, parent=comment)
    form.auto_id = ids_below(comment)
    context = {
        "form": form,
        "comment": comment,
        "thread": comment.thread,
        "is_known": queries.is_known(request.viewer),
    }
    return render(request, "comments/reply.html", context)


@require_GET
def permalink(request: Request, pk: int) -> HttpResponse:
    """Lead to the page on which a comment stands."""
    try:
        comment = visible_comment(request, pk)
    except Http404:
        return render(request, "comments/unknown.html", status=404)
    return redirect(comment_address(comment))


@public("after")
@require_safe
def replies(request: Request, pk: int) -> HttpResponse:
    """A big branch, paged inside itself."""
    listed = Comment.objects.filter(
        site=request.site, listed=True, parent=None, thread__in=Thread.objects.listed()
    )
    root = get_object_or_404(listed.select_related("thread", "thread__article"), pk=pk)
    shows(request, root.thread)
    behind = reply_behind(request, root)
    found, last = queries.branch_page(root, behind, request.viewer)
    note_seen(request.viewer, [root, *found])
    presenter = Presenter(root.thread, request.viewer, [root, *found])
    shown_root = presenter.show(root)
    context = {
        "root": shown_root,
        "only_root": [shown_root],
        "items": [presenter.show(comment) for comment in found],
        "next_url": branch_address(root, last) if last else "",
        "article_url": thread_address(root.thread),
        "title": root.thread.title,
    }
    return render(request, "comments/replies.html", context)


def reply_behind(request: Request, root: Comment) -> Comment | None:
    """The reply behind which a page of a branch begins; raises Http404 for one of another."""
    number = read_cursor(request)
    return get_object_or_404(Comment, pk=number, root=root) if number is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change one's own words; a link is warned of before it takes the comment off the page."""
    comment = visible_comment(request, pk)
    if not policies.may_edit(request.viewer, comment):
        raise PermissionDenied(
            _("A comment can be edited for 15 minutes, and only until someone has answered.")
        )
    initial = {"body": comment.body, "version": comment.version}
    form = EditForm(request.POST or None, initial=initial, auto_id=ids_below(comment))
    if request.method != "POST":
        return edit_page(request, comment, form)
    if not form.is_valid():
        return edit_page(request, comment, form, status=422)
    return save_edit(request, comment, form)


def save_edit(request: Request, comment: Comment, form: EditForm) -> HttpResponse:
    """Store new words, or say what stands in the way."""
    draft = submission.draft_of_edit(request, comment, form.cleaned_data["body"])
    if comment.is_public and not form.cleaned_data["confirmed"] and submission.adds_link(draft):
        warning = _("With this link your comment leaves the page until a moderator has looked.")
        return edit_page(request, comment, form, warning=warning)
    try:
        services.edit(comment, draft, seen=form.cleaned_data["version"])
    except Refusal as refusal:
        form.add_error("body", refusal.sentence)
        return edit_page(request, comment, form, status=refusal.status)
    except lifecycle.StaleComment:
        form.add_error(None, _("This comment has changed meanwhile. Please look again."))
        return edit_page(request, comment, form, status=409)
    return redirect(comment_address(comment))


def edit_page(
    request: Request, comment: Comment, form: EditForm, *, warning: str = "", status: int = 200
) -> HttpResponse:
    """The form with one's own words."""
    context = {"form": form, "comment": comment, "warning": warning}
    return render(request, "comments/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, pk: int) -> HttpResponse:
    """Take back one's own comment, after asking."""
    comment = visible_comment(request, pk)
    if not policies.may_delete(request.viewer, comment):
        raise PermissionDenied(_("Only its author can delete a comment."))
    if request.method != "POST":
        return render(request, "comments/delete.html", {"comment": comment})
    address = thread_address(comment.thread)
    services.delete(comment)
    messages.success(request, _("Your comment is deleted."))
    return redirect(f"{address}#comments")


@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    """Vote on a public comment, flip a vote, or undo it."""
    comment = visible_comment(request, pk)
    value = request.POST.get("value")
    if value not in ("1", "-1"):
        return HttpResponse(_("A vote is up or down."), status=422)
    if not policies.may_vote(request.viewer, comment):
        raise PermissionDenied(_("One cannot vote on this comment."))
    if not standing_of(request.viewer, request.site, network_of(request)).may_write:
        raise PermissionDenied(_("You cannot write or vote here at the moment."))
    if request.viewer.person is None and NEW_VOTERS.is_too_fast(request):
        return HttpResponse(
            _("Too many votes from your network. Please try again in an hour."),
            status=429,
            headers={"Retry-After": "3600"},
        )
    person = request.viewer.person or Person()
    try:
        votes.press(comment, person, int(value))
    except Comment.DoesNotExist as error:
        raise Http404("it is not public any more") from error
    know_again(request, person)
    return voted(request, comment, person)


def voted(request: Request, comment: Comment, person: Person) -> HttpResponse:
    """The new score in place, or the page again."""
    if not request.headers.get("HX-Request"):
        return redirect(comment_address(comment))
    comment.refresh_from_db()
    viewer = Viewer(person, request.viewer.user, request.viewer.role)
    shown = Presenter(comment.thread, viewer, [comment]).show(comment)
    request.personal = True  # whoever votes for the first time is known from now on
    return render(request, "comments/_voted.html", {"shown": shown})
