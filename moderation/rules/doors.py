"""What is not even stored: the sentence tells its author what to do instead."""

import math
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import Person
from community.comments.models import Comment, CommentQuerySet, Status
from community.comments.screening import Draft, Refusal
from moderation.models import Policy

NEWCOMERS_A_MINUTE = 10
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def thread_is_closed(draft: Draft, policy: Policy) -> None:
    """Nobody writes into what is closed."""
    if not draft.thread.is_open:
        raise Refusal(_("Comments are closed here. Reading is still welcome."))


def author_writes_too_fast(draft: Draft, policy: Policy) -> None:
    """Some seconds lie between two comments of one person."""
    if draft.comment or draft.viewer.is_moderator or draft.person is None:
        return
    pause = timedelta(seconds=policy.flood_seconds)
    times = written_by(draft.person, draft).order_by("-pk").values_list("created_at", flat=True)
    if last := times.first():
        insist_on(pause, since=last)


def newcomers_write_too_fast(draft: Draft, policy: Policy) -> None:
    """Ten comments a minute is what one network may send without being known."""
    if draft.comment or draft.person or not draft.sender.network:
        return
    recent = Comment.objects.filter(network=draft.sender.network, site=draft.site)
    times = recent.order_by("-pk").values_list("created_at", flat=True)
    if tenth := times[NEWCOMERS_A_MINUTE - 1 : NEWCOMERS_A_MINUTE].first():
        insist_on(MINUTE, since=tenth)


def insist_on(pause: timedelta, *, since: datetime) -> None:
    """Refuse while the pause lasts, and say how long."""
    wait = math.ceil((since + pause - timezone.now()).total_seconds())
    if wait > 0:
        sentence = ngettext(
            "That was quick. Please wait %(wait)d second, then send it again.",
            "That was quick. Please wait %(wait)d seconds, then send it again.",
            wait,
        )
        raise Refusal(sentence % {"wait": wait}, status=429, wait=wait)


def author_repeats_themselves(draft: Draft, policy: Policy) -> None:
    """Whoever sends the same words twice is led to the first."""
    if draft.comment is None:
        refuse_repeat(own_words(draft).order_by("pk").values_list("pk", flat=True).first())


def refuse_repeat(first: int | None) -> None:
    """Lead to an earlier comment, if there is one."""
    if first:
        raise Refusal(
            _("You have already written this. Here it is."), status=409, duplicate_of=first
        )


def own_words(draft: Draft) -> CommentQuerySet:
    """Comments of this author in this thread that say the same, unless deleted.

    Someone without a cookie is taken for the same by network and name, for a day.
    """
    same = Comment.objects.filter(
        site=draft.site, thread=draft.thread.pk, fingerprint=draft.fingerprint
    ).exclude(status=Status.WITHDRAWN)
    if draft.person:
        return same.filter(person=draft.person)
    if not draft.sender.network:
        return same.none()
    return same.filter(
        network=draft.sender.network,
        author_name=draft.name,
        created_at__gt=timezone.now() - DAY,
    )


def written_by(person: Person, draft: Draft) -> CommentQuerySet:
    """What someone wrote on this site."""
    return Comment.objects.filter(person=person, site=draft.site)
