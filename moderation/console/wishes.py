"""What the address of the queue asks for, and addresses that ask for something else."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.accounts.models import Person
from community.comments.models import CommentQuerySet
from community.sites.models import Site
from community.sites.requests import Request
from community.threads.models import Thread
from moderation.models import Reason
from moderation.queue import AGES, Filter, Order
from moderation.queue.filters import LONGEST_SEARCH

BIGGEST_KEY = 2**62
NOT_AGAINST = {Reason.STAFF, Reason.KNOWN}


@dataclass(frozen=True)
class Chip:
    """One wish that is in force, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Choice:
    """One value of a list to choose from."""

    value: str
    label: str
    chosen: bool


def read_filter(request: Request, sites: list[Site]) -> Filter:
    """The wishes in the address; what makes no sense is left out."""
    asked = request.GET
    reason, words = asked.get("reason", ""), asked.get("q", "").replace("\0", "").strip()
    return Filter(
        sites=chosen_sites(request, sites),
        order=Order.RISK if asked.get("order") == Order.RISK else Order.OLDEST,
        reason=reason if reason in Reason.values else "",
        thread=number_in(asked.get("page", "")),
        author=number_in(asked.get("author", "")),
        hours=next((hours for hours in AGES if asked.get("age") == str(hours)), 0),
        words=words[:LONGEST_SEARCH],
    )


def sites_of(request: Request) -> list[Site]:
    """The sites this member moderates, the one they are on first."""
    mine = Site.objects.filter(memberships__user=request.user).exclude(pk=request.site.pk)
    return [request.site, *mine.order_by("name")]


def chosen_sites(request: Request, sites: list[Site]) -> tuple[int, ...]:
    """This site, another of theirs, or all; a site that is not theirs is as good as none."""
    wanted = request.GET.get("site", "")
    if wanted == "all":
        return tuple(site.pk for site in sites)
    return next(((site.pk,) for site in sites if str(site.pk) == wanted), (request.site.pk,))


def within_reach(request: Request, rows: CommentQuerySet) -> CommentQuerySet:
    """Those of these comments about which this member may decide, on any of their sites."""
    return rows.filter(site__in=Site.objects.filter(memberships__user=request.user))


def number_in(raw: str) -> int | None:
    """The id in a value; None for anything that is none."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def read_cursor(request: Request) -> int | None:
    """The cursor in the address; raises Http404 for anything that is none."""
    raw = request.GET.get("after", "")
    if not raw:
        return None
    digits = raw.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and int(digits[:20]) < BIGGEST_KEY):
        raise Http404("no such page")
    return int(raw)


def address(request: Request, **changes: str) -> str:
    """This page of the queue with some wishes changed; an empty one is dropped."""
    asked = {name: value for name, value in request.GET.items() if name in NAMES}
    wanted = {name: value for name, value in {**asked, **changes}.items() if value}
    query = urlencode(wanted)
    return f"{reverse('moderation')}?{query}" if query else reverse("moderation")


NAMES = ("order", "reason", "page", "author", "age", "q", "site")


def choices(wanted: Filter, sites: list[Site], request: Request) -> dict[str, Any]:
    """All that the form of wishes offers."""
    return {
        "wanted": wanted,
        "order_url": address(request, order="" if wanted.order is Order.RISK else Order.RISK.value),
        "reasons": [
            Choice(value, str(label), value == wanted.reason)
            for value, label in Reason.choices
            if value not in NOT_AGAINST
        ],
        "ages": [Choice(str(hours), age_of(hours), hours == wanted.hours) for hours in AGES],
        "sites": site_choices(wanted, sites),
        "chips": chips(request, wanted),
    }


def site_choices(wanted: Filter, sites: list[Site]) -> list[Choice]:
    """The sites to choose from; nothing for whoever moderates one."""
    if len(sites) == 1:
        return []
    every = Choice("all", _("All my sites"), len(wanted.sites) > 1)
    return [every, *(Choice(str(one.pk), one.name, wanted.sites == (one.pk,)) for one in sites)]


def age_of(hours: int) -> str:
    """A time of waiting in words."""
    if hours < 48:
        return ngettext("over %(n)s hour", "over %(n)s hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("over %(n)s day", "over %(n)s days", days) % {"n": days}


def chips(request: Request, wanted: Filter) -> list[Chip]:
    """The wishes in force, each with a way out."""
    named = {
        "q": wanted.words and _("“%(words)s”") % {"words": wanted.words},
        "reason": wanted.reason and str(Reason(wanted.reason).label),
        "age": age_of(wanted.hours) if wanted.hours else "",
        "page": title_of(wanted),
        "author": name_of(wanted),
    }
    return [Chip(label, address(request, **{name: ""})) for name, label in named.items() if label]


def title_of(wanted: Filter) -> str:
    """The title of the one page that is asked for."""
    if wanted.thread is None:
        return ""
    found = Thread.objects.filter(pk=wanted.thread, site__in=wanted.sites)
    return found.values_list("title", flat=True).first() or _("Another page")


def name_of(wanted: Filter) -> str:
    """The name of the one author that is asked for, if they wrote here."""
    if wanted.author is None:
        return ""
    here = Person.objects.filter(pk=wanted.author, comments__site__in=wanted.sites)
    return here.values_list("comments__author_name", flat=True).first() or _("Someone")
