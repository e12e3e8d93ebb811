"""E-mails on their way: one row each, written with the fact that causes it."""

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.utils import timezone

from community.outbox.models import Work, WorkQuerySet

P = TypeVar("P", bound="Posting")
# Handed over so often, an e-mail may have arrived twice: no third time.
MOST_HANDED_OVER = 2
# The reason of an e-mail that a mail server took and then could not deliver.
CAME_BACK = "came back"


class MailState(models.TextChoices):
    """Where an e-mail stands. `unknown`: handed over, but the answer was lost.

    `held`: the database was restored from a backup, and this e-mail may have left after that.
    """

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SKIPPED = "skipped"
    GATHERED = "gathered"  # waits for an e-mail that tells of several at once


class PostingQuerySet(WorkQuerySet[P]):
    """E-mails by state."""

    def waiting(self) -> Self:
        """E-mails still to be sent."""
        return self.filter(state=MailState.WAITING)

    def held(self) -> Self:
        """E-mails that may have left before the database was restored."""
        return self.filter(state=MailState.HELD)

    def release(self) -> int:
        """Send what is held after all; how many that were."""
        return self.held().update(
            state=MailState.WAITING, released=True, due=timezone.now(), finished_at=None
        )

    def let_go(self) -> int:
        """Never send what is held: it may have arrived already; how many that were."""
        return self.held().update(state=MailState.UNKNOWN, released=True)

    def in_doubt(self) -> Self:
        """E-mails whose answer was lost twice, until somebody says what shall become of them."""
        return self.filter(state=MailState.UNKNOWN, released=False)

    def send_once_more(self) -> int:
        """Hand over once more what is in doubt, though it may come twice; how many that were."""
        return self.in_doubt().update(
            state=MailState.WAITING,
            released=True,
            due=timezone.now(),
            finished_at=None,
            handed_over=MOST_HANDED_OVER - 1,
        )

    def leave(self) -> int:
        """Ask nobody any more about what is in doubt; how many that were."""
        return self.in_doubt().update(released=True)

    def note_return(self, detail: str) -> int:
        """Note that a mail server took an e-mail and gave it back; 1, or 0 if none left."""
        left = self.filter(state__in=[MailState.SENT, MailState.UNKNOWN])
        return left.update(reason=f"{CAME_BACK} {detail}".strip()[:200])

    def to_host(self, host: str) -> Self:
        """E-mails to addresses of this domain."""
        return self.filter(self._is_of(host))

    def leaving_out(self, hosts: Collection[str]) -> Self:
        """E-mails to all other domains. Where none is left out, no address need be looked at."""
        return self.exclude(models.Q(*map(self._is_of, hosts), _connector=models.Q.OR))

    def _is_of(self, host: str) -> models.Q:
        address = getattr(self.model, "ADDRESS")  # noqa: B009 # WorkQuerySet knows only Work
        return models.Q(**{f"{address}__iendswith": f"@{host}"})


class Posting(Work):
    """What every e-mail row carries while it is being sent."""

    # The way to the address it goes to, in the words of queries.
    ADDRESS: ClassVar[str] = "contact__address"

    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    # Set just before the words are handed over: a second try after that is the last one.
    handed_over = models.PositiveSmallIntegerField(default=0)
    # How often it did not work out: its next try follows from that.
    postponed = models.PositiveSmallIntegerField(default=0, db_default=0)
    # An administrator has said what shall become of it: held after a restore, or in doubt.
    released = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def host(self) -> str:
        """The domain it goes to."""
        address: str = attrgetter(self.ADDRESS.replace("__", "."))(self)
        return address.rpartition("@")[2].lower()

    @property
    def fact_at(self) -> datetime:
        """When that happened of which it tells."""
        return self.created_at


class EmailQuerySet(PostingQuerySet["Email"]):
    """Finished e-mails."""


class Email(Posting):
    """A finished e-mail: account mail, a confirmation, news for moderators."""

    ADDRESS = "to"

    kind = models.CharField(max_length=30)
    to = models.EmailField(max_length=320)
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, unique=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due", "id"], condition=models.Q(state="waiting"), name="emails_to_send"
            ),
            models.Index(fields=["kind", "to", "created_at"], name="emails_a_day_per_address"),
            models.Index(fields=["to", "-id"], name="emails_to_look_up"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class MailHost(models.Model):
    """A domain that holds up the line or has its pace; where all is well there is no row.

    The empty name stands for our own mail server, through which everything goes.
    """

    name = models.CharField(max_length=255, primary_key=True)
    # Since it was last tried after a rest, and all was well.
    troubles = models.PositiveSmallIntegerField(default=0)
    # Until then nobody calls; after that, one e-mail tries for all.
    rests_until = models.DateTimeField(null=True)
    # When its next e-mail may leave, where a pace is set.
    free_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name or 'our mail server'}: {self.troubles} troubles"
