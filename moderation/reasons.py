"""The reasons of a site: those from code, and what its administrators have made of them."""

from dataclasses import dataclass, replace

from django.db.models import Max
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.sites.models import Site
from moderation.models import Act, CannedReason, Ground
from moderation.verdicts import Outcome, Verdict

# What a refusal without a chosen reason stands on, so that one press is enough.
FALLBACK = "house"
OWN = "own"


class UnknownReason(Exception):
    """A form named a reason that this site does not have."""


@dataclass(frozen=True)
class Default:
    """A reason as the code words it, in the language of whoever reads."""

    code: str
    digit: int | None
    title: Promise
    text: Promise
    provision: Promise
    ground: Ground = Ground.RULES

    def on(self, site: Site) -> CannedReason:
        """This reason as one of the site, not stored."""
        return CannedReason(
            site=site,
            code=self.code,
            digit=self.digit,
            title=str(self.title),
            text=str(self.text),
            provision=str(self.provision),
            ground=self.ground,
        )


DEFAULTS = [
    Default(
        FALLBACK,
        None,
        _("House rules, no particular one"),
        _("It does not fit our house rules."),
        _("House rules"),
    ),
    Default(
        "attack",
        1,
        _("Attack on a person"),
        _("It attacks a person instead of what they say."),
        _("House rules: attacks on people"),
    ),
    Default(
        "off-topic",
        2,
        _("Off topic"),
        _("It is about something other than the article."),
        _("House rules: off topic"),
    ),
    Default(
        "private",
        3,
        _("Private things about others"),
        _("It tells private things about somebody else."),
        _("House rules: private things about others"),
    ),
    Default(
        "advertising",
        4,
        _("Advertising"),
        _("It advertises something."),
        _("House rules: advertising"),
    ),
    Default(
        "unreadable",
        5,
        _("Hard to follow"),
        _("We could not follow what it says. You are welcome to write it again in other words."),
        _("House rules: words that others can follow"),
    ),
    Default(
        "hatred",
        6,
        _("Hatred or threats"),
        _("It threatens people or stirs up hatred against them, which the law forbids."),
        _("The law against threats and incitement to hatred"),
        Ground.LAW,
    ),
    Default(
        "defamation",
        7,
        _("Untrue and harmful"),
        _("It claims something harmful about somebody, and we see no proof of it."),
        _("The law against defamation"),
        Ground.LAW,
    ),
    Default(
        "copyright",
        8,
        _("Copied from elsewhere"),
        _("It copies a longer text that belongs to somebody else."),
        _("Copyright law"),
        Ground.LAW,
    ),
]


@dataclass(frozen=True)
class Why:
    """Why something was refused, as it is written down with the decision."""

    code: str = ""
    ground: str = ""
    provision: str = ""
    text: str = ""

    def told(self, words: str) -> str:
        """What the author reads: the reason, and what the moderator added in their own words."""
        if self.code == FALLBACK and words:
            return words
        return f"{self.text} {words}".strip()


NO_REASON = Why()
SPAM = Why(code="spam", ground=Ground.SPAM)


def offered(site: Site) -> list[CannedReason]:
    """What a moderator may choose from: the general one, then by key, then by title."""
    found = [reason for reason in all_of(site).values() if reason.is_offered]
    return sorted(found, key=order)


def order(reason: CannedReason) -> tuple[bool, int, str]:
    """Where a reason stands in the list."""
    return reason.code != FALLBACK, reason.digit or 10, reason.title


def all_of(site: Site) -> dict[str, CannedReason]:
    """Every reason of a site by its code, also those no longer offered."""
    own = {reason.code: reason for reason in CannedReason.objects.filter(site=site)}
    return {default.code: default.on(site) for default in DEFAULTS} | own


def next_code(site: Site) -> str:
    """A code for a reason the administrators have thought of."""
    last = CannedReason.objects.filter(site=site).aggregate(last=Max("pk"))["last"] or 0
    return f"{OWN}-{last + 1}"


def why_act(site: Site, act: Act, code: str) -> Why:
    """What a moderator's decision stands on; raises UnknownReason for a code that is none."""
    if act is Act.SPAM:
        return SPAM
    if act not in (Act.REJECT, Act.REMOVE):
        return NO_REASON
    return named(site, code or FALLBACK)


def named(site: Site, code: str) -> Why:
    """A reason as an author reads it, in the language of the site; raises UnknownReason."""
    with translation.override(site.speaks):
        reason = all_of(site).get(code)
    if reason is None:
        raise UnknownReason(code)
    return Why(reason.code, reason.ground, reason.provision, reason.text)


def why_verdicts(site: Site, outcome: Outcome, verdicts: list[Verdict]) -> Why:
    """What a refusal by rules and checks stands on, under the name of the one that decided."""
    if outcome is Outcome.SPAM:
        return Why(code=decisive(outcome, verdicts), ground=Ground.SPAM)
    if outcome is Outcome.REJECT:
        return replace(named(site, FALLBACK), code=decisive(outcome, verdicts))
    return NO_REASON


def decisive(outcome: Outcome, verdicts: list[Verdict]) -> str:
    """The rule or check that has refused."""
    return next((str(each.name) for each in verdicts if each.outcome is outcome), "rules")
