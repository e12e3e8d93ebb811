"""The moderators' memory: rules of a site, opinions, decisions, bans."""

from moderation.models.alerts import Alert
from moderation.models.bans import Ban, BanQuerySet
from moderation.models.checks import LIVE_STATES, Check, CheckQuerySet, CheckState
from moderation.models.decisions import Act, Decision
from moderation.models.opinions import Opinion, OpinionQuerySet, Reason
from moderation.models.reasons import CannedReason, Ground
from moderation.models.rulesets import RuleSet

__all__ = [
    "LIVE_STATES",
    "Act",
    "Alert",
    "Ban",
    "BanQuerySet",
    "CannedReason",
    "Check",
    "CheckQuerySet",
    "CheckState",
    "Decision",
    "Ground",
    "Opinion",
    "OpinionQuerySet",
    "Reason",
    "RuleSet",
]
