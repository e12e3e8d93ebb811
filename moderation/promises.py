"""The time in which moderators mean to answer, and one e-mail to them when it is over."""

from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.comments.models import QUEUED, Comment, CommentQuerySet
from community.mail import services as mail
from community.sites.models import Site
from community.subscriptions import speaking
from moderation.alerts import moderators_of
from moderation.models import Alert
from moderation.queue.lists import count


def tell_late() -> int:
    """Look after every site that promises a time; how many had to be told."""
    return sum(tell_if_late(site) for site in Site.objects.exclude(answer_hours=0))


def overdue(site: Site) -> CommentQuerySet:
    """What waits for longer than the site means to let anyone wait."""
    limit = timezone.now() - timedelta(hours=site.answer_hours)
    return Comment.objects.filter(QUEUED, site=site, waits_since__lt=limit)


@transaction.atomic
def tell_if_late(site: Site) -> bool:
    """Write to the moderators when something begins to be late; not again while that lasts.

    It ends when nothing is late any more, at the earliest after as long as was promised: one
    comment after the other running late is one breach.
    """
    told = Alert.objects.filter(site=site)
    if not overdue(site).exists():
        over = timezone.now() - timedelta(hours=site.answer_hours)
        told.filter(late_told_at__lt=over).update(late_told_at=None)
        return False
    Alert.objects.get_or_create(site=site)
    # Two workers at once: only one finds it untold.
    if not told.filter(late_told_at=None).update(late_told_at=timezone.now()):
        return False
    number = count(overdue(site))
    for member in moderators_of(site):
        write(site, member.user, number)
    return True


def write(site: Site, user: User, number: int) -> None:
    """Put one moderator's e-mail on its way."""
    with speaking.to_moderator(user, site):
        context = {
            "site": site,
            "user": user,
            "number": number,
            "hours": site.answer_hours,
            "queue_url": site.url(reverse("moderation")),
        }
        mail.post(
            kind="moderation",
            to=user.email,
            sender_name=site.name,
            subject=_("Comments wait for too long – %(site)s") % {"site": site.name},
            text=render_to_string("mail/moderation/late.txt", context),
            html=render_to_string("mail/moderation/late.html", context),
        )
