"""What another policy says of a comment that was judged before: the same rules, the same fold."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from community.comments.models import Comment, Status
from community.comments.rendering import render
from community.comments.screening import Draft, Sender
from community.sites.models import Site
from community.sites.viewers import ANYONE
from moderation import ledger, pipeline, policies
from moderation.facts import unpacked
from moderation.ledger import Entry
from moderation.models import Judgement, Policy, ThreadPolicy
from moderation.verdicts import Outcome, Verdict, fold, status_for

RULES = frozenset(rule.name for rule in pipeline.RULES)


@dataclass(frozen=True)
class Past:
    """One comment with the words that were judged last, and all that was said of them."""

    site: Site
    comment: Comment
    words: str
    judgement: Judgement
    later: Sequence[Judgement]

    @cached_property
    def entries(self) -> list[Entry]:
        """What each rule said then."""
        return ledger.entries_of(self.judgement)

    @cached_property
    def checks(self) -> list[Verdict]:
        """The last word of each check about these words."""
        said = {entry.name: entry for row in self.later for entry in ledger.entries_of(row)}
        return pipeline.spoken(said.values())

    @cached_property
    def draft(self) -> Draft:
        """These words as they came in, with what was known of their author then."""
        comment, facts = self.comment, unpacked(self.judgement.facts)
        return Draft(
            site=self.site,
            thread=comment.thread,
            parent=None,
            viewer=ANYONE,
            name=comment.author_name,
            email=comment.contact.address if facts.gave_address and comment.contact else "",
            url=comment.author_url,
            source=self.words,
            rendered=render(self.words),
            fingerprint=comment.fingerprint,
            sender=Sender(),
            title=comment.thread.title if comment.opens_topic else "",
            looked_up={"facts": facts},
        )


def is_by_rules(judgement: Judgement) -> bool:
    """Whether rules have looked; a check looks alone and later."""
    return any(entry.name in RULES for entry in ledger.entries_of(judgement))


def recorded(past: Past, policy: Policy) -> tuple[Status, list[Verdict]]:
    """Where it belonged by the words that were said, under the policy of that time."""
    return settled(pipeline.spoken(past.entries), past.checks, policy)


def tried(past: Past, policy: Policy, under: ThreadPolicy | None) -> tuple[Status, list[Verdict]]:
    """Where it would belong if this policy had held."""
    policy = policies.bent_by(copy(policy), under) if under else policy
    again = pipeline.look(past.draft, policy, [rule for rule in pipeline.RULES if rule.says])
    names = {entry.name for entry in again}
    kept = [entry for entry in past.entries if entry.name not in names]
    return settled(pipeline.spoken([*again, *kept]), past.checks, policy)


def settled(
    rules: list[Verdict], checks: Iterable[Verdict], policy: Policy
) -> tuple[Status, list[Verdict]]:
    """Where rules and checks bring a comment together, as they do at the gate."""
    is_public = fold(rules, policy) is Outcome.PASS and pipeline.is_trusted(rules)
    verdicts = [*rules, *checks]
    now = Status.PUBLISHED if is_public else Status.CHECKING
    return status_for(verdicts, policy, now), verdicts
