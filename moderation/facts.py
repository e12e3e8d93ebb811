"""What is known of an author while their words are judged, kept so that it can be asked again."""

import json
from dataclasses import asdict, dataclass

from django.utils import timezone

from community.comments.screening import Draft
from moderation.trust import trust_of


@dataclass(frozen=True)
class Facts:
    """An author's standing at one moment; rules that depend on time and history read this."""

    confirmed: bool = False
    published: int = 0
    days: int = 0
    gave_address: bool = False
    # Of trust, from 0 to 100; None where it was not reckoned yet.
    points: int | None = None


def facts_of(draft: Draft) -> Facts:
    """What is known now, asked once for each draft."""
    if "facts" not in draft.looked_up:
        draft.looked_up["facts"] = look_up(draft)
    found: Facts = draft.looked_up["facts"]
    return found


def look_up(draft: Draft) -> Facts:
    """Ask how the author of a draft stands."""
    earned = trust_of(draft.person, draft.site)
    return Facts(
        confirmed=earned.is_proven,
        published=earned.fresh,
        days=(timezone.now() - draft.person.created_at).days if draft.person else 0,
        gave_address=bool(draft.email),
        points=earned.points if draft.person else None,
    )


def packed(facts: Facts) -> str:
    """Facts as few bytes: what is nothing is left out."""
    known = {name: value for name, value in asdict(facts).items() if value not in (0, None)}
    return json.dumps(known, separators=(",", ":")) if known else ""


def unpacked(text: str) -> Facts:
    """The facts in these bytes."""
    return Facts(**json.loads(text)) if text else Facts()
