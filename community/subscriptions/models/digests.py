"""One e-mail that tells of several comments."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.utils import timezone

from community.mail.models import MailState, Posting, PostingQuerySet
from community.subscriptions.models.timing import Pace

# In so many digests that fail, a part is tried.
MOST_FAILURES = 3


class DigestQuerySet(PostingQuerySet["Digest"]):
    """Digests by whether something can still join them."""

    def open(self) -> Self:
        """Not begun: what is to be told may still be put in."""
        return self.waiting().filter(begun_at=None)


class Digest(Posting):
    """One e-mail that tells a contact of several comments. Its parts are ended with it.

    Until it is begun, parts join it; from then on every try has the same parts.
    """

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="digests"
    )
    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    pace = models.CharField(max_length=10, choices=Pace.choices)
    # Set where replies in one thread are gathered within minutes.
    thread = models.ForeignKey(
        "community.Thread", null=True, on_delete=models.CASCADE, related_name="+"
    )
    # In its Message-ID: a restored database counts its ids anew.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    begun_at = models.DateTimeField(null=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due", "id"], condition=models.Q(state="waiting"), name="digests_to_send"
            ),
            models.Index(
                fields=["-id"],
                condition=models.Q(state="unknown", released=False),
                name="digests_in_doubt",
            ),
            models.Index(
                fields=["contact", "begun_at"],
                condition=models.Q(begun_at__isnull=False),
                name="digests_of_a_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "site", "pace"],
                condition=models.Q(thread=None, begun_at=None, state="waiting"),
                name="one_open_digest",
            ),
            models.UniqueConstraint(
                fields=["contact", "thread"],
                condition=models.Q(thread__isnull=False, begun_at=None, state="waiting"),
                name="one_open_digest_of_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pace} digest to contact {self.contact_id}"

    @property
    def fact_at(self) -> datetime:
        """When it may first have left: before its time it cannot have."""
        return self.begun_at or self.due

    @transaction.atomic
    def settle(self, **changes: object) -> bool:
        """Write the end of this attempt; what ends the digest ends its parts in the same moment."""
        settled = super().settle(**changes)
        if settled and "state" in changes:
            self.end_parts(MailState(str(changes["state"])))
        return settled

    def end_parts(self, state: MailState) -> None:
        """Mark what was told, now that it is out; what failed waits for the next digest."""
        parts = self.parts.filter(state=MailState.GATHERED)
        if state == MailState.FAILED:
            given_up = parts.filter(failures__gte=MOST_FAILURES)
            given_up.update(state=state, finished_at=timezone.now())
            parts.update(digest=None, failures=models.F("failures") + 1)
        elif state != MailState.SKIPPED:
            parts.update(state=state, finished_at=timezone.now())
