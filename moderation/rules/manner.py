"""How a comment was written, as far as its form tells."""

from django.utils.translation import ngettext

from community.comments.screening import Draft
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict


def fills_in_traps(draft: Draft, policy: Policy) -> Verdict | None:
    """Programs fill in every field, also the one that people neither see nor reach."""
    if not (policy.trap and draft.manner.trapped):
        return None
    return Verdict(Reason.TRAP, Outcome.HOLD)


def writes_too_fast(draft: Draft, policy: Policy) -> Verdict | None:
    """Nobody writes a comment in a second. Where no script has measured, nothing is assumed."""
    seconds = draft.manner.seconds
    if seconds is None or seconds >= policy.typing_seconds:
        return None
    sentence = ngettext("%(number)d second", "%(number)d seconds", seconds)
    return Verdict(Reason.HASTE, Outcome.HOLD, sentence % {"number": seconds})


def sender_is_in_doubt(draft: Draft, policy: Policy) -> Verdict | None:
    """A From line can be written by anybody; whoever's name it bears is asked by a human."""
    if not draft.manner.doubt:
        return None
    return Verdict(Reason.SENDER, Outcome.HOLD, draft.manner.doubt)
