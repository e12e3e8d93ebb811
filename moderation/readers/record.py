"""The public side of the record, for sites that switch it on: no names, no words, no hours."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from community.sites.models import Site
from community.sites.requests import Request
from moderation.models import Act, Decision, Ground, SanctionEntry, Step
from moderation.sanctions import UNDO_WINDOW
from moderation.statistics import REFUSALS, last_full_months, overview

R = TypeVar("R", Decision, SanctionEntry)

PAGE = 50
SHOWN_ACTS = (Act.REJECT, Act.REMOVE, Act.SPAM)
SHOWN_STEPS = (Step.IMPOSE, Step.LIFT, Step.END)


@dataclass(frozen=True)
class Line:
    """One thing that was done, told so that nobody is known by it."""

    at: datetime
    what: str
    why: str
    by_machine: bool

    @property
    def day(self) -> date:
        """When: a day is enough."""
        return self.at.date()


@dataclass(frozen=True)
class Cursor:
    """Behind which row of each kind a page begins."""

    decision: int | None
    step: int | None

    @property
    def query(self) -> str:
        """As it stands in an address; a kind of which no row was shown yet begins at its top."""
        known = {"d": self.decision, "s": self.step}
        return urlencode({name: pk for name, pk in known.items() if pk is not None})


@require_GET
def log(request: Request) -> HttpResponse:
    """What was done, newest first."""
    if not request.site.public_log:
        raise Http404("this site keeps its log to itself")
    lines, following = page_of(request.site, read_cursor(request))
    context = {"lines": lines, "next_url": f"?{following.query}" if following else ""}
    return render(request, "pages/moderation_log.html", context)


@require_GET
def report(request: Request) -> HttpResponse:
    """The numbers of the last twelve full months."""
    if not request.site.public_report:
        raise Http404("this site keeps its report to itself")
    context = {"overview": overview(last_full_months(request.site))}
    return render(request, "pages/transparency.html", context)


def read_cursor(request: Request) -> Cursor:
    """Where a page begins; raises Http404 for what no page has led to."""
    found = [request.GET.get(name, "") for name in ("d", "s")]
    if not all(raw == "" or (raw.isascii() and raw.isdigit() and len(raw) < 19) for raw in found):
        raise Http404("no such page")
    decision, step = (int(raw) if raw else None for raw in found)
    return Cursor(decision, step)


def page_of(site: Site, cursor: Cursor) -> tuple[list[Line], Cursor | None]:
    """Fifty lines of both kinds behind the cursor, and the cursor to the next ones."""
    decisions = behind(shown_decisions(site), cursor.decision)
    steps = behind(shown_steps(site), cursor.step)
    rows: list[Decision | SanctionEntry] = sorted(
        [*decisions, *steps], key=lambda row: row.at, reverse=True
    )
    shown, more = rows[:PAGE], len(rows) > PAGE
    following = Cursor(
        min((row.pk for row in shown if isinstance(row, Decision)), default=cursor.decision),
        min((row.pk for row in shown if isinstance(row, SanctionEntry)), default=cursor.step),
    )
    return [line_of(row) for row in shown], following if more else None


def behind(rows: QuerySet[R], cursor: int | None) -> list[R]:
    """One page of a kind, and one row more."""
    rows = rows if cursor is None else rows.filter(pk__lt=cursor)
    return list(rows.order_by("-pk")[: PAGE + 1])


def shown_decisions(site: Site) -> QuerySet[Decision]:
    """Refusals and removals that stood longer than an undo takes."""
    refused = Q(act__in=SHOWN_ACTS) | Q(act=Act.JUDGE, after__in=REFUSALS)
    undone = Decision.objects.filter(undoes=OuterRef("pk"))
    settled = Decision.objects.filter(refused, site=site, at__lt=timezone.now() - UNDO_WINDOW)
    return settled.exclude(Exists(undone))


def shown_steps(site: Site) -> QuerySet[SanctionEntry]:
    """What was imposed and how it ended, as far as it stood longer than an undo takes."""
    undone = SanctionEntry.objects.filter(sanction=OuterRef("sanction"), step=Step.UNDO)
    rows = SanctionEntry.objects.filter(site=site, step__in=SHOWN_STEPS)
    return rows.filter(at__lt=timezone.now() - UNDO_WINDOW).exclude(Exists(undone))


def line_of(row: Decision | SanctionEntry) -> Line:
    """A row of the record in public words."""
    if isinstance(row, Decision):
        return Line(row.at, told_act(row), told_ground(row.ground, row.provision), row.automated)
    what = f"{row.get_kind_display()}: {row.get_step_display()}"
    return Line(row.at, what, told_ground(row.ground, ""), row.automated)


def told_act(decision: Decision) -> str:
    """What became of a comment."""
    if decision.act == Act.REMOVE:
        return _("A comment was removed")
    if decision.after == "spam":
        return _("A comment was taken for spam")
    return _("A comment was not published")


def told_ground(ground: str, provision: str) -> str:
    """On what it stands: the rule or law itself where there is one."""
    return provision or (str(Ground(ground).label) if ground else "")
