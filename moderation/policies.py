"""Which policy holds, and how another one takes its place."""

from bisect import bisect_right
from copy import copy
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from community.accounts.models import User
from community.prepared import Parameter, Prepared
from community.sites.models import Site
from community.threads.models import Thread
from moderation.models import Policy, ThreadPolicy

# What one policy may hold differently from another, in the order in which people read it.
VALUES = (
    "first_comments",
    "link_threshold",
    "hold_everything",
    "moderation_words",
    "disallowed_words",
    "allowed_domains",
    "denied_domains",
    "account_age_days",
    "flood_seconds",
    "trap",
    "typing_seconds",
    "learned_filter",
    "spam_waits",
)
# No row has this id.
NO_THREAD = 0
OVERRIDES = ("hold_everything", "link_threshold")

# When each version of a site came into force, the oldest first.
History = list[tuple[datetime, int]]


class Changed(Exception):
    """Somebody else has saved a policy since this one was opened; `now` is theirs."""

    def __init__(self, now: Policy) -> None:
        super().__init__(now)
        self.now = now


def newest(site: Parameter, thread: Parameter) -> QuerySet[Policy, tuple[int, datetime, int]]:
    """The newest policy of a site, and what bends it under a thread."""
    under = ThreadPolicy.objects.filter(thread=thread, thread__site=OuterRef("site"))
    bend = Subquery(under.order_by("-number").values("pk")[:1])
    saved = Policy.objects.saved().filter(site=site).annotate(bend=bend)
    return saved.values_list("pk", "made_at", "bend").order_by("-number")[:1]


NEWEST = Prepared(newest, "site", "thread")


def in_force(site: Site, thread: Thread | None = None) -> Policy:
    """The policy that holds on a site, or under one of its threads.

    Which one that is, is asked each time; what it says never changes and is kept in memory.
    """
    known = thread.pk if thread and thread.pk else NO_THREAD
    found = NEWEST.first(site=site.pk, thread=known)
    if found is None:
        return copy(Policy.objects.get_or_create(site=site, number=1)[0])
    return bent(copy(kept(found[0], found[1])), found[2])


@lru_cache(maxsize=64)
def kept(pk: int, made_at: datetime) -> Policy:
    """One version as it was saved; the moment tells it from a row that was rolled back."""
    return Policy.objects.get(pk=pk, made_at=made_at)


def bent(policy: Policy, under: int | None) -> Policy:
    """The policy with what holds otherwise under one thread."""
    if under is None:
        return policy
    return bent_by(policy, ThreadPolicy.objects.get(pk=under))


def bent_by(policy: Policy, under: ThreadPolicy) -> Policy:
    """The policy with these values over its own."""
    policy.under = under
    for name in OVERRIDES:
        value = getattr(policy.under, name)
        if value is not None:
            setattr(policy, name, value)
    return policy


def current(site: Site) -> Policy:
    """The whole site's policy."""
    return in_force(site)


def history(site: Site) -> History:
    """All versions a site has had in force."""
    rows = Policy.objects.saved().filter(site=site).order_by("number")
    return [(since, number) for since, number in rows.values_list("made_at", "number") if number]


def number_at(versions: History, at: datetime) -> int | None:
    """The version that held at a moment; None for a time from which no version is known."""
    begun = bisect_right(versions, at, key=itemgetter(0))
    return versions[begun - 1][1] if begun else None


def save(policy: Policy, *, seen: int, by: User | None) -> Policy:
    """Put these values in force as a new version.

    Raises Changed if another version than `seen` holds: of two who save at once one wins.
    """
    version = fresh(policy)
    version.number, version.made_by = seen + 1, by
    now = current(policy.site)
    if now.number != seen:
        raise Changed(now)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        raise Changed(current(policy.site)) from error
    return version


def fresh(policy: Policy) -> Policy:
    """A new row with the same values, not in force."""
    values = {name: getattr(policy, name) for name in VALUES}
    return Policy(site=policy.site, made_at=timezone.now(), **values)


def under(thread: Thread) -> ThreadPolicy:
    """What holds otherwise under a thread: the newest row, or one that says nothing yet."""
    newest = ThreadPolicy.objects.filter(thread=thread).order_by("-number").first()
    return newest or ThreadPolicy(thread=thread, number=0)


def bend(policy: ThreadPolicy, *, seen: int, by: User | None) -> ThreadPolicy:
    """Let other values hold under a thread, as a new version of what holds there.

    Raises IntegrityError if somebody else has saved since version `seen`.
    """
    values = {name: getattr(policy, name) for name in OVERRIDES}
    with transaction.atomic():
        return ThreadPolicy.objects.create(
            thread=policy.thread, number=seen + 1, made_by=by, **values
        )


def differences(one: Policy, other: Policy) -> list[str]:
    """The names of the values in which two policies differ."""
    return [name for name in VALUES if getattr(one, name) != getattr(other, name)]
