"""The verdict ledger: everyone who looked at a comment, also those who found nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from community.comments.models import Comment
from community.insertion import Insertion
from moderation.facts import Facts, packed
from moderation.models import Judgement, Policy, Reason
from moderation.risk import weight_of
from moderation.verdicts import Outcome, Verdict

# Evidence is kept in full with the opinion; in the ledger enough to understand it.
EVIDENCE = 200
LOOKS = Insertion(Judgement)

OUTCOMES = {
    Outcome.PASS: _("let it pass"),
    Outcome.ERROR: _("could not tell"),
    Outcome.HOLD: _("let it wait"),
    Outcome.REJECT: _("refuse it"),
    Outcome.SPAM: _("call it spam"),
    Outcome.TRUST: _("publish it"),
}


@dataclass(frozen=True)
class Entry:
    """One rule or check that looked: its name and version, how long it took, what it said."""

    name: str
    version: int
    microseconds: int
    verdict: Verdict | None = None

    @property
    def outcome(self) -> str:
        """What it wants; silence lets pass."""
        return self.verdict.outcome if self.verdict else Outcome.PASS

    @property
    def outcome_label(self) -> str:
        """What it wants, as moderators read it."""
        return str(OUTCOMES[Outcome(self.outcome)])

    @property
    def score(self) -> int:
        """How much it adds to the risk."""
        return weight_of(self.verdict) if self.verdict else 0

    @property
    def milliseconds(self) -> float:
        """How long it took, as people read it."""
        return self.microseconds / 1000


def write(
    comment: Comment,
    entries: Sequence[Entry],
    *,
    version: int,
    policy: Policy,
    outcome: Outcome,
    facts: Facts | None = None,
) -> None:
    """Add one look to the ledger, in the transaction in which it takes effect."""
    look = Judgement(
        comment=comment,
        version=version,
        policy_id=policy.pk,
        thread_policy=policy.under,
        outcome=outcome,
        entries=encoded(entries),
        facts=packed(facts) if facts else "",
    )
    LOOKS.add(look)


def encoded(entries: Iterable[Entry]) -> str:
    """Entries as few bytes: three values for silence, seven for a word."""
    return json.dumps([*map(values_of, entries)], ensure_ascii=False, separators=(",", ":"))


def values_of(entry: Entry) -> list[str | int]:
    """One entry as a list."""
    looked: list[str | int] = [entry.name, entry.version, entry.microseconds]
    said = entry.verdict
    if said is None:
        return looked
    return [*looked, said.name, said.outcome, entry.score, said.evidence[:EVIDENCE]]


def entries_of(judgement: Judgement) -> list[Entry]:
    """The entries of one look."""
    return [entry_from(values) for values in json.loads(judgement.entries)]


def entry_from(values: list[str | int]) -> Entry:
    """One entry from its list."""
    name, version, microseconds, *said = values
    verdict = Verdict(Reason(str(said[0])), Outcome(str(said[1])), str(said[3])) if said else None
    return Entry(str(name), int(version), int(microseconds), verdict)


@dataclass(frozen=True)
class Look:
    """One look as the console shows it: those who spoke, and how many were content."""

    judgement: Judgement
    spoke: list[Entry]
    silent: list[Entry]


def looks_at(comment_id: int) -> list[Look]:
    """All looks at a comment, the newest first."""
    rows = Judgement.objects.filter(comment=comment_id).select_related("policy")
    return [look_of(row) for row in rows.order_by("-pk")]


def look_of(judgement: Judgement) -> Look:
    """One look, told apart by who had something to say."""
    entries = entries_of(judgement)
    spoke = [entry for entry in entries if entry.verdict]
    return Look(judgement, spoke, [entry for entry in entries if not entry.verdict])


def policy_of(comment: Comment) -> Policy | None:
    """The policy under which this comment was last judged."""
    looks = Judgement.objects.filter(comment=comment).select_related("policy", "thread_policy")
    last = looks.order_by("-pk").first()
    if last is None:
        return None
    last.policy.under = last.thread_policy
    return last.policy
