"""Soft claims: two moderators who look at the queue get different work.

A claim decides nothing, the version of a comment does. It runs out by itself, and a lone
moderator leaves none.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.comments.models import Comment
from community.sites.models import Membership
from moderation.models import Claim

# How long one looks, unless the page says that it is still open.
LOOK = timedelta(minutes=3)


def is_alone(user: User, sites: Collection[int]) -> bool:
    """Whether nobody else moderates any of these sites."""
    return not Membership.objects.filter(site__in=sites).exclude(user=user).exists()


def of_others(user: User, sites: Collection[int]) -> dict[int, str]:
    """What other moderators look at now: comment and name."""
    live = Claim.objects.live().filter(comment__site__in=sites).exclude(moderator=user)
    return dict(live.values_list("comment", "moderator__name"))


def take(user: User, comments: Iterable[Comment]) -> set[int]:
    """Look at these instead of what one looked at before; the ids that nobody else looks at.

    Of two at once the first insert wins: a claim changes hands only when it has run out.
    """
    ids = [comment.pk for comment in comments]
    until = timezone.now() + LOOK
    with transaction.atomic():
        Claim.objects.filter(moderator=user).exclude(comment__in=ids).delete()
        Claim.objects.filter(comment__in=ids, until__lte=timezone.now()).delete()
        new = [Claim(comment_id=pk, moderator=user, until=until) for pk in sorted(ids)]
        Claim.objects.bulk_create(new, ignore_conflicts=True)
        mine = Claim.objects.filter(moderator=user, comment__in=ids)
        mine.update(until=until)
        return set(mine.values_list("comment", flat=True))


def keep(user: User, ids: Iterable[int]) -> None:
    """Go on looking: the page is still open."""
    mine = Claim.objects.live().filter(moderator=user, comment__in=ids)
    mine.update(until=timezone.now() + LOOK)
