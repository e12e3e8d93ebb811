"""What rules and checks say of a comment, and how their words become one outcome."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What one rule or check thinks should happen, mildest first."""

    PASS = "pass"
    ERROR = "error"
    HOLD = "hold"
    REJECT = "reject"
    SPAM = "spam"
    TRUST = "trust"


# Silence goes to a human: an error weighs as much as a hold, but is told apart.
GRAVITY = [Outcome.PASS, Outcome.ERROR, Outcome.HOLD, Outcome.REJECT, Outcome.SPAM]


@dataclass(frozen=True)
class Verdict:
    """One opinion with its evidence: plain text a moderator can read."""

    name: str
    outcome: Outcome
    evidence: str = ""
    data: dict[str, str] = field(default_factory=dict)


def fold(verdicts: Iterable[Verdict]) -> Outcome:
    """The outcome of all opinions: staff trust wins, otherwise the gravest."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if Outcome.TRUST in outcomes:
        return Outcome.TRUST
    gravest = max(outcomes, key=GRAVITY.index, default=Outcome.PASS)
    return Outcome.HOLD if gravest is Outcome.ERROR else gravest
