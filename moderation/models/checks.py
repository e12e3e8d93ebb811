"""The slow checks a comment has gone through or waits for."""

from typing import Self

from django.db import models
from django.utils import timezone

from moderation.models.opinions import Reason


class CheckState(models.TextChoices):
    """How far the slow check of one version has come."""

    OPEN = "open"
    TROUBLE = "trouble"  # did not answer, still trying
    AGAIN = "again"  # answered, and asked us to come back once
    DONE = "done"
    GIVEN_UP = "given up"


LIVE_STATES = (CheckState.OPEN, CheckState.TROUBLE, CheckState.AGAIN)


class CheckQuerySet(models.QuerySet["Check"]):
    """Checks by how far they have come."""

    def live(self) -> Self:
        """Those that will still ask."""
        return self.filter(state__in=LIVE_STATES)


class Check(models.Model):
    """One version of a comment that a slow check must see, with what the check may be told."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="checks"
    )
    # The words it is about, as in Opinion.
    version = models.PositiveIntegerField()
    # The comment's version while nobody but this check has moved it: it decides nothing else.
    stands_at = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=40, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)
    # Encrypted: address and browser of the sender. Wiped as soon as nothing can be asked or
    # reported with it any more, and always after a day.
    context = models.TextField(blank=True)
    answer = models.CharField(max_length=10, blank=True)
    guid = models.CharField(max_length=300, blank=True)
    # What a moderator's decision was reported back as, "spam" or "ham": once only.
    reported = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CheckQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="open"),
                name="checks_not_answered_yet",
            ),
            models.Index(
                fields=["created_at"],
                condition=~models.Q(context=""),
                name="contexts_to_wipe",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "version", "name"], name="one_check_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of comment {self.comment_id}: {self.state}"


class Breaker(models.Model):
    """How a service outside has answered lately. All workers read and write the same row."""

    name = models.CharField(max_length=40, primary_key=True)
    # Since the last answer.
    failures = models.PositiveIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)
    # Until then nobody asks; after that, one asks for all.
    rests_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.failures} failures"
