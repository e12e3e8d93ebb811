"""From the form to the stored comment: draft, judgement, and what its author wished for."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from community.comments import services
from community.comments.links import foreign
from community.comments.models import Comment
from community.comments.rendering import render
from community.comments.screening import Draft, Manner, Sender, screen
from community.comments.words import fingerprint
from community.insertion import together
from community.limits.networks import address_of, network_of
from community.pages.forms import CommentForm
from community.sites.requests import Request
from community.subscriptions import services as subscriptions
from community.subscriptions.models import Scope
from community.threads import services as threads
from community.threads.models import Thread


def sender_of(request: HttpRequest) -> Sender:
    """What a request tells of its sender."""
    return Sender(
        address=address_of(request),
        browser=request.headers.get("User-Agent", "")[:400],
        referrer=request.headers.get("Referer", "")[:400],
        network=network_of(request),
    )


def draft_of(request: Request, thread: Thread, form: CommentForm) -> Draft:
    """The words of a valid form, rendered once, with whoever says them."""
    return draft_from(form, thread, sender=sender_of(request), manner=form.manner)


def draft_from(form: CommentForm, thread: Thread, *, sender: Sender, manner: Manner) -> Draft:
    """The same, whichever way the words came."""
    given, viewer = form.cleaned_data, form.viewer
    return Draft(
        site=form.site,
        thread=thread,
        parent=given["parent"],
        viewer=viewer,
        name=given.get("name") or viewer.name,
        email=given.get("email", ""),
        url=given.get("website", ""),
        source=given["body"],
        rendered=render(given["body"]),
        fingerprint=fingerprint(given["body"]),
        sender=sender,
        manner=manner,
        acknowledged=given.get("acknowledged"),
    )


def draft_of_edit(request: Request, comment: Comment, source: str) -> Draft:
    """New words for an old comment."""
    return Draft(
        site=request.site,
        thread=comment.thread,
        parent=comment.parent,
        viewer=request.viewer,
        name=comment.author_name,
        email="",
        url=comment.author_url,
        source=source,
        rendered=render(source),
        fingerprint=fingerprint(source),
        sender=sender_of(request),
        comment=comment,
    )


def draft_of_preview(request: Request, thread: Thread, given: dict[str, Any]) -> Draft:
    """Words that are still being written."""
    return Draft(
        site=request.site,
        thread=thread,
        parent=None,
        viewer=request.viewer,
        name=request.viewer.name,
        email="",
        url=given["website"],
        source=given["body"],
        rendered=render(given["body"]),
        fingerprint="",
        sender=sender_of(request),
        title=given["title"],
    )


def submit(draft: Draft, *, follow: str = "", pace: str = "") -> Comment:
    """Judge a draft, then store it with its author's wish in one transaction.

    Raises Refusal when it is not to be stored.
    """
    judged = screen(draft)
    try:
        with transaction.atomic(), together():
            if draft.thread.pk is None:
                threads.keep(draft.thread)
            comment = services.store_judged(draft, judged)
            note_wish(comment, follow, pace)
    except IntegrityError:
        # Sent twice at once: asked again, the gate knows the first and leads there.
        screen(draft)
        raise
    return comment


def note_wish(comment: Comment, follow: str, pace: str = "") -> None:
    """Keep what the author wants to hear of by e-mail, and how soon."""
    if comment.contact is None or comment.person is None:
        return
    if follow == Scope.OWN:
        subscriptions.follow_own(comment, comment.contact, comment.person, pace)
    elif follow == Scope.THREAD:
        subscriptions.follow_thread(comment.thread, comment.contact, comment.person, pace)


def adds_link(draft: Draft) -> bool:
    """Whether these words would bring a foreign link to the page; moderators may bring any."""
    links = foreign(draft.rendered.links, draft.site.hosts)
    return bool(links) and not draft.viewer.is_moderator
