"""What a sanction in force means for the next comment."""

import math
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from community.comments.models import Comment
from community.comments.screening import Draft, Refusal
from moderation import notices, sanctions
from moderation.models import Kind, Policy, Reason, Sanction
from moderation.verdicts import Outcome, Verdict


def author_is_stopped(draft: Draft, policy: Policy) -> None:
    """Whoever is suspended or blocked may read on, and hears it kindly."""
    for sanction in of_kinds(draft, Kind.BAN, Kind.SUSPEND):
        raise Refusal(notices.refusal_of(sanction))


def author_must_read(draft: Draft, policy: Policy) -> None:
    """A warning is read before the next comment; ticking its box is enough."""
    if draft.comment:
        return
    for warning in of_kinds(draft, Kind.WARN):
        if warning.pk != draft.acknowledged:
            raise Refusal(_("Please read the moderator’s words below first, and tick the box."))


def author_is_slowed_down(draft: Draft, policy: Policy) -> None:
    """A longer pause than others keep lies between two comments."""
    if draft.comment or draft.person is None:
        return
    for sanction in of_kinds(draft, Kind.SLOW):
        wait = seconds_left(draft, sanction.pause)
        if wait > 0:
            raise Refusal(notices.refusal_of(sanction), status=429, wait=wait)


def seconds_left(draft: Draft, pause: int) -> int:
    """How long this author must wait still."""
    mine = Comment.objects.filter(person=draft.person, site=draft.site)
    last = mine.order_by("-pk").values_list("created_at", flat=True).first()
    if last is None:
        return 0
    return math.ceil((last + timedelta(seconds=pause) - timezone.now()).total_seconds())


def author_is_premoderated(draft: Draft, policy: Policy) -> Verdict | None:
    """Everything this author writes waits for a moderator."""
    found = of_kinds(draft, Kind.PREMODERATE)
    return Verdict(Reason.SANCTION, Outcome.HOLD, evidence_of(found[0])) if found else None


def evidence_of(sanction: Sanction) -> str:
    """By what the author was known, and why it was imposed."""
    return ": ".join(filter(None, [str(sanction.get_reach_display()), sanction.reason]))


def of_kinds(draft: Draft, *kinds: Kind) -> list[Sanction]:
    """What of these kinds is in force for this draft."""
    return [sanction for sanction in sanctions.applying_to(draft) if sanction.kind in kinds]
