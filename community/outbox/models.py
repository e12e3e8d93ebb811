"""Rows of work still to be done: the record of duty, written with the fact that causes it."""

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

LEASE = timedelta(seconds=60)

W = TypeVar("W", bound="Work")


class WorkQuerySet(models.QuerySet[W]):
    """Claiming rows so that several workers never hold the same one."""

    def claimable(self, now: datetime) -> Self:
        """Open rows that are due and held by nobody alive."""
        return self.filter(models.Q(lease_until=None) | models.Q(lease_until__lt=now), due__lte=now)

    def claim(self, limit: int) -> list[W]:
        """Take up to `limit` due rows for one lease; every row goes to one caller only.

        On PostgreSQL rows locked by another claimer are skipped; SQLite lets one write at a time.
        """
        now = timezone.now()
        with transaction.atomic(using=self.db):
            chosen = self.choose(limit, now)
            taken = self.model._base_manager.filter(pk__in=chosen)
            taken.update(attempts=models.F("attempts") + 1, lease_until=now + LEASE)
            return list(self.filter(pk__in=chosen).order_by("due", "pk")) if chosen else []

    def choose(self, limit: int, now: datetime) -> list[int]:
        """The first due rows, locked where the database can.

        Without what the caller wants beside them: with a hundred thousand rows waiting, joining
        before choosing would look at all of them for every ten.
        """
        first = self.claimable(now).order_by("due", "pk").select_related(None)
        if connection.features.has_select_for_update_skip_locked:
            first = first.select_for_update(skip_locked=True, of=("self",))
        return list(first.values_list("pk", flat=True)[:limit])


class Work(models.Model):
    """Something due, leased to one worker at a time, counted in attempts."""

    due = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def settle(self, **changes: object) -> bool:
        """Write the end of this attempt, unless the lease has passed to someone else."""
        mine = type(self)._base_manager.filter(pk=self.pk, attempts=self.attempts)
        return bool(mine.update(lease_until=None, **changes))


class JobState(models.TextChoices):
    """Where a job stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    DEAD = "dead"


class JobQuerySet(WorkQuerySet["Job"]):
    """Jobs by state."""

    def open(self) -> Self:
        """Jobs still to be done."""
        return self.filter(state=JobState.OPEN)


class Job(Work):
    """One duty, such as “announce comment 7”: a handler's name and the ids it needs."""

    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due", "id"], condition=models.Q(state="open"), name="sweep_open_jobs"
            ),
            models.Index(fields=["finished_at"], name="forget_finished_jobs"),
            models.Index(fields=["key"], condition=~models.Q(key=""), name="jobs_of_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state="open") & ~models.Q(key=""),
                name="one_open_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.payload}"


class Heartbeat(models.Model):
    """When the background worker last said that it is alive."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
