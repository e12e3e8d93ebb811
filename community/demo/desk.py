"""What the moderators of the demo have done, by the means real ones have.

Moderation stands above this room: it is named, as in COMMENT_SCREENER, and not imported.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import import_string

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.sites.models import Site

DECIDE = "moderation.decisions.decide"
JUDGE = "moderation.decisions.judge"
DATED = "moderation.decisions.dated"


def set_rules(site: Site, rules: Mapping[str, str]) -> None:
    """Write down which words the moderators want to see first."""
    apps.get_model("moderation", "Policy").objects.create(site=site, number=1, **rules)


def decide(comment: Comment, act: str, *, by: User, reason: str = "") -> None:
    """Decide about a comment as it is now."""
    import_string(DECIDE)(comment, act, seen=comment.version, by=by, reason=reason)


def find_good(comment: Comment) -> None:
    """Publish a comment against which nothing spoke."""
    import_string(JUDGE)(comment, Status.PUBLISHED, seen=comment.version, verdicts=[])


def dated(at: datetime) -> AbstractContextManager[None]:
    """Have what is decided meanwhile written down as of that time: the record never changes."""
    found: AbstractContextManager[None] = import_string(DATED)(at)
    return found


def set_back(comment: Comment, at: datetime) -> None:
    """Let what was thought and decided about a comment be as old as it looks."""
    comment.opinions.update(at=at)
    comment.judgements.update(at=at)


def decisions() -> type[Model]:
    """The table of what was decided, for those who write in bulk."""
    return apps.get_model("moderation", "Decision")


def judgement(comment: int, site: int, after: str, at: object) -> dict[str, object]:
    """The row that the rules leave when they judge a new comment."""
    return {
        "site_id": site,
        "comment_id": comment,
        "act": "judge",
        "before": Status.CHECKING.value,
        "after": after,
        "version": 2,
        "automated": True,
        "at": at,
    }
