"""Trust: earned by what one has written and reported here, never by a name one types.

One number from 0 to 100, made anew each time from rows: the same rows give the same number, and
nothing is stored that could differ from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.prepared import Parameter, Prepared
from community.sites.models import Site
from moderation.models import Report, ReportOutcome

MOST = 100
# Only the newest count; older ones have faded anyway.
LOOKED_AT = 100

PUBLISHED, REFUSED, UPHELD, DISMISSED = "published", "refused", "upheld", "dismissed"
KINDS: dict[str, str] = {
    Status.PUBLISHED: PUBLISHED,
    Status.REJECTED: REFUSED,
    Status.SPAM: REFUSED,
    ReportOutcome.UPHELD: UPHELD,
    ReportOutcome.DISMISSED: DISMISSED,
}
# After so long a thing counts half: what went wrong is forgotten sooner than what went well.
HALF_LIVES = {
    PUBLISHED: timedelta(days=365),
    REFUSED: timedelta(days=90),
    UPHELD: timedelta(days=180),
    DISMISSED: timedelta(days=180),
}
# What one thing of a kind adds, and how much all of them may.
POINTS = {PUBLISHED: (10, 60), REFUSED: (-20, -100), UPHELD: (5, 20), DISMISSED: (-5, -20)}
FOR_ADDRESS = 20
# A confirmed address and one comment of this year make somebody known.
KNOWN_FROM, TRUSTED_FROM = 25, 80
ENOUGH_PUBLISHED = 0.5


class Level(IntEnum):
    """How far somebody is trusted."""

    NEWCOMER = 0
    KNOWN = 1
    TRUSTED = 2


@dataclass(frozen=True)
class Fact:
    """One thing somebody has done here, and when."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Trust:
    """What somebody has earned: how much of each kind is left today."""

    is_proven: bool = False
    published: float = 0
    refused: float = 0
    upheld: float = 0
    dismissed: float = 0
    # As they were counted, for sentences.
    number_published: int = 0

    @property
    def points(self) -> int:
        """The one number, from 0 to 100; without an address or a comment it stays below known."""
        total = FOR_ADDRESS if self.is_proven else 0
        total += sum(round(part_of(kind, getattr(self, kind))) for kind in POINTS)
        most = MOST if self.has_begun else KNOWN_FROM - 1
        return max(0, min(total, most))

    @property
    def has_begun(self) -> bool:
        """Whether they have done what makes a newcomer known: an address and a comment."""
        return self.is_proven and self.published >= ENOUGH_PUBLISHED

    @property
    def fresh(self) -> int:
        """How many published comments count; none when all of them have faded."""
        return self.number_published if self.published >= ENOUGH_PUBLISHED else 0

    @property
    def level(self) -> Level:
        """How far they are trusted."""
        if self.points >= TRUSTED_FROM:
            return Level.TRUSTED
        return Level.KNOWN if self.points >= KNOWN_FROM else Level.NEWCOMER

    @property
    def accuracy(self) -> float:
        """How often their reports were right, between 0 and 1; a half while nothing is known."""
        return (self.upheld + 1) / (self.upheld + self.dismissed + 2)


NOBODY = Trust()


def part_of(kind: str, amount: float) -> float:
    """What all of one kind adds to the number."""
    each, most = POINTS[kind]
    return min(each * amount, most) if each > 0 else max(each * amount, most)


def weigh(facts: Iterable[Fact], *, is_proven: bool, now: datetime) -> Trust:
    """The trust that these facts amount to: a pure function of them and of the time."""
    left = dict.fromkeys(POINTS, 0.0)
    number = 0
    for fact in facts:
        left[fact.kind] += faded(now - fact.at, HALF_LIVES[fact.kind])
        number += fact.kind == PUBLISHED
    return Trust(is_proven=is_proven, number_published=number, **left)


def faded(age: timedelta, half_life: timedelta) -> float:
    """What is left of one thing after so long."""
    return float(0.5 ** (max(age, timedelta(0)) / half_life))


