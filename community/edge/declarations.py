"""What a view says of its page: that everybody sees the same, and what would change it.

`public` puts a view into the fast lane. It names the query parameters the page knows; all others
are left out of its address. Every such page depends on its site; `shows` adds threads, and
`lives_briefly` is for pages that show what no version tells of.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.articles.queries import newest
from community.sites.models import Site
from community.sites.requests import Request
from community.threads.models import Thread

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponse]

# Where a request that is rendered for everybody carries its notes.
NOTES = "parley.edge"
SECONDS_WITHOUT_VERSION = 0.5


class Fact(NamedTuple):
    """A row that a page shows: its kind (see `versions.SOURCES`) and id."""

    kind: str
    pk: int


class Mark(NamedTuple):
    """How a fact stood: `removals` moves only when something readable is gone."""

    version: int
    removals: int


@dataclass
class Notes:
    """What a page is found to depend on while it is rendered."""

    facts: dict[Fact, Mark] = field(default_factory=dict)
    until: datetime | None = None
    is_brief: bool = False

    def rely(self, kind: str, row: Site | Thread) -> None:
        """Depend on a row as it was read; the first reading counts, since it is the oldest."""
        self.facts.setdefault(Fact(kind, row.pk), Mark(row.version, row.removals))

    def end(self, moment: datetime | None) -> None:
        """Let the page end at a moment that is still to come."""
        if moment and moment > timezone.now():
            self.until = min(moment, self.until or moment)


@dataclass(frozen=True)
class Declaration:
    """The query parameters a public page knows, in the order of its address.

    Where others may mean something (an old address), a `strict` page is left to Django.
    """

    parameters: tuple[str, ...]
    strict: bool = False


def public(*parameters: str, strict: bool = False) -> Callable[[View[P]], View[P]]:
    """Put a view into the fast lane: for whoever carries no identity, its page is the same."""

    def declare(view: View[P]) -> View[P]:
        @wraps(view)
        def declared(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if notes := notes_of(request):
                notes.rely("site", request.site)
                notes.end(newest(request.site).until)
            return view(request, *args, **kwargs)

        declared.public = Declaration(parameters, strict)  # type: ignore[attr-defined]
        return cast("View[P]", declared)

    return declare


def shows(request: HttpRequest, *threads: Thread | None) -> None:
    """Say whose comments or numbers a page shows; call it before they are read.

    None stands for a thread that is still to come.
    """
    if not (notes := notes_of(request)):
        return
    for thread in threads:
        if thread is None or thread.pk is None:
            notes.is_brief = True
            continue
        notes.rely("thread", thread)
        notes.end(thread.closes_at if thread.closed_at is None else None)


def lives_briefly(request: HttpRequest) -> None:
    """Say that a page shows what no version tells of: it is made anew twice a second at most."""
    if notes := notes_of(request):
        notes.is_brief = True


def notes_of(request: HttpRequest) -> Notes | None:
    """The notes of a request that is rendered for everybody; None for all others."""
    return cast("Notes | None", request.META.get(NOTES))
