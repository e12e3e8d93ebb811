"""The moderators' memory: rules of a site, opinions, decisions, sanctions."""

from moderation.models.alerts import Alert
from moderation.models.appeals import (
    LONGEST_WORDS,
    Appeal,
    AppealQuerySet,
    AppealState,
    AppealTerms,
)
from moderation.models.checks import LIVE_STATES, Breaker, Check, CheckQuerySet, CheckState
from moderation.models.claims import Claim, ClaimQuerySet
from moderation.models.decisions import Act, Decision
from moderation.models.filters import LearnedFilter
from moderation.models.judgements import Judgement
from moderation.models.notes import Note
from moderation.models.opinions import Opinion, OpinionQuerySet, Reason
from moderation.models.policies import Policy, PolicyQuerySet, ThreadPolicy
from moderation.models.reasons import CannedReason, Ground
from moderation.models.record import AppendOnly, Record
from moderation.models.reports import (
    Escalation,
    Report,
    ReportOutcome,
    ReportQuerySet,
    ReportReason,
)
from moderation.models.sanctions import (
    Effect,
    Kind,
    Reach,
    Sanction,
    SanctionEntry,
    SanctionQuerySet,
    Step,
)
from moderation.models.simulations import Simulation
from moderation.models.statements import Decider, Measure, Statement, StatementQuerySet

__all__ = [
    "LIVE_STATES",
    "LONGEST_WORDS",
    "Act",
    "Alert",
    "Appeal",
    "AppealQuerySet",
    "AppealState",
    "AppealTerms",
    "AppendOnly",
    "Breaker",
    "CannedReason",
    "Check",
    "CheckQuerySet",
    "CheckState",
    "Claim",
    "ClaimQuerySet",
    "Decider",
    "Decision",
    "Effect",
    "Escalation",
    "Ground",
    "Judgement",
    "Kind",
    "LearnedFilter",
    "Measure",
    "Note",
    "Opinion",
    "OpinionQuerySet",
    "Policy",
    "PolicyQuerySet",
    "Reach",
    "Reason",
    "Record",
    "Report",
    "ReportOutcome",
    "ReportQuerySet",
    "ReportReason",
    "Sanction",
    "SanctionEntry",
    "SanctionQuerySet",
    "Simulation",
    "Statement",
    "StatementQuerySet",
    "Step",
    "ThreadPolicy",
]
