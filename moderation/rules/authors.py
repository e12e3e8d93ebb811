"""Who speaks: moderators, known authors, first-timers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.models import Comment
from community.comments.screening import Draft
from moderation.models import Reason, RuleSet
from moderation.rules.standing import author_is_premoderated
from moderation.verdicts import Outcome, Verdict

COUNTED = 100


def author_is_staff(draft: Draft, rules: RuleSet) -> Verdict | None:
    """Moderators and administrators of the site need no judge."""
    if draft.viewer.role is None or author_is_premoderated(draft, rules):
        return None
    return Verdict(Reason.STAFF, Outcome.TRUST, str(draft.viewer.role.label))


def author_is_known(draft: Draft, rules: RuleSet) -> Verdict | None:
    """A confirmed address and a published comment make an author known; a typed name does not."""
    published = published_by(draft)
    if has_confirmed(draft) and published:
        return Verdict(Reason.KNOWN, Outcome.PASS, told_number(published))
    if not rules.hold_first:
        return None
    return Verdict(Reason.FIRST, Outcome.HOLD, what_is_missing(draft, published))


def has_confirmed(draft: Draft) -> bool:
    """Whether the author has proven an address; what they typed into the form is no proof."""
    return draft.person is not None and draft.person.contact_id is not None


def published_by(draft: Draft) -> int:
    """How many comments of this author are public here; counting stops at a hundred."""
    if draft.person is None:
        return 0
    public = Comment.objects.published().filter(person=draft.person, site=draft.site)
    return public[:COUNTED].count()


def told_number(published: int) -> str:
    """How much is known of an author."""
    sentence = ngettext("%(number)d published comment", "%(number)d published comments", published)
    return sentence % {"number": published}


def what_is_missing(draft: Draft, published: int) -> str:
    """Why this author is not known yet."""
    if published:
        return _("Address not confirmed; %(comments)s") % {"comments": told_number(published)}
    if has_confirmed(draft):
        return _("Address confirmed, nothing published, when it was written")
    return _("Address not confirmed, nothing published, when it was written")


def everything_waits(draft: Draft, rules: RuleSet) -> Verdict | None:
    """The site holds whatever moderators did not write."""
    return Verdict(Reason.EVERYTHING, Outcome.HOLD) if rules.hold_everything else None
