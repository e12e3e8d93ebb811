"""The versions of a site's rules: what each has changed, and going back to one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from community.pages.threads import read_cursor
from community.sites.guards import administrators_only
from community.sites.requests import Request
from moderation import policies
from moderation.models import Policy

PAGE = 20
MOST_LINES = 5


@dataclass(frozen=True)
class Change:
    """One value that a version has changed, in words."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class Version:
    """One version beside the one before it."""

    policy: Policy
    changes: list[Change]
    is_current: bool


@require_GET
@administrators_only
def listing(request: Request) -> HttpResponse:
    """Every version, the newest first, with what it has changed."""
    saved = Policy.objects.saved().filter(site=request.site).select_related("made_by")
    cursor = read_cursor(request)
    newest = policies.current(request.site).number
    rows = list((saved.filter(number__lt=cursor) if cursor else saved)[: PAGE + 1])
    before = [*rows[1:], None] if len(rows) <= PAGE else rows[1:]
    context = {
        "nav": "moderation",
        "versions": [
            Version(one, changes(one, older), one.number == newest)
            for one, older in zip(rows[:PAGE], before, strict=False)
        ],
        "next": rows[PAGE - 1].number if len(rows) > PAGE else None,
        "newest": newest,
    }
    return render(request, "moderation/versions.html", context)


@require_POST
@administrators_only
def bring_back(request: Request, number: int) -> HttpResponse:
    """Put an older version in force again, as a new one."""
    saved = Policy.objects.saved().filter(site=request.site)
    old = get_object_or_404(saved, number=number)
    seen = request.POST.get("seen", "")
    try:
        policies.save(old, seen=int(seen) if seen.isdecimal() else 0, by=request.user)
    except policies.Changed:
        messages.error(request, _("Somebody has saved other rules meanwhile. Please look again."))
    else:
        messages.success(request, _("Done. These rules hold from now on."))
    return redirect("moderation-versions")


def changes(one: Policy, older: Policy | None) -> list[Change]:
    """What a version has changed; the first has changed nothing."""
    if older is None:
        return []
    return [change(name, older, one) for name in policies.differences(older, one)]


def change(name: str, older: Policy, one: Policy) -> Change:
    """One value before and after; of a list, what was taken out and what was put in."""
    label = str(Policy._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    before, now = getattr(older, name), getattr(one, name)
    if isinstance(before, str):
        gone, new = set(before.splitlines()), set(now.splitlines())
        return Change(label, shown_lines(gone - new), shown_lines(new - gone))
    return Change(label, shown(before), shown(now))


def shown(value: bool | int) -> str:
    """A value as people say it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def shown_lines(lines: set[str]) -> str:
    """The first lines of a list, and how many more there are."""
    kept = sorted(lines)
    rest = len(kept) - MOST_LINES
    if rest <= 0:
        return ", ".join(kept)
    more = ngettext("and %(number)d more", "and %(number)d more", rest) % {"number": rest}
    return f"{', '.join(kept[:MOST_LINES])} {more}"
