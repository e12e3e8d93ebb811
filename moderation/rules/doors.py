"""What is not even stored: the sentence tells its author what to do instead."""

import math
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.models import Comment, Status
from community.comments.screening import Draft, Refusal
from community.prepared import Parameter, Prepared
from moderation.models import Policy
from moderation.rules import texts

NEWCOMERS_A_MINUTE = 10
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# No row has this id.
NO_THREAD = 0


def thread_is_closed(draft: Draft, policy: Policy) -> None:
    """Nobody writes into what is closed."""
    if not draft.thread.is_open:
        raise Refusal(_("Comments are closed here. Reading is still welcome."))


def author_writes_too_fast(draft: Draft, policy: Policy) -> None:
    """Some seconds lie between two comments of one person."""
    if draft.comment or draft.viewer.is_moderator or draft.person is None:
        return
    pause = timedelta(seconds=policy.flood_seconds)
    if last := LAST_TIME.first(person=draft.person.pk, site=draft.site.pk):
        insist_on(pause, since=last)


def last_time(person: Parameter, site: Parameter) -> QuerySet[Comment, datetime]:
    """When somebody last wrote on a site."""
    theirs = Comment.objects.filter(person=person, site=site).order_by("-pk")
    return theirs.values_list("created_at", flat=True)[:1]


LAST_TIME = Prepared(last_time, "person", "site")


def newcomers_write_too_fast(draft: Draft, policy: Policy) -> None:
    """Ten comments a minute is what one network may send without being known."""
    if draft.comment or draft.person or not draft.sender.network:
        return
    if tenth := TENTH_TIME.first(network=draft.sender.network, site=draft.site.pk):
        insist_on(MINUTE, since=tenth)


def tenth_time(network: Parameter, site: Parameter) -> QuerySet[Comment, datetime]:
    """When the tenth last comment of a network was written."""
    recent = Comment.objects.filter(network=network, site=site).order_by("-pk")
    recent = recent.exclude(network="")  # the index knows no others
    times = recent.values_list("created_at", flat=True)
    return times[NEWCOMERS_A_MINUTE - 1 : NEWCOMERS_A_MINUTE]


TENTH_TIME = Prepared(tenth_time, "network", "site")


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
        refuse_repeat(first_of_own(draft))


def refuse_repeat(first: int | None) -> None:
    """Lead to an earlier comment, if there is one."""
    if first:
        raise Refusal(
            _("You have already written this. Here it is."), status=409, duplicate_of=first
        )


def first_of_own(draft: Draft) -> int | None:
    """The first comment of this author in this thread that says the same, unless deleted.

    Someone without a cookie is taken for the same by network and name, for a day; what nobody has
    said need not be looked for among what they have said.
    """
    same = {
        "site": draft.site.pk,
        "thread": draft.thread.pk or NO_THREAD,
        "words": draft.fingerprint,
    }
    if draft.person:
        return OF_PERSON.first(**same, person=draft.person.pk)
    if not draft.sender.network or texts.of_others(draft) is None:
        return None
    day_ago = timezone.now() - DAY
    return OF_NETWORK.first(**same, network=draft.sender.network, name=draft.name, since=day_ago)


def of_person(**wanted: Parameter) -> QuerySet[Comment, int]:
    """The first with these words by one person."""
    return first_with(wanted).filter(person=wanted["person"])[:1]


def of_network(**wanted: Parameter) -> QuerySet[Comment, int]:
    """The first with these words from one network under one name."""
    rows = first_with(wanted).filter(network=wanted["network"], author_name=wanted["name"])
    return rows.filter(created_at__gt=wanted["since"])[:1]


def first_with(wanted: dict[str, Parameter]) -> QuerySet[Comment, int]:
    """Comments in a thread with the same words, unless deleted."""
    same = Comment.objects.filter(
        site=wanted["site"], thread=wanted["thread"], fingerprint=wanted["words"]
    )
    kept = same.exclude(status=Status.WITHDRAWN).order_by("pk")
    return kept.values_list("pk", flat=True)


OF_PERSON = Prepared(of_person, "site", "thread", "words", "person")
OF_NETWORK = Prepared(of_network, "site", "thread", "words", "network", "name", "since")
