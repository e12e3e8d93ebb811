"""E-mails on their way: one row each, written with the fact that causes it."""

from typing import Self

from django.db import models

from community.outbox.models import Work, WorkQuerySet


class MailState(models.TextChoices):
    """Where an e-mail stands. `unknown`: handed over, but the answer was lost."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SKIPPED = "skipped"


class PostingQuerySet(WorkQuerySet["Posting"]):
    """E-mails by state."""

    def waiting(self) -> Self:
        """E-mails still to be sent."""
        return self.filter(state=MailState.WAITING)


class Posting(Work):
    """What every e-mail row carries while it is being sent."""

    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    # Set just before the words are handed over: a second try after that is the last one.
    handed_over = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Email(Posting):
    """A finished e-mail: account mail, a confirmation, news for moderators."""

    kind = models.CharField(max_length=30)
    to = models.EmailField(max_length=320)
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, unique=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due", "id"], condition=models.Q(state="waiting"), name="emails_to_send"
            ),
            models.Index(fields=["kind", "to", "created_at"], name="emails_a_day_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
