"""What rules and checks say of a comment, and how their words become one outcome."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models.constants import OnConflict

from community.comments.models import Comment, Status, WaitsFor
from community.insertion import Insertion
from moderation.models import Opinion, Policy, Reason


class Outcome(StrEnum):
    """What one rule or check thinks should happen, mildest first."""

    PASS = "pass"  # noqa: S105 - no password
    ERROR = "error"
    HOLD = "hold"
    REJECT = "reject"
    SPAM = "spam"
    TRUST = "trust"


# Silence goes to a human: an error weighs as much as a hold, but is told apart.
GRAVITY = [Outcome.PASS, Outcome.ERROR, Outcome.HOLD, Outcome.REJECT, Outcome.SPAM]

STATUSES = {
    Outcome.TRUST: Status.PUBLISHED,
    Outcome.PASS: Status.PUBLISHED,
    Outcome.HOLD: Status.HELD,
    Outcome.REJECT: Status.REJECTED,
    Outcome.SPAM: Status.SPAM,
}

# What an author may be told, the plainest first. Words and spam evidence would teach spammers.
TOLD = {
    Reason.LINK: WaitsFor.LINK,
    Reason.FIRST: WaitsFor.FIRST,
    Reason.DOUBT: WaitsFor.TRUST,
    Reason.REPORTED: WaitsFor.REPORTED,
}

LONGEST_EVIDENCE = 500
OPINIONS = Insertion(
    Opinion,
    OnConflict.UPDATE,
    unique=["comment", "version", "name"],
    update=["outcome", "evidence", "data"],
)


@dataclass(frozen=True)
class Verdict:
    """One opinion with its evidence: plain text a moderator can read."""

    name: Reason
    outcome: Outcome
    evidence: str = ""
    data: dict[str, str] = field(default_factory=dict)


def fold(verdicts: Iterable[Verdict], policy: Policy) -> Outcome:
    """The outcome of all opinions under a policy: staff trust wins, otherwise the gravest."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if Outcome.TRUST in outcomes:
        return Outcome.TRUST
    gravest = max(outcomes, key=GRAVITY.index, default=Outcome.PASS)
    if gravest is Outcome.SPAM and policy.spam_waits:
        return Outcome.HOLD
    return Outcome.HOLD if gravest is Outcome.ERROR else gravest


def status_for(verdicts: Collection[Verdict], policy: Policy, now: Status) -> Status:
    """Where a comment belongs after these words; what is public falls only to spam.

    A trusted author's comment is checked after it is published: neither silence nor a hold
    takes it back, since no rule held it before.
    """
    outcome = fold(verdicts, policy)
    outcomes = {verdict.outcome for verdict in verdicts}
    if now == Status.PUBLISHED and Outcome.SPAM not in outcomes:
        return now
    return STATUSES[outcome]


def told_reason(verdicts: Iterable[Verdict]) -> WaitsFor:
    """The mild half of the reasons: a link before a first comment before anything else."""
    against = {verdict.name for verdict in verdicts if verdict.outcome is not Outcome.PASS}
    return next((told for reason, told in TOLD.items() if reason in against), WaitsFor.OTHER)


def record(comment: Comment, verdicts: Iterable[Verdict], *, version: int) -> None:
    """Keep what was said of this version; a newer word of the same rule replaces the older."""
    OPINIONS.add(
        *(
            Opinion(
                comment=comment,
                version=version,
                name=verdict.name,
                outcome=verdict.outcome,
                evidence=verdict.evidence[:LONGEST_EVIDENCE],
                data=verdict.data,
            )
            for verdict in verdicts
        )
    )


def verdicts_of(comment: Comment) -> list[Verdict]:
    """What is known against and for the words a comment has now."""
    opinions = Opinion.objects.current().filter(comment=comment)
    return [
        Verdict(Reason(row.name), Outcome(row.outcome), row.evidence, row.data) for row in opinions
    ]
