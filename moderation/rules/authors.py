"""Who speaks: moderators, known authors, first-timers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.screening import Draft
from moderation.facts import Facts, facts_of
from moderation.models import Policy, Reason
from moderation.rules.standing import author_is_premoderated
from moderation.trust import is_enough
from moderation.verdicts import Outcome, Verdict


def author_is_staff(draft: Draft, policy: Policy) -> Verdict | None:
    """Moderators and administrators of the site need no judge."""
    if draft.viewer.role is None or author_is_premoderated(draft, policy):
        return None
    return Verdict(Reason.STAFF, Outcome.TRUST, str(draft.viewer.role.label))


def author_is_known(draft: Draft, policy: Policy) -> Verdict | None:
    """A confirmed address and published comments make an author known; a typed name does not.

    Where much of theirs was refused of late, trust has to be earned again.
    """
    facts = facts_of(draft)
    begun = facts.confirmed and facts.published >= max(policy.first_comments, 1)
    if begun and is_enough(facts.points):
        return Verdict(Reason.KNOWN, Outcome.PASS, told_number(facts.published))
    if not policy.first_comments:
        return None
    if begun:
        return Verdict(Reason.DOUBT, Outcome.HOLD, _("%d of 100 points") % (facts.points or 0))
    return Verdict(Reason.FIRST, Outcome.HOLD, what_is_missing(facts))


def author_is_new_here(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold what people write whom the site has not known long enough."""
    days = facts_of(draft).days
    if days >= policy.account_age_days:
        return None
    sentence = ngettext("Known for %(number)d day", "Known for %(number)d days", days)
    return Verdict(Reason.YOUNG, Outcome.HOLD, sentence % {"number": days})


def told_number(published: int) -> str:
    """How much is known of an author."""
    sentence = ngettext("%(number)d published comment", "%(number)d published comments", published)
    return sentence % {"number": published}


def what_is_missing(facts: Facts) -> str:
    """Why this author is not known yet."""
    if facts.published and facts.confirmed:
        return _("Address confirmed; %(comments)s") % {"comments": told_number(facts.published)}
    if facts.published:
        return _("Address not confirmed; %(comments)s") % {"comments": told_number(facts.published)}
    if facts.confirmed:
        return _("Address confirmed, nothing published, when it was written")
    return _("Address not confirmed, nothing published, when it was written")


def everything_waits(draft: Draft, policy: Policy) -> Verdict | None:
    """The site holds whatever moderators did not write."""
    return Verdict(Reason.EVERYTHING, Outcome.HOLD) if policy.hold_everything else None
