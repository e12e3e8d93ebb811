"""The same words, said by someone else before."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from community.comments.models import Comment, Status
from community.comments.screening import Draft
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict

REMEMBERED = timedelta(days=30)
# Short of this, two people say the same by themselves: “Thank you!”, “I agree.”
TELLING = 20


def says_the_same(draft: Draft, policy: Policy) -> Verdict | None:
    """Copied texts wait: spam comes in series."""
    if len(draft.rendered.text.strip()) < TELLING:
        return None
    twin = of_others(draft)
    if twin is None:
        return None
    evidence = _("Comment %(number)d by %(name)s") % {"number": twin.pk, "name": twin.author_name}
    return Verdict(Reason.SAME_TEXT, Outcome.HOLD, evidence, {"comment": str(twin.pk)})


def of_others(draft: Draft) -> Comment | None:
    """The newest comment with this text that somebody else wrote here in the last thirty days."""
    same = Comment.objects.filter(
        site=draft.site,
        fingerprint=draft.fingerprint,
        created_at__gt=timezone.now() - REMEMBERED,
    ).exclude(status=Status.WITHDRAWN)
    if draft.person:
        same = same.filter(~Q(person=draft.person) | Q(person=None))
    if draft.comment:
        same = same.exclude(pk=draft.comment.pk)
    return same.only("pk", "author_name").order_by("-pk").first()
