"""Trying a policy on the comments of the last days, batch by batch, in a worker."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from community.accounts.models import User
from community.comments.models import Comment, Revision, Status
from community.outbox import services as outbox
from community.outbox.handlers import Payload
from moderation import policies, replay
from moderation.models import Act, Decision, Judgement, Policy, Simulation, ThreadPolicy
from moderation.replay import Past
from moderation.verdicts import Outcome, Verdict

SPAN = timedelta(days=30)
BATCH = 300
# Half a turn of a worker: others wait as well.
SECONDS = 5.0
SHOWN = 5
COUNTS = ("more", "fewer", "missed", "good_held")

GOOD = (Act.APPROVE, Act.KEEP, Act.OVERTURN)
JUDGING = (*GOOD, Act.SPAM, Act.REJECT, Act.REMOVE, Act.HOLD, Act.UNDO)


def start(policy: Policy, *, seen: int, by: User) -> Simulation:
    """Try these values; what the same administrator was trying ends."""
    open_ones = Simulation.objects.filter(site=policy.site, by=by, state=Simulation.State.OPEN)
    try:
        with transaction.atomic():
            forget_old(policy)
            open_ones.update(state=Simulation.State.CANCELLED)
            tried = policies.fresh(policy)
            tried.save(force_insert=True)
            made = Simulation.objects.create(site=policy.site, by=by, policy=tried, seen=seen)
            outbox.enqueue("moderation.try", {"simulation": made.pk})
            return made
    except IntegrityError:
        return open_ones.get()  # pressed twice at the same moment


def forget_old(policy: Policy) -> None:
    """Remove what was only tried, a month ago."""
    old = Policy.objects.filter(site=policy.site, number=None)
    old.filter(made_at__lt=timezone.now() - SPAN).delete()


def go_on(payload: Payload) -> None:
    """Look at batches for a while; what is left is a new duty."""
    ends = time.monotonic() + SECONDS
    while (row := still_open(payload["simulation"])) and time.monotonic() < ends:
        step(row)
    if row:
        outbox.enqueue("moderation.try", payload)


def still_open(pk: int | str) -> Simulation | None:
    """The simulation, while somebody waits for it."""
    rows = Simulation.objects.select_related("site", "policy")
    return rows.filter(pk=pk, state=Simulation.State.OPEN).first()


def step(row: Simulation) -> None:
    """Count what there is, or look at one batch; twice the same step changes nothing."""
    if row.total is None:
        first = comments_of(row).aggregate(first=Min("pk"))["first"] or 1
        write(row, total=comments_of(row).count(), cursor=first - 1)
        return
    batch = list(comments_of(row).filter(pk__gt=row.cursor).order_by("pk")[:BATCH])
    if batch:
        write(row, **looked_at(row, batch))
    else:
        write(row, state=Simulation.State.DONE)


def write(row: Simulation, **changes: object) -> None:
    """Note how far it has come, unless another worker was faster or it was cancelled."""
    mine = Simulation.objects.filter(pk=row.pk, state=row.state, cursor=row.cursor)
    mine.update(**changes)


def comments_of(row: Simulation) -> QuerySet[Comment]:
    """What was written in the days before the simulation began."""
    days = (row.started_at - SPAN, row.started_at)
    rows = Comment.objects.filter(site=row.site_id, created_at__range=days)
    return rows.exclude(status=Status.WITHDRAWN).select_related("thread", "contact")


def looked_at(row: Simulation, batch: Sequence[Comment]) -> dict[str, object]:
    """The counts after one more batch."""
    counts = {name: getattr(row, name) for name in COUNTS}
    samples: dict[str, list[list[object]]] = {name: row.samples.get(name, []) for name in COUNTS}
    found = 0
    for past, names, verdicts in compared(row, batch):
        found += 1
        for name in names:
            counts[name] += 1
            if len(samples[name]) < SHOWN:
                samples[name].append([past.comment.pk, against(verdicts)])
    return {
        **counts,
        "samples": samples,
        "looked": row.looked + found,
        "unjudged": row.unjudged + len(batch) - found,
        "cursor": batch[-1].pk,
    }


def against(verdicts: Sequence[Verdict]) -> list[str]:
    """The reasons that speak against a comment."""
    return [str(one.name) for one in verdicts if one.outcome not in (Outcome.PASS, Outcome.TRUST)]


def compared(
    row: Simulation, batch: Sequence[Comment]
) -> Iterator[tuple[Past, list[str], list[Verdict]]]:
    """Each comment that rules have looked at, and in which counts it belongs."""
    pasts = list(pasts_of(row, batch))
    then = Policy.objects.only("spam_waits").in_bulk({past.judgement.policy_id for past in pasts})
    bends = {past.judgement.thread_policy_id for past in pasts} - {None}
    under = ThreadPolicy.objects.in_bulk(bends)
    acts = last_acts(batch)
    for past in pasts:
        before, said = replay.recorded(past, then[past.judgement.policy_id])
        bend = under.get(past.judgement.thread_policy_id or 0)
        after, verdicts = replay.tried(past, row.policy, bend)
        names = kinds(before, after, acts.get(past.comment.pk))
        yield past, names, verdicts if after == Status.HELD else said


def kinds(before: Status, after: Status, act: str | None) -> list[str]:
    """In which counts a comment belongs that was judged so, would be judged so, and was decided."""
    waits_newly = after == Status.HELD != before
    belongs = {
        "more": waits_newly,
        "fewer": before == Status.HELD != after,
        "missed": after == Status.PUBLISHED and act == Act.SPAM,
        "good_held": waits_newly and act in GOOD,
    }
    return [name for name in COUNTS if belongs[name]]


def last_acts(batch: Sequence[Comment]) -> dict[int, str]:
    """What moderators said last of each comment."""
    rows = Decision.objects.filter(comment__in=[one.pk for one in batch], act__in=JUDGING)
    rows = rows.filter(automated=False).order_by("pk")
    return dict(rows.values_list("comment_id", "act"))


def pasts_of(row: Simulation, batch: Sequence[Comment]) -> Iterator[Past]:
    """What was said of each comment of a batch; those without a look by rules are left out."""
    looks: dict[int, list[Judgement]] = defaultdict(list)
    for judgement in Judgement.objects.filter(comment__in=batch).order_by("pk"):
        looks[judgement.comment_id].append(judgement)
    earlier: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(comment__in=batch).order_by("version"):
        earlier[revision.comment_id].append(revision)
    for comment in batch:
        rows = looks[comment.pk]
        last = next((one for one in reversed(rows) if replay.is_by_rules(one)), None)
        if last is not None:
            later = [one for one in rows if one.pk > last.pk and one.version == last.version]
            words = words_at(last.version, comment, earlier[comment.pk])
            yield Past(row.site, comment, words, last, later)


def words_at(version: int, comment: Comment, earlier: Sequence[Revision]) -> str:
    """What a comment said when it had this version: a moderator may have mended it since."""
    return next((one.body for one in earlier if one.version >= version), comment.body)
