"""The gate: every comment passes here before anybody reads it.

DOORS may refuse a comment, so that nothing is stored. RULES are all asked, and every reason stays
with the comment for the moderators. What the rules leave open, the slow check answers.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.utils import translation

from community.comments.models import Comment, Status, WaitsFor
from community.comments.screening import Draft, Judged
from moderation import alerts, decisions, ledger, policies, sanctions
from moderation.checks import jobs
from moderation.facts import facts_of
from moderation.filters import services as filters
from moderation.ledger import Entry
from moderation.models import Policy, Reason
from moderation.risk import risk_of
from moderation.rules import authors, doors, links, manner, reported, standing, texts, words
from moderation.verdicts import STATUSES, Outcome, Verdict, fold, record, told_reason

log = logging.getLogger("parley.moderation")

Door = Callable[[Draft, Policy], None]
Ask = Callable[[Draft, Policy], Verdict | None]

DOORS: list[Door] = [
    doors.thread_is_closed,
    standing.author_is_stopped,
    standing.author_must_read,
    doors.author_repeats_themselves,
    doors.author_writes_too_fast,
    standing.author_is_slowed_down,
    doors.newcomers_write_too_fast,
]


@dataclass(frozen=True)
class Rule:
    """One question, its name in the ledger and the version of its answer.

    `says` names the reasons of a rule that depends on the policy, the words and the facts alone:
    it is asked again when another policy is tried. Of all others the recorded word is taken.
    """

    name: str
    ask: Ask
    says: tuple[Reason, ...] = ()
    version: int = 1


RULES: list[Rule] = [
    # Who is speaking?
    Rule("staff", authors.author_is_staff),
    Rule("known", authors.author_is_known, (Reason.KNOWN, Reason.FIRST, Reason.DOUBT)),
    Rule("age", authors.author_is_new_here, (Reason.YOUNG,)),
    Rule("sanction", standing.author_is_premoderated),
    # What do they say?
    Rule("links", links.has_links, (Reason.LINK,)),
    Rule("domains", links.leads_to_denied, (Reason.DENIED,)),
    Rule("words", words.has_moderation_words, (Reason.WORD,)),
    Rule("spam words", words.has_disallowed_words, (Reason.DISALLOWED,)),
    Rule("same text", texts.says_the_same),
    Rule("learned filter", filters.reads_like_spam),
    Rule("reported", reported.was_reported),
    # How was it written?
    Rule("trap", manner.fills_in_traps),
    Rule("typing time", manner.writes_too_fast),
    Rule("sender of e-mail", manner.sender_is_in_doubt),
    # Does it matter?
    Rule("everything", authors.everything_waits, (Reason.EVERYTHING,)),
]

# Who speaks decides whether a link waits.
LINK_RULES = [rule for rule in RULES if rule.name in ("staff", "known", "links")]


def screen(draft: Draft) -> Judged:
    """Judge a draft by all rules; the answer settles the stored comment in its transaction.

    Raises Refusal when the draft must not be stored.
    """
    policy = policies.in_force(draft.site, draft.thread)
    for door in DOORS:
        door(draft, policy)
    entries = look(draft, policy)
    verdicts = spoken(entries)
    begins_as = beginning(verdicts, policy)
    return Judged(
        begins_as=begins_as,
        waits_for="" if begins_as is Status.CHECKING else told_reason(verdicts),
        risk=risk_of(verdicts),
        settle=partial(settle, draft=draft, entries=entries, policy=policy),
    )


def would_wait_for_link(draft: Draft) -> bool:
    """Whether a link is what its author would be told this waits for, before anything is sent."""
    policy = policies.in_force(draft.site, draft.thread)
    verdicts = spoken(look(draft, policy, LINK_RULES))
    return fold(verdicts, policy) is Outcome.HOLD and told_reason(verdicts) is WaitsFor.LINK


def beginning(verdicts: list[Verdict], policy: Policy) -> Status:
    """As what a comment is stored: at once where it belongs, unless it may become public."""
    status = STATUSES[fold(verdicts, policy)]
    return Status.CHECKING if status == Status.PUBLISHED else status


def judge(draft: Draft, policy: Policy) -> list[Verdict]:
    """Ask every rule; each has an opinion or none."""
    return spoken(look(draft, policy))


def look(draft: Draft, policy: Policy, rules: Iterable[Rule] | None = None) -> list[Entry]:
    """Have these rules look at a draft, each with its time.

    What they say is for moderators: in the site's language, whatever the author's is.
    """
    with translation.override(draft.site.speaks):
        return [asked(rule, draft, policy) for rule in rules or RULES]


def asked(rule: Rule, draft: Draft, policy: Policy) -> Entry:
    """What one rule says; a rule that fails leaves the comment to a human."""
    start = time.perf_counter_ns()
    try:
        verdict = rule.ask(draft, policy)
    except Exception:
        log.exception("The rule %s failed", rule.name)
        verdict = Verdict(Reason.BROKEN, Outcome.ERROR, rule.name)
    return Entry(rule.name, rule.version, (time.perf_counter_ns() - start) // 1000, verdict)


def spoken(entries: Iterable[Entry]) -> list[Verdict]:
    """Those that have an opinion."""
    return [entry.verdict for entry in entries if entry.verdict]


def settle(comment: Comment, *, draft: Draft, entries: list[Entry], policy: Policy) -> None:
    """Bring a stored comment to where its verdicts want it, or leave it to the slow check."""
    if draft.acknowledged and comment.person:
        sanctions.note_read(draft.acknowledged, comment.person)
    version = comment.version
    verdicts = spoken(entries)
    outcome = fold(verdicts, policy)
    record(comment, verdicts, version=version)
    facts = facts_of(draft)
    ledger.write(comment, entries, version=version, policy=policy, outcome=outcome, facts=facts)
    asks = jobs.spam_check_is_on() and outcome in (Outcome.PASS, Outcome.HOLD)
    if not asks or outcome is Outcome.HOLD or is_trusted(verdicts):
        decisions.judge(comment, STATUSES[outcome], seen=version, verdicts=verdicts)
    if asks:
        jobs.request(comment, draft, version=version)
    elif comment.status == Status.HELD:
        alerts.ring(comment.site_id)


def is_trusted(verdicts: list[Verdict]) -> bool:
    """Whether a known author's comment may be checked after it is published."""
    return any(verdict.name == Reason.KNOWN for verdict in verdicts)
