"""Each e-mail about a comment: why it is sent, why it waits, or why it was not wanted."""

import math
from datetime import datetime
from typing import Self

from django.db import models

from community.mail.models import MailState, Posting, PostingQuerySet
from community.subscriptions.models.digests import Digest
from community.subscriptions.models.timing import Pace
from community.subscriptions.models.wishes import Subscription


class Kind(models.TextChoices):
    """Why someone gets an e-mail about a comment; the first that fits is told in it."""

    PUBLISHED = "published"
    REPLY = "reply"
    MENTION = "mention"
    FOLLOWED = "followed"  # an answer to a comment one follows
    ARTICLE = "article"
    AUTHOR = "author"
    TOPIC = "topic"
    THREAD = "thread"


class Unwanted(models.TextChoices):
    """Why an e-mail was not sent though it was once to be: the `reason` of a skipped row."""

    COMMENT = "comment-not-public"
    ARTICLE = "article-not-public"
    STOPPED = "stopped"
    PAUSED = "address-paused"
    THREAD_MUTED = "thread-muted"
    PERSON_MUTED = "person-muted"
    BANNED = "author-banned"
    SEEN = "seen"  # its reader has seen the comment on the site
    LATE = "too-late"  # nobody wants it any more; or a backup brought it back
    NOTHING_LEFT = "nothing-left"  # of a digest: every part of it was unwanted


class Delay(models.TextChoices):
    """Why an e-mail did not go alone and at once, though it may have gone since."""

    ASKED = "asked"  # its receiver wants several together
    GATHERED = "gathered"  # another one about the same thread had just gone
    QUIET = "quiet"  # their quiet hours
    CAP = "cap"  # they had had enough that day


class DeliveryQuerySet(PostingQuerySet["Delivery"]):
    """E-mails about comments."""

    def gathered(self) -> Self:
        """What is told together with others, and still to be told."""
        return self.filter(state=MailState.GATHERED)


class Delivery(Posting):
    """One e-mail to one contact about one comment, whatever the number of reasons."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    # Why it did not go alone and at once, and the e-mail it is a part of.
    delay = models.CharField(max_length=10, choices=Delay.choices, blank=True)
    digest = models.ForeignKey(
        Digest, null=True, on_delete=models.SET_NULL, related_name="parts", db_index=False
    )
    # How many digests with it could not be delivered.
    failures = models.PositiveSmallIntegerField(default=0)
    # When it had its turn to leave alone; what follows within minutes is gathered.
    begun_at = models.DateTimeField(null=True)
    # When its reader saw the comment on the site.
    seen_at = models.DateTimeField(null=True)
    # When it was last found that it may leave, by the clock of this process; never stored.
    cleared_at = -math.inf

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["contact", "-id"], name="news_page"),
            models.Index(
                fields=["contact", "-id"],
                condition=models.Q(seen_at=None),
                name="news_unread",
            ),
            # The administrators' page of e-mails: one comment, the last week, what is in doubt.
            models.Index(fields=["comment", "-id"], name="deliveries_of_comment"),
            models.Index(
                fields=["-finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="deliveries_by_end",
            ),
            models.Index(
                fields=["-id"],
                condition=models.Q(state="unknown", released=False, digest=None),
                name="deliveries_in_doubt",
            ),
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="parts_of_digest",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(state="gathered", digest=None),
                name="deliveries_to_gather",
            ),
            models.Index(
                fields=["contact", "begun_at"],
                condition=models.Q(begun_at__isnull=False),
                name="deliveries_of_a_day",
            ),
            models.Index(
                fields=["due", "id"],
                condition=models.Q(state="waiting"),
                name="deliveries_to_send",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "comment"], name="one_email_per_contact_and_comment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of comment {self.comment_id} to contact {self.contact_id}"

    @property
    def foreseen(self) -> str:
        """Why it will be skipped when its turn comes, as far as its own rows tell; empty if not."""
        if self.state not in (MailState.WAITING, MailState.GATHERED):
            return ""
        if self.subscription.ended_at:
            return Unwanted.STOPPED.value
        return Unwanted.SEEN.value if self.seen_at else ""

    @property
    def fact_at(self) -> datetime:
        """When the comment became public, however much later it was told of."""
        return self.comment.published_at or self.created_at
