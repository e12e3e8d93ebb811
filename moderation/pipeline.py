"""The gate: every comment passes here before anybody reads it.

DOORS may refuse a comment, so that nothing is stored. RULES are all asked, and every reason stays
with the comment for the moderators. What the rules leave open, the slow check answers.
"""

from collections.abc import Callable
from functools import partial

from community.comments.models import Comment, Status
from community.comments.screening import Draft, Judged
from community.sites.models import Site
from moderation import alerts, decisions, sanctions
from moderation.checks import jobs
from moderation.filters import services as filters
from moderation.models import Reason, RuleSet
from moderation.risk import risk_of
from moderation.rules import authors, doors, links, standing, texts, words
from moderation.verdicts import STATUSES, Outcome, Verdict, fold, record, told_reason

Door = Callable[[Draft, RuleSet], None]
Rule = Callable[[Draft, RuleSet], Verdict | None]

DOORS: list[Door] = [
    doors.thread_is_closed,
    standing.author_is_stopped,
    standing.author_must_read,
    doors.author_repeats_themselves,
    doors.author_writes_too_fast,
    standing.author_is_slowed_down,
    doors.newcomers_write_too_fast,
]

RULES: list[Rule] = [
    # Who is speaking?
    authors.author_is_staff,
    authors.author_is_known,
    standing.author_is_premoderated,
    # What do they say?
    links.has_links,
    words.has_moderation_words,
    words.has_disallowed_words,
    texts.says_the_same,
    filters.reads_like_spam,
    # Does it matter?
    authors.everything_waits,
]


def screen(draft: Draft) -> Judged:
    """Judge a draft by all rules; the answer settles the stored comment in its transaction.

    Raises Refusal when the draft must not be stored.
    """
    rules = rules_of(draft.site)
    for door in DOORS:
        door(draft, rules)
    verdicts = judge(draft, rules)
    begins_as = beginning(verdicts)
    return Judged(
        begins_as=begins_as,
        waits_for="" if begins_as is Status.CHECKING else told_reason(verdicts),
        risk=risk_of(verdicts),
        settle=partial(settle, draft=draft, verdicts=verdicts),
    )


def beginning(verdicts: list[Verdict]) -> Status:
    """As what a comment is stored: at once where it belongs, unless it may become public."""
    status = STATUSES[fold(verdicts)]
    return Status.CHECKING if status == Status.PUBLISHED else status


def rules_of(site: Site) -> RuleSet:
    """What the site has set, or the defaults."""
    return RuleSet.objects.filter(site=site).first() or RuleSet(site=site)


def judge(draft: Draft, rules: RuleSet) -> list[Verdict]:
    """Ask every rule; each has an opinion or none."""
    return [verdict for rule in RULES if (verdict := rule(draft, rules))]


def settle(comment: Comment, *, draft: Draft, verdicts: list[Verdict]) -> None:
    """Bring a stored comment to where its verdicts want it, or leave it to the slow check."""
    if draft.acknowledged and comment.person:
        sanctions.note_read(draft.acknowledged, comment.person)
    version = comment.version
    record(comment, verdicts, version=version)
    outcome = fold(verdicts)
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
