"""E-mails that may have arrived: their answer was lost twice, and a human decides about them.

Parts of a digest are never handed over alone: their digest stands here for them.
"""

from django.db import transaction

from community.mail.models import MailState
from community.mail.services import SEND_TASK
from community.outbox.services import nudge
from community.sites.models import Site
from community.subscriptions.models import Delivery, DeliveryQuerySet, Digest, DigestQuerySet


def deliveries(site: Site) -> DeliveryQuerySet:
    """E-mails about one comment of this site."""
    return Delivery.objects.in_doubt().filter(comment__site=site, digest=None)


def digests(site: Site) -> DigestQuerySet:
    """E-mails about several comments of this site."""
    return Digest.objects.in_doubt().filter(site=site)


@transaction.atomic
def send_once_more(alone: DeliveryQuerySet, together: DigestQuerySet) -> int:
    """Hand these over once more, under the Message-ID they had; how many that were."""
    parts = Delivery.objects.filter(digest__in=together, state=MailState.UNKNOWN)
    parts.update(state=MailState.GATHERED, finished_at=None)
    transaction.on_commit(lambda: nudge(SEND_TASK), robust=True)
    return alone.send_once_more() + together.send_once_more()


def leave(alone: DeliveryQuerySet, together: DigestQuerySet) -> int:
    """Take it that these have arrived; how many that were."""
    return alone.leave() + together.leave()
