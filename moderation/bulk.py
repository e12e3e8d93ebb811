"""One decision about many: each is its own, conditional on the version seen, or is left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import User
from community.comments import lifecycle
from community.comments.lifecycle import MOVES, ForbiddenMove, StaleComment
from community.comments.models import Comment, Status
from community.threads.models import Thread
from moderation import decisions, reasons, reports, statements
from moderation.decisions import CORRECTIONS, TARGETS, UNDO_WINDOW
from moderation.models import Act, Check, Decision, Report, Statement
from moderation.reasons import Why

# So many share a transaction: few commits, and nobody waits long for the lock of a thread.
TOGETHER = 100


def decide_all(
    rows: QuerySet[Comment], seen: Mapping[int, int], act: Act, *, by: User
) -> list[Decision]:
    """Decide the same about all of these that are still the versions seen.

    Threads are locked one after the other and each alone, so that two who decide about the same
    comments never wait for each other in a circle.
    """
    found = rows.filter(pk__in=seen).order_by("thread_id", "pk").values_list("thread_id", "pk")
    made: list[Decision] = []
    for thread, group in groupby(found, key=lambda row: row[0]):
        ids = iter([pk for _thread, pk in group])
        while some := list(islice(ids, TOGETHER)):
            made += decide_in(thread, {pk: seen[pk] for pk in some}, act, by)
    return made


def decide_in(thread_id: int, seen: Mapping[int, int], act: Act, by: User) -> list[Decision]:
    """Decide about some of one thread: what nobody reads in one go, the rest one by one."""
    with transaction.atomic():
        thread = Thread.objects.locked(thread_id)
        fresh = Comment.objects.filter(pk__in=seen).select_related("site", "parent", "person")
        as_seen = [row for row in fresh.order_by("pk") if row.version == seen[row.pk]]
        movable = [row for row in as_seen if TARGETS[act] in MOVES[Status(row.status)]]
        # Sorted out before the first of them moves: an approval makes them public.
        public = [row for row in movable if row.is_public]
        made = put_all([row for row in movable if not row.is_public], thread, act, by)
        return [*made, *one_by_one(public, act, by)]


def put_all(rows: list[Comment], thread: Thread, act: Act, by: User) -> list[Decision]:
    """Move what nobody reads, and write down each decision."""
    if not rows:
        return []
    why, start = reasons.why_act(rows[0].site, act, ""), timezone.now()
    before = [Status(row.status) for row in rows]
    kept = {row.pk: decisions.why_mended(row, TARGETS[act]) for row in rows}
    lifecycle.move_all(rows, thread, TARGETS[act], told=why.told("")[:500], announce_in=UNDO_WINDOW)
    for row in rows:
        row.told = row.told or kept[row.pk]
    Comment.objects.bulk_update([row for row in rows if kept[row.pk]], ["told"])
    made = Decision.objects.bulk_create(
        decisions.noted(row, act, was, by=by, why=why, at=start)
        for row, was in zip(rows, before, strict=True)
    )
    owe_feedback(made, act)
    answer_reports(made)
    tell_authors(made, why)
    return made


def answer_reports(made: Iterable[Decision]) -> None:
    """Answer what readers have reported: asked for all at once, since few are reported."""
    reported = Report.objects.open().filter(comment__in=[row.comment_id for row in made])
    ids = set(reported.values_list("comment", flat=True))
    for decision in made:
        if decision.comment_id in ids:
            reports.settle(decision)


def tell_authors(made: Sequence[Decision], why: Why) -> None:
    """State each refusal; a publication takes back only what was stated before."""
    ids = [decision.comment_id for decision in made]
    standing = Statement.objects.standing().filter(comment__in=ids)
    stated = set(standing.values_list("comment", flat=True))
    for decision in made:
        if decision.comment_id in stated:
            statements.follow(decision, why, tell_in=UNDO_WINDOW)
    first = [decision for decision in made if decision.comment_id not in stated]
    statements.state_all(first, why, tell_in=UNDO_WINDOW)


def owe_feedback(made: Iterable[Decision], act: Act) -> None:
    """Note where Akismet is contradicted: asked for all at once, since it seldom is."""
    wrong = CORRECTIONS.get(act, ())
    ids = [decision.comment_id for decision in made]
    contradicted = set(
        Check.objects.filter(comment__in=ids, answer__in=wrong).values_list("comment", flat=True)
    )
    for decision in made:
        if decision.comment_id in contradicted:
            decisions.owe_feedback(decision)


def one_by_one(rows: Iterable[Comment], act: Act, by: User) -> Iterator[Decision]:
    """Decide about what readers see, where every counter moves."""
    for row in rows:
        try:
            yield decisions.decide(row, act, seen=row.version, by=by)
        except (StaleComment, ForbiddenMove):
            continue
