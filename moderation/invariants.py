"""What must be true of decisions and checks whenever nobody is working."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from community.comments.models import Comment, Status
from community.project.invariants import named, told
from moderation import record
from moderation.checks.jobs import unjudged
from moderation.models import Decision, Sanction, SanctionEntry


class Step(NamedTuple):
    """One decision, as far as the chain goes."""

    comment: int
    before: str
    after: str
    version: int


def breaches() -> Iterator[str]:
    """One sentence for everything that is not as it must be."""
    yield from twice()
    yield from chains()
    yield from forgotten()
    yield from life_of_sanctions()
    yield from open_records()


def life_of_sanctions() -> Iterator[str]:
    """Every sanction that ended has the step that says how, and those in force have none."""
    ends = SanctionEntry.objects.filter(sanction=OuterRef("pk")).exclude(step="impose")
    open_with_end = Sanction.objects.open().filter(Exists(ends))
    yield from named(open_with_end, "Sanctions that hold though a step says they ended")
    closed_without = Sanction.objects.exclude(lifted_at=None).exclude(Exists(ends))
    yield from named(closed_without, "Sanctions that ended without a step that says so")


def open_records() -> Iterator[str]:
    """The database refuses to change what is written down."""
    tables = record.unguarded()
    if tables:
        yield f"Tables the database does not guard: {', '.join(tables)}. Run the migrations again."


def twice() -> Iterator[str]:
    """No version of a comment was made by two decisions."""
    doubles = moves().order_by().values("comment", "version").annotate(number=Count("pk"))
    wrong = doubles.filter(number__gt=1).values_list("comment", flat=True)
    yield from told(list(wrong), "Comments decided twice")


def moves() -> QuerySet[Decision]:
    """Decisions that brought a comment elsewhere; an objection alone does not."""
    return Decision.objects.exclude(before=F("after"))


def chains() -> Iterator[str]:
    """Every decision begins where the one before ended, and a comment stands where the last did.

    Between two decisions only its author can have acted: by an edit, which leaves a date, or by
    deleting it, which is the end. An imported comment was judged elsewhere before.
    """
    judged = Comment.objects.filter(decisions__isnull=False)
    imported = set(judged.exclude(import_number=None).values_list("pk", flat=True))
    edited = set(Comment.objects.exclude(edited_at=None).values_list("pk", flat=True))
    # Of a comment that is deleted for good nobody knows where it came from.
    there = moves().filter(comment__version__gt=0)
    steps = there.order_by("comment", "pk").values_list("comment", "before", "after", "version")
    found = groupby(map(Step._make, steps.iterator()), key=lambda step: step.comment)
    last = {
        pk: walk(list(chain), edited=pk in edited, imported=pk in imported) for pk, chain in found
    }
    yield from told([pk for pk, end in last.items() if end is None], "Comments with a broken chain")
    yield from told(misplaced(last, edited), "Comments that stand where no decision has put them")


def walk(chain: list[Step], *, edited: bool, imported: bool) -> str | None:
    """Where a chain of decisions ends; None if it does not hang together."""
    at, version = chain[0].before if imported else str(Status.CHECKING), 0
    for step in chain:
        rewritten = edited and step.before == Status.CHECKING
        if step.version <= version or (step.before != at and not rewritten):
            return None
        at, version = step.after, step.version
    return at


def misplaced(last: dict[int, str | None], edited: set[int]) -> list[int]:
    """Comments whose status is not that of their last decision, nor their author's doing."""
    rows = Comment.objects.filter(import_number=None).exclude(status=Status.WITHDRAWN)
    return [
        pk
        for pk, status in rows.values_list("pk", "status").iterator()
        if status != last.get(pk, Status.CHECKING)
        and last.get(pk, "") is not None
        and not (pk in edited and status == Status.CHECKING)
    ]


def forgotten() -> Iterator[str]:
    """Whatever nothing will judge is with the moderators by now."""
    late = timezone.now() - timedelta(minutes=15)
    yield from named(unjudged().filter(created_at__lt=late), "Comments nobody judges")
