"""Why an e-mail about a comment must not leave, asked in the moment of sending."""

from collections.abc import Callable
from functools import cache

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Status
from community.comments.standing import is_banned
from community.sites.models import Site
from community.subscriptions.models import Delivery, Mute, Pace, Unwanted
from community.subscriptions.timing import is_over

_MUTES = Mute.objects.filter(contact=OuterRef("contact"))
_AUTHOR = Q(person=OuterRef("comment__person")) | Q(
    person__contact=OuterRef("comment__person__contact")
)
# The first that is true is told.
AGAINST: dict[Unwanted, Q | Combinable] = {
    Unwanted.COMMENT: ~Q(comment__status=Status.PUBLISHED),
    Unwanted.ARTICLE: Q(comment__thread__article__is_published=False),
    Unwanted.STOPPED: Q(subscription__ended_at__isnull=False)
    | Q(subscription__confirmed_at__isnull=True),
    Unwanted.PAUSED: Q(contact__paused_at__isnull=False),
    Unwanted.SEEN: Q(seen_at__isnull=False),
    Unwanted.THREAD_MUTED: Exists(_MUTES.filter(thread=OuterRef("comment__thread"))),
    Unwanted.PERSON_MUTED: Exists(_MUTES.filter(_AUTHOR)),
}


def obstacle(delivery: Delivery) -> str:
    """The code of the first reason against sending; empty if there is none.

    One query for all that may have changed since the row was written, one more for the author.
    """
    return obstacles([delivery]).get(delivery.pk, "")


def obstacles(deliveries: list[Delivery]) -> dict[int, str]:
    """The reasons against sending, by the row they are true of."""
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    found = dict(rows.values_list("pk", first_reason()))
    banned = cache(is_banned)  # asked once for each author of these
    for delivery in deliveries:
        found[delivery.pk] = found.get(delivery.pk) or elsewhere(delivery, banned)
    return {pk: code for pk, code in found.items() if code}


def elsewhere(delivery: Delivery, banned: Callable[[Person, Site], bool]) -> str:
    """What speaks against sending beside what the database says."""
    if is_over(Pace(delivery.pace), delivery.created_at, timezone.now()):
        return Unwanted.LATE.value
    comment = delivery.comment
    # Somebody may not write any more.
    is_theirs = comment.person is not None and banned(comment.person, comment.site)
    return Unwanted.BANNED.value if is_theirs else ""


def first_reason() -> Case:
    """One expression that names the first of all reasons that holds, or nothing."""
    whens = [When(condition, then=Value(code.value)) for code, condition in AGAINST.items()]
    return Case(*whens, default=Value(""))
