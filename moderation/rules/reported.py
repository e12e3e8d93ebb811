"""What readers have reported is not made public again by an edit."""

from django.utils.translation import gettext as _

from community.comments.models import Status
from community.comments.screening import Draft
from moderation.models import Policy, Reason, Report
from moderation.verdicts import Outcome, Verdict


def was_reported(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold new words for a comment that waits because of reports: a moderator looks first."""
    if draft.comment is None or draft.comment.status == Status.PUBLISHED:
        return None
    if not Report.objects.open().filter(comment=draft.comment).exists():
        return None
    return Verdict(Reason.REPORTED, Outcome.HOLD, _("Changed by its author since"))
