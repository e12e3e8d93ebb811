"""The ten seconds in which a moderator may change their mind."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import User
from community.sites.requests import Request
from moderation.decisions import UNDO_WINDOW
from moderation.models import Act, Decision, Sanction


@dataclass(frozen=True)
class Offer:
    """What can be undone now, and for how many seconds."""

    ids: list[int]
    sentence: str
    seconds: int
    sanctions: list[int] = field(default_factory=list)


def remember(request: Request, decisions: list[Decision]) -> None:
    """Let the next page offer to undo these."""
    request.session["undo"] = [decision.pk for decision in decisions]
    request.session.pop("undo_sanction", None)


def remember_sanction(request: Request, sanction: Sanction) -> None:
    """Let the next page offer to undo this."""
    request.session["undo_sanction"] = sanction.pk
    request.session.pop("undo", None)


def offer_of_sanction(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """What one has just imposed, while it can be taken back."""
    made = Sanction.objects.open().filter(pk=request.session["undo_sanction"], imposed_by=user)
    sanction = made.filter(told_at=None).first()
    left = whole_seconds_since(sanction.at) if sanction else 0
    if sanction is None or left <= 0:
        del request.session["undo_sanction"]
        return {}
    sentence = _("Imposed: %(what)s.") % {"what": sanction.get_kind_display()}
    return {"undo": Offer([], sentence, left, [sanction.pk])}


def whole_seconds_since(at: datetime) -> int:
    """How many whole seconds of the ten are left after this moment."""
    return int((at + UNDO_WINDOW - timezone.now()).total_seconds())


def offer(request: HttpRequest) -> dict[str, Any]:
    """For every page of a moderator: their last decision, while it can be undone."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_moderator:
        return {}
    if request.session.get("undo_sanction"):
        return offer_of_sanction(request, viewer.user)
    if not request.session.get("undo"):
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
    return whole_seconds_since(decision.at)


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
        Act.KEEP: _("The comment by %(name)s stays."),
        Act.HOLD: _("The comment by %(name)s waits again."),
    }
    return sentences[Act(decisions[0].act)] % {"name": name}
