"""How a comment was sent: what robots do and people do not."""

from django.utils.translation import ngettext

from community.comments.screening import Draft
from moderation.facts import facts_of
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict


def fell_into_the_trap(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold what fills in the field that nobody sees."""
    if policy.trap and facts_of(draft).trapped:
        return Verdict(Reason.TRAP, Outcome.HOLD)
    return None


def was_typed_too_fast(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold what was sent sooner than a person can write it; an unknown time says nothing."""
    typed = facts_of(draft).typed
    if typed is None or typed >= policy.typing_seconds:
        return None
    return Verdict(Reason.HASTE, Outcome.HOLD, told_seconds(int(typed)))


def told_seconds(seconds: int) -> str:
    """How long somebody wrote."""
    sentence = ngettext(
        "Sent after less than %(number)d second",
        "Sent after less than %(number)d seconds",
        seconds + 1,
    )
    return sentence % {"number": seconds + 1}
