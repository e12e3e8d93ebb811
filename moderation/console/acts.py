"""What moderators do: decide, decide about many, undo, close, reopen, pin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment
from community.comments.words import BadText
from community.sites.guards import moderators_only
from community.sites.requests import Request, ids_in
from community.threads import services as threads
from community.threads.models import Thread
from moderation import decisions, sanctions
from moderation.bulk import decide_all
from moderation.console import undo as undoing
from moderation.console.lists import card_page, reachable_card
from moderation.console.wishes import within_reach
from moderation.decisions import AlreadyDecided, TooLate
from moderation.models import Act, Decision, Sanction
from moderation.reasons import UnknownReason
from moderation.sanctions import may_sanction

PRESSES = {
    "approve": Act.APPROVE,
    "approve_reply": Act.APPROVE,
    "reject": Act.REJECT,
    "spam": Act.SPAM,
    "remove": Act.REMOVE,
    "keep": Act.KEEP,
    "hold": Act.HOLD,
}
BULK = {"approve": Act.APPROVE, "reject": Act.REJECT, "spam": Act.SPAM}
MOST_AT_ONCE = 500


@require_POST
@moderators_only
def decide(request: Request, pk: int) -> HttpResponse:
    """Carry out one decision about the version the moderator saw."""
    comment = get_object_or_404(within_reach(request, Comment.objects.all()), pk=pk)
    press = request.POST.get("act", "")
    reply = request.POST.get("reply", "") if press == "approve_reply" else ""
    if press == "approve_reply" and not reply.strip():
        return card_page(request, pk, error=_("Please write a reply first."), status=422)
    try:
        decision = decisions.decide(
            comment,
            act_of(press, comment),
            seen=read_version(request),
            by=request.user,
            reason=request.POST.get("reason", "").replace("\0", "").strip(),
            canned=request.POST.get("canned", ""),
            reply=reply,
            block=press == "block",
        )
    except BadText as error:
        keep_reply(request, pk, reply)
        return card_page(request, pk, error=str(error), status=422)
    except UnknownReason:
        return card_page(request, pk, error=_("Please choose a reason from the list."), status=422)
    except (StaleComment, ForbiddenMove) as conflict:
        keep_reply(request, pk, reply)
        return conflict_page(request, pk, conflict)
    forget_reply(request, pk)
    undoing.remember(request, [decision])
    if press == "block" and not may_sanction(request.user, comment.person, comment.site):
        say_not_blocked(request)
    return redirect(back(request))


def say_not_blocked(request: Request) -> None:
    """The comment is decided about; why its author still can write."""
    messages.warning(
        request,
        _(
            "The comment is decided, but its author is not blocked: moderators and "
            "administrators of the same or a higher standing cannot be blocked."
        ),
    )


def act_of(press: str, comment: Comment) -> Act:
    """What a button means; blocking an author takes the comment off the page too."""
    if press == "block":
        return Act.REMOVE if comment.is_public else Act.REJECT
    if press not in PRESSES:
        raise Http404("no such button")
    return PRESSES[press]


def read_version(request: Request) -> int:
    """The version the moderator saw; raises Http404 for a form that is not ours."""
    raw = request.POST.get("version", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise Http404("no such version")
    return int(raw)


def conflict_page(request: Request, pk: int, conflict: Exception) -> HttpResponse:
    """Say who was faster and what the comment says now."""
    context = {
        "card": reachable_card(request, pk),
        "decision": conflict.decision if isinstance(conflict, AlreadyDecided) else None,
        "nav": "moderation",
    }
    return render(request, "moderation/conflict.html", context, status=409)


@require_POST
@moderators_only
def bulk(request: Request) -> HttpResponse:
    """Decide the same about all that were ticked, each on its own."""
    act = BULK.get(request.POST.get("act", ""))
    if act is None:
        raise Http404("no such button")
    seen = dict(read_ticked(request))
    made = decide_all(within_reach(request, Comment.objects.all()), seen, act, by=request.user)
    missed = len(seen) - len(made)
    undoing.remember(request, made)
    if missed:
        sentence = ngettext(
            "%(n)s comment had changed or was decided by someone else; look again.",
            "%(n)s comments had changed or were decided by someone else; look again.",
            missed,
        )
        messages.warning(request, sentence % {"n": missed})
    return redirect(back(request))


def read_ticked(request: Request) -> list[tuple[int, int]]:
    """The ticked comments with the versions seen, at most 500; anything odd is left out."""
    pairs = [value.partition(":") for value in request.POST.getlist("comment")[:MOST_AT_ONCE]]
    return [
        (int(pk), int(version)) for pk, _colon, version in pairs if len(ids_in([pk, version])) == 2
    ]


@require_POST
@moderators_only
def undo(request: Request) -> HttpResponse:
    """Take back what was just decided; a reply goes back into its box."""
    ids = ids_in(request.POST.getlist("decision"))
    mine = Decision.objects.filter(
        pk__in=ids,
        moderator=request.user,
        comment__in=within_reach(request, Comment.objects.all()),
    )
    failed = False
    for decision in mine.select_related("comment"):
        try:
            undone = decisions.undo(decision, by=request.user)
        except (TooLate, StaleComment, ForbiddenMove, PermissionDenied):
            failed = True
        else:
            keep_reply(request, decision.comment_id, undone.reply)
    failed = not undo_sanctions(request) or failed
    request.session.pop("undo", None)
    request.session.pop("undo_sanction", None)
    return too_late_page(request) if failed else redirect(back(request))


def undo_sanctions(request: Request) -> bool:
    """Take back what was just imposed; False if that is too late."""
    ids = ids_in(request.POST.getlist("sanction"))
    try:
        for sanction in Sanction.objects.filter(pk__in=ids, site=request.site):
            sanctions.undo(sanction, request.user)
    except TooLate:
        return False
    return True


def too_late_page(request: Request) -> HttpResponse:
    """Say that ten seconds are over, or somebody has been told."""
    return render(request, "moderation/too_late.html", {"nav": "moderation"}, status=409)


@require_POST
@moderators_only
def thread_act(request: Request, pk: int) -> HttpResponse:
    """Close or reopen comments, pin a topic or let it go."""
    thread = get_object_or_404(Thread, site=request.site, pk=pk)
    match request.POST.get("act"):
        case "close":
            threads.close(thread)
        case "reopen":
            threads.reopen(thread)
        case "pin":
            threads.pin(thread, True)
        case "unpin":
            threads.pin(thread, False)
        case _:
            raise Http404("no such button")
    return redirect(back(request))


@require_POST
@moderators_only
def pin(request: Request, pk: int) -> HttpResponse:
    """Show one public comment at the top of its page, or no longer."""
    public = Comment.objects.published().filter(site=request.site)
    comment = get_object_or_404(public.select_related("thread"), pk=pk)
    pinned = request.POST.get("act") != "unpin"
    threads.pin_comment(comment.thread, comment.pk if pinned else None)
    return redirect(back(request))


def back(request: Request) -> str:
    """The page the button stood on, if it is one of ours."""
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/moderation/"


def keep_reply(request: Request, pk: int, words: str) -> None:
    """Keep a reply that was not posted, so that the card has it again."""
    if words:
        request.session["replies"] = {**request.session.get("replies", {}), str(pk): words}


def forget_reply(request: Request, pk: int) -> None:
    """Drop a kept reply once it is posted."""
    replies = dict(request.session.get("replies", {}))
    if replies.pop(str(pk), None) is not None:
        request.session["replies"] = replies
