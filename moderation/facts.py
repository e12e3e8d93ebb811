"""What is known of an author while their words are judged, kept so that it can be asked again."""

import json
from dataclasses import asdict, dataclass

from django.utils import timezone

from community.comments.models import Comment
from community.comments.screening import Draft

COUNTED = 100


@dataclass(frozen=True)
class Facts:
    """An author's standing at one moment; rules that depend on time and history read this."""

    confirmed: bool = False
    published: int = 0
    days: int = 0
    gave_address: bool = False


def facts_of(draft: Draft) -> Facts:
    """What is known now, asked once for each draft."""
    if "facts" not in draft.looked_up:
        draft.looked_up["facts"] = look_up(draft)
    found: Facts = draft.looked_up["facts"]
    return found


def look_up(draft: Draft) -> Facts:
    """Ask how the author of a draft stands."""
    return Facts(
        confirmed=has_confirmed(draft),
        published=published_by(draft),
        days=(timezone.now() - draft.person.created_at).days if draft.person else 0,
        gave_address=bool(draft.email),
    )


def has_confirmed(draft: Draft) -> bool:
    """Whether the author has proven an address; what they typed into the form is no proof."""
    return draft.person is not None and draft.person.contact_id is not None


def published_by(draft: Draft) -> int:
    """How many comments of this author are public here; counting stops at a hundred."""
    if draft.person is None:
        return 0
    public = Comment.objects.published().filter(person=draft.person, site=draft.site)
    return public[:COUNTED].count()


def packed(facts: Facts) -> str:
    """Facts as few bytes: what is nothing is left out."""
    known = {name: value for name, value in asdict(facts).items() if value not in (0, None)}
    return json.dumps(known, separators=(",", ":")) if known else ""


def unpacked(text: str) -> Facts:
    """The facts in these bytes."""
    return Facts(**json.loads(text)) if text else Facts()
