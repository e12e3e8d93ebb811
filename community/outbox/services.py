"""Writing, cancelling and doing work."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.db.models.constants import OnConflict
from django.utils import timezone

from community.insertion import Insertion
from community.outbox import handlers
from community.outbox.models import Heartbeat, Job, JobState
from community.outbox.nudges import wake

log = logging.getLogger("parley.outbox")

MOST_ATTEMPTS = 8
KEPT_FOR = timedelta(days=7)
# One turn in seconds: while a spam check hangs, a worker must come back to its e-mails.
TURN = 10.0
BEAT_EVERY = timedelta(seconds=10)
PATIENCE = timedelta(seconds=60)
# The constraint's way of saying “that duty is already noted”.
JOBS = Insertion(Job, OnConflict.IGNORE)


def enqueue(
    name: str,
    payload: Mapping[str, int | str],
    *,
    due: datetime | None = None,
    key: str = "",
) -> None:
    """Note a duty in the caller's transaction and nudge a worker after its commit.

    With a `key`, an open job of the same key already stands for this one.
    """
    due = due or timezone.now()
    JOBS.add(Job(name=name, payload=dict(payload), due=due, key=key))
    if due <= timezone.now():
        transaction.on_commit(nudge, robust=True)


def enqueue_all(name: str, wanted: Mapping[str, Mapping[str, int]], *, due: datetime) -> None:
    """Note many duties of one kind by their keys, in one statement; the schedule finds them."""
    jobs = [
        Job(name=name, payload=dict(payload), due=due, key=key) for key, payload in wanted.items()
    ]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)


def nudge(task: str = "community.outbox.tasks.sweep") -> None:
    """Wake a worker soon; nobody waits for the broker, and nothing is lost if it is silent."""
    wake(task)


def cancel(key: str) -> int:
    """Cancel the open jobs of this key that no worker has taken; their number."""
    return (
        Job.objects.open()
        .filter(key=key, attempts=0)
        .update(state=JobState.CANCELLED, finished_at=timezone.now())
    )


def is_settled(key: str) -> bool:
    """Whether a job of this key was already taken or done."""
    return Job.objects.filter(key=key, attempts__gt=0).exists()


def work(limit: int = 100) -> int:
    """Do the jobs that are due, one after another, for one turn; their number."""
    done = 0
    ends = time.monotonic() + TURN
    while done < limit and time.monotonic() < ends and (claimed := Job.objects.open().claim(1)):
        perform(claimed[0])
        done += 1
    return done


def perform(job: Job) -> None:
    """Do one claimed job and write how it ended."""
    try:
        handlers.find(job.name)(job.payload)
    except handlers.Later as later:
        job.settle(due=timezone.now() + later.wait, error=str(later)[:300])
    except Exception as error:
        log.exception("Job %s failed", job)
        put_off(job, error)
    else:
        job.settle(state=JobState.DONE, finished_at=timezone.now(), error="")


def put_off(job: Job, error: Exception) -> None:
    """Try a failed job again later, or put it aside for a human after too many attempts."""
    now = timezone.now()
    trouble = f"{type(error).__name__}: {error}"[:300]
    if job.attempts >= MOST_ATTEMPTS:
        log.error("Job %s is put aside after %s attempts", job, job.attempts)
        job.settle(state=JobState.DEAD, finished_at=now, error=trouble)
    else:
        job.settle(due=now + timedelta(seconds=2**job.attempts), error=trouble)


def beat(name: str = "worker") -> None:
    """Say that the worker is alive, at most once in ten seconds."""
    now = timezone.now()
    fresh = Heartbeat.objects.filter(name=name, at__gt=now - BEAT_EVERY).exists()
    if not fresh:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def silent_since(name: str = "worker", patience: timedelta = PATIENCE) -> datetime | None:
    """When the worker was last heard, if that is longer ago than `patience`.

    A worker that was never heard is silent since the oldest duty it should have done.
    """
    limit = timezone.now() - patience
    heard = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    since = heard or Job.objects.open().aggregate(oldest=Min("due"))["oldest"]
    return since if since and since < limit else None


def forget_finished() -> int:
    """Remove jobs finished more than a week ago; their number."""
    old = Job.objects.filter(finished_at__lt=timezone.now() - KEPT_FOR).exclude(state=JobState.DEAD)
    return old.delete()[0]
