"""What somebody is told of a sanction: what, why, until when, and what would lift it."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.standing import Notice, Standing
from community.sites.models import Site
from community.sites.viewers import Viewer
from moderation import sanctions
from moderation.models import Kind, Reach, Sanction

STOPPING = (Kind.SUSPEND, Kind.BAN)
MINUTE, HOUR = 60, 3600


def standing_of(viewer: Viewer, site: Site, network: str) -> Standing:
    """How somebody stands on a site: the answer to the question in AUTHOR_STANDING."""
    if viewer.person is None:
        return Standing()
    found = sanctions.in_force_for(
        site, viewer.person, network=network, in_person=viewer.is_moderator
    )
    return Standing([notice_of(sanction) for sanction in found])


def notice_of(sanction: Sanction) -> Notice:
    """One sanction as its person reads it."""
    return Notice(
        id=sanction.pk,
        sentence=sentence_of(sanction),
        reason=sanction.reason,
        way_out=way_out_of(sanction),
        stops=sanction.kind in STOPPING,
        must_be_read=sanction.kind == Kind.WARN,
    )


def sentence_of(sanction: Sanction) -> str:
    """What it means, and for whom if not for one person alone."""
    return f"{whom(sanction)}{what(sanction)}".strip()


def what(sanction: Sanction) -> str:
    """What one may not do, or must."""
    match sanction.kind:
        case Kind.WARN:
            return _("A moderator asks you to read this before you write again.")
        case Kind.SLOW:
            pause = told_pause(sanction.pause)
            return _("Please leave %(pause)s between two comments.") % {"pause": pause}
        case Kind.PREMODERATE:
            return _("Each of your comments waits for a moderator before others see it.")
        case Kind.SUSPEND:
            return _("You cannot write here for a while. You are still welcome to read.")
    return _("You cannot write comments here at the moment. You are still welcome to read.")


def whom(sanction: Sanction) -> str:
    """That others are meant too, where they are."""
    match sanction.reach:
        case Reach.DOMAIN:
            domain = {"domain": sanction.domain}
            return _("This holds for all addresses at %(domain)s.") % domain + " "
        case Reach.NETWORK:
            return _("This holds for everyone in your network.") + " "
    return ""


def way_out_of(sanction: Sanction) -> str:
    """Until when it holds, and what would lift it."""
    if sanction.kind == Kind.WARN:
        return _("Tick that you have read it, and it is done.")
    if sanction.ends_at:
        return _("It ends by itself on %(day)s.") % {"day": told_time(sanction.ends_at)}
    if sanction.reach == Reach.DOMAIN and sanction.kind in STOPPING:
        return _("With another confirmed address you can write.")
    return _("It has no end of its own; a moderator can lift it.")


def told_time(at: datetime) -> str:
    """A moment in the words of the language, with its zone."""
    here = timezone.localtime(at)
    words = f"{formats.date_format(here, 'DATE_FORMAT')}, {formats.time_format(here, 'H:i')}"
    return f"{words} {here.tzname()}"


def told_pause(seconds: int) -> str:
    """A pause in the biggest unit that says it exactly."""
    if seconds % HOUR == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    if seconds % MINUTE == 0:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // MINUTE) % {
            "n": seconds // MINUTE
        }
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


def refusal_of(sanction: Sanction) -> str:
    """All of it in one paragraph, for a form that was not taken."""
    parts = (sentence_of(sanction), sanction.reason, way_out_of(sanction))
    return " ".join(part for part in parts if part)
