"""A statement of reasons in plain sentences, in the language of whoever reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from moderation import appeals
from moderation.models import AppealState, Ground, Measure, Statement
from moderation.statements import OF_COMMENTS


@dataclass(frozen=True)
class Line:
    """One fact of a statement: what it is about, and the sentence."""

    title: str
    sentence: str


def lines_of(statement: Statement) -> list[Line]:
    """Everything its reader has a right to know, DSA Art. 17(3), except how to object."""
    return [
        Line(_("What was decided"), f"{statement.get_measure_display()}."),
        Line(_("Where"), where(statement)),
        Line(_("How long"), how_long(statement)),
        Line(_("Why"), statement.why),
        Line(_("On which ground"), ground_of(statement)),
        Line(_("Who decided"), statement.get_decider_display()),
        Line(_("What it began with"), beginning_of(statement)),
    ]


def where(statement: Statement) -> str:
    """The page, or the whole site."""
    site = statement.site.name
    if statement.measure in OF_COMMENTS and statement.comment:
        title = statement.comment.thread.title
        return _("At “%(title)s” on %(site)s.") % {"title": title, "site": site}
    return _("On all pages of %(site)s.") % {"site": site}


def how_long(statement: Statement) -> str:
    """Since when and until when it holds."""
    since = _("Since %(day)s") % {"day": told_day(statement.at)}
    if statement.measure == Measure.HIDDEN:
        return _("%(since)s, until a moderator has looked at it.") % {"since": since}
    if statement.measure == Measure.WARN:
        return _("%(since)s, until you have read it.") % {"since": since}
    if statement.until:
        until = told_day(statement.until)
        return _("%(since)s, until %(until)s.") % {"since": since, "until": until}
    return _("%(since)s, without an end.") % {"since": since}


def told_day(at: datetime) -> str:
    """A day in the words of the language."""
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


def ground_of(statement: Statement) -> str:
    """The rule or the law it stands on."""
    provision = {"provision": statement.provision or statement.get_ground_display()}
    if statement.ground == Ground.LAW:
        return _("%(provision)s. We take it to be illegal.") % provision
    return _("%(provision)s. These rules hold for everybody who writes here.") % provision


def beginning_of(statement: Statement) -> str:
    """Whether somebody had complained."""
    if statement.after_notice:
        return _("Somebody had reported it to us.")
    return _("We looked at it on our own; nobody had reported it.")


def outcome_of(statement: Statement) -> str:
    """What has become of it since, in one sentence; empty while nothing has."""
    appeal = getattr(statement, "appeal", None)
    if appeal and appeal.state == AppealState.UPHELD:
        return _("You objected, and the decision stays.")
    if appeal and appeal.state == AppealState.OVERTURNED:
        return _("You objected, and you were right: the decision does not hold any more.")
    if not statement.stands:
        return _("This decision does not hold any more.")
    return ""


def remedies_of(statement: Statement) -> list[str]:
    """How to object, and what else one can do."""
    terms = appeals.terms_of(statement.site)
    sentences = []
    if terms.are_taken and statement.may_be_objected_to(timezone.now()):
        sentences.append(
            _("You can object until %(day)s. It costs nothing, and a human looks at it again.")
            % {"day": told_day(statement.objectable_until)}
        )
    if terms.contact:
        contact = {"contact": terms.contact}
        sentences.append(_("If you think that this is wrong, write to %(contact)s.") % contact)
    elsewhere = _(
        "You can also go to court; in the European Union also to a certified body that settles "
        "such disputes."
    )
    return [*sentences, elsewhere]
