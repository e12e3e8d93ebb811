"""The ten seconds in which a moderator may change their mind."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.sites.requests import Request
from moderation.decisions import UNDO_WINDOW
from moderation.models import Act, Decision


@dataclass(frozen=True)
class Offer:
    """What can be undone now, and for how many seconds."""

    ids: list[int]
    sentence: str
    seconds: int


def remember(request: Request, decisions: list[Decision]) -> None:
    """Let the next page offer to undo these."""
    request.session["undo"] = [decision.pk for decision in decisions]


def offer(request: HttpRequest) -> dict[str, Any]:
    """For every page of a moderator: their last decision, while it can be undone."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_moderator or not request.session.get("undo"):
        return {}
    made = Decision.objects.filter(pk__in=request.session["undo"], moderator=viewer.user)
    decisions = list(made.filter(undone_by=None).select_related("comment"))
    left = min((seconds_left(decision) for decision in decisions), default=0)
    if left <= 0:
        del request.session["undo"]
        return {}
    ids = [decision.pk for decision in decisions]
    return {"undo": Offer(ids, sentence_of(decisions), left)}


def seconds_left(decision: Decision) -> int:
    """For how many whole seconds a decision can still be undone."""
    return int((decision.at + UNDO_WINDOW - timezone.now()).total_seconds())


def sentence_of(decisions: list[Decision]) -> str:
    """What was done, in words."""
    if len(decisions) > 1:
        return ngettext("%(n)s comment decided.", "%(n)s comments decided.", len(decisions)) % {
            "n": len(decisions)
        }
    name = decisions[0].comment.author_name
    sentences = {
        Act.APPROVE: _("The comment by %(name)s is published."),
        Act.REJECT: _("The comment by %(name)s is not published."),
        Act.SPAM: _("The comment by %(name)s is spam."),
        Act.REMOVE: _("The comment by %(name)s is removed."),
        Act.HOLD: _("The comment by %(name)s waits again."),
    }
    return sentences[Act(decisions[0].act)] % {"name": name}
