"""How much speaks against a comment, as one plain number: each reason has a weight, they add up."""

from collections.abc import Iterable
from typing import Protocol

from moderation.models import Reason

MOST = 100
# What a reason weighs, from 0 (waits for form's sake) to 100 (hardly ever published).
WEIGHTS: dict[str, int] = {
    Reason.EVERYTHING: 1,
    Reason.FIRST: 5,
    Reason.YOUNG: 5,
    Reason.UNJUDGED: 10,
    Reason.SANCTION: 10,
    Reason.DOUBT: 15,
    Reason.LINK: 20,
    Reason.SAME_TEXT: 30,
    Reason.WORD: 30,
    Reason.HASTE: 30,
    Reason.SENDER: 20,
    Reason.LEARNED: 40,
    Reason.TRAP: 50,
    Reason.AKISMET: 50,
    Reason.DISALLOWED: 60,
    Reason.DENIED: 60,
    Reason.REPORTED: 70,
}
# A check that did not answer says little; a reason nobody has weighed yet counts by its outcome.
BY_OUTCOME = {"error": 10, "hold": 15, "reject": 40, "spam": 50}


class Said(Protocol):
    """What a rule or check said: a verdict, or the row that keeps it."""

    @property
    def name(self) -> str: ...

    @property
    def outcome(self) -> str: ...


def weight_of(said: Said) -> int:
    """What one reason adds; nothing if it does not speak against the comment."""
    by_outcome = BY_OUTCOME.get(said.outcome, 0)
    if not by_outcome or said.outcome == "error":
        return by_outcome
    return WEIGHTS.get(said.name, by_outcome)


def risk_of(everything: Iterable[Said]) -> int:
    """The sum of all reasons, at most 100."""
    return min(sum(map(weight_of, everything)), MOST)
