"""How a site moderates, in plain words made from what is in force. DSA Art. 14."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.sites.models import Site
from moderation.appeals import terms_of
from moderation.checks.jobs import spam_check_is_on
from moderation.filters.services import filter_of
from moderation.models import AppealTerms, Policy
from moderation.policies import current


def machines_of(site: Site) -> list[str]:
    """What automated rules do before a human looks."""
    policy = current(site)
    return [*waits_of(policy), *spam_of(policy)]


def waits_of(policy: Policy) -> list[str]:
    """Which comments wait for a moderator."""
    if policy.hold_everything:
        return [_("Every comment waits until a moderator has read it.")]
    said = []
    if policy.first_comments:
        said.append(_("First comments wait, until one with a confirmed address was approved."))
    if number := policy.link_threshold:
        sentence = ngettext(
            "A comment with %(n)s link or more waits.",
            "A comment with %(n)s links or more waits.",
            number,
        )
        said.append(sentence % {"n": number})
    if policy.moderation_words:
        said.append(_("A comment with certain words waits."))
    if policy.account_age_days:
        said.append(_("Comments of people we have known for a short time wait."))
    if policy.trap or policy.typing_seconds:
        said.append(_("A comment that a program seems to have sent waits."))
    if policy.learned_filter and filter_of(policy.site_id):
        said.append(_("A comment that reads like what was spam here before waits."))
    return [
        *said,
        _("So does a comment that says the same as somebody else’s."),
        _(
            "Whoever had comments refused lately waits again, and moderators can let everything "
            "that somebody writes wait."
        ),
        _("When enough readers report a comment, it leaves the page until a moderator has looked."),
    ]


def spam_of(policy: Policy) -> list[str]:
    """What is put aside as spam without a human; one who looks at it can take that back."""
    said = []
    if (policy.disallowed_words or policy.denied_domains) and not policy.spam_waits:
        said.append(_("A comment with words or links that only spam has is put aside as spam."))
    if spam_check_is_on():
        said.append(
            _("A spam check, Akismet, looks at comments and puts aside what it knows as spam.")
        )
    return [*said, _("No machine refuses anything else: a human decides about what waits.")]


def complaints_of(site: Site) -> list[str]:
    """How one hears of a decision, and how one objects to it."""
    terms = terms_of(site)
    said = [
        _(
            "If we refuse or remove a comment, or let someone write less or no more, they read "
            "why under “My comments and e-mails”, and by e-mail if their address is confirmed. "
            "Spam is not answered."
        )
    ]
    return [*said, *objecting(terms)]


def objecting(terms: AppealTerms) -> list[str]:
    """The way to object, or whom to write to instead."""
    said = []
    if terms.are_taken:
        sentence = ngettext(
            "Whoever sees it differently can object there for six months, free of charge. Another "
            "moderator looks again and answers within %(n)s day.",
            "Whoever sees it differently can object there for six months, free of charge. Another "
            "moderator looks again and answers within %(n)s days.",
            terms.answer_days,
        )
        said.append(sentence % {"n": terms.answer_days})
    if terms.contact:
        said.append(_("Questions about decisions: %(contact)s") % {"contact": terms.contact})
    return said