def trust_of(person: Person | None, site: Site) -> Trust:
    """What a person has earned on a site, in two queries; nothing for those nobody knows."""
    if person is None:
        return NOBODY
    facts = [*said_by(person, site), *reported_by(person, site)]
    return weigh(facts, is_proven=person.contact_id is not None, now=timezone.now())


def said_by(person: Person, site: Site) -> list[Fact]:
    """What became of their newest comments."""
    newest = SAID.all(person=person.pk, site=site.pk)
    return [Fact(KINDS[status], at) for status, at in newest if status in KINDS]


def said(person: Parameter, site: Parameter) -> QuerySet[Comment, tuple[str, datetime]]:
    """The state and moment of somebody's newest comments."""
    rows = Comment.objects.filter(person=person, site=site).order_by("-pk")
    return rows.values_list("status", "created_at")[:LOOKED_AT]


SAID = Prepared(said, "person", "site")


def reported_by(person: Person, site: Site) -> list[Fact]:
    """What became of their newest reports; those decided before they came count for nothing."""
    newest = REPORTED.all(person=person.pk, site=site.pk)
    return [Fact(KINDS[outcome], at) for outcome, at in newest if at]


def reported(person: Parameter, site: Parameter) -> QuerySet[Report, tuple[str, datetime | None]]:
    """The end and moment of somebody's newest reports."""
    rows = Report.objects.judged().filter(person=person, site=site).order_by("-pk")
    return rows.values_list("outcome", "decided_at")[:LOOKED_AT]


REPORTED = Prepared(reported, "person", "site")


def is_enough(points: int | None) -> bool:
    """Whether so much makes somebody known; where it was never reckoned, it does."""
    return points is None or points >= KNOWN_FROM


# What is told of it


def told_points(trust: Trust) -> str:
    """The number with what it is made of."""
    numbers = {"points": trust.points, "reasons": ", ".join(parts_of(trust))}
    return _("%(points)d of 100 points (%(reasons)s)") % numbers


def parts_of(trust: Trust) -> list[str]:
    """Each part of the number with what it adds."""
    words = {
        PUBLISHED: _("published comments"),
        REFUSED: _("comments not published"),
        UPHELD: _("reports that were right"),
        DISMISSED: _("reports that were not"),
    }
    parts = [_("address confirmed %(n)+d") % {"n": FOR_ADDRESS}] if trust.is_proven else []
    for kind, label in words.items():
        if adds := round(part_of(kind, getattr(trust, kind))):
            parts.append(f"{label} {adds:+d}")
    return parts or [_("nothing yet")]


def obstacles(trust: Trust) -> list[str]:
    """What keeps somebody's comments waiting; nothing for those who are known."""
    if trust.level > Level.NEWCOMER:
        return []
    found = []
    if not trust.is_proven:
        found.append(_("Your address is not confirmed."))
    if trust.published < ENOUGH_PUBLISHED:
        found.append(what_is_unpublished(trust))
    if not found:
        found.append(_("Some of your last comments were not published, or reports were wrong."))
    return found


def what_is_unpublished(trust: Trust) -> str:
    """That nothing of theirs is published, or nothing of late."""
    if trust.number_published:
        return _("What you have published here is long ago.")
    return _("Nothing of yours has been published here yet.")


def ways_out(trust: Trust) -> list[str]:
    """What would lift each obstacle."""
    if trust.level > Level.NEWCOMER:
        return []
    found = []
    if not trust.is_proven:
        found.append(_("Confirm your address: press the button in the e-mail we send you."))
    if trust.published < ENOUGH_PUBLISHED:
        found.append(_("Write a comment. Once a moderator has published it, it counts."))
    return found or [comments_needed(trust)]


def comments_needed(trust: Trust) -> str:
    """How many more published comments make up for those that were refused."""
    each, _most = POINTS[PUBLISHED]
    number = max(1, -(-(KNOWN_FROM - trust.points) // each))
    sentence = ngettext(
        "One more published comment, or some weeks of patience: refusals count less with time.",
        "%(n)d more published comments, or some weeks of patience: refusals count less with time.",
        number,
    )
    return sentence % {"n": number}
