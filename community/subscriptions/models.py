"""Who wants to hear of what, and each e-mail that follows from it."""

from typing import Self

from django.db import models
from django.utils import timezone

from community.mail.models import Posting, PostingQuerySet


class Scope(models.TextChoices):
    """What a subscription is about."""

    OWN = "own"  # my comment is published or answered
    THREAD = "thread"  # every new comment here


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions by whether they may cause an e-mail."""

    def active(self) -> Self:
        """Not ended by its owner."""
        return self.filter(ended_at=None)

    def entitled(self) -> Self:
        """Active, confirmed by the owner of the address, and the address well."""
        return self.active().filter(confirmed_at__isnull=False, contact__paused_at=None)

    def end(self) -> int:
        """Stop these; their number."""
        return self.active().update(ended_at=timezone.now())


class Subscription(models.Model):
    """One wish: e-mail this contact about this comment, or about this thread."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="subscriptions"
    )
    thread = models.ForeignKey(
        "community.Thread", on_delete=models.CASCADE, related_name="subscriptions"
    )
    comment = models.ForeignKey(
        "community.Comment",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="subscriptions",
    )
    # Who asked: a wish counts once this person has proven that the address is theirs. Each has
    # their own, so that a stranger who types an address cannot disturb its owner's wish.
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.SET_NULL, related_name="subscriptions"
    )
    scope = models.CharField(max_length=10, choices=Scope.choices)
    # What became public after this number is news to them.
    since = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["thread", "contact"],
                condition=models.Q(scope="thread", ended_at=None),
                name="fan_out_of_thread",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "comment", "person"],
                condition=models.Q(scope="own"),
                name="one_wish_about_own_comment",
            ),
            models.UniqueConstraint(
                fields=["contact", "thread", "person"],
                condition=models.Q(scope="thread"),
                name="one_wish_about_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} for contact {self.contact_id}"


class Kind(models.TextChoices):
    """Why someone gets an e-mail about a comment; the first that fits is told in it."""

    PUBLISHED = "published"
    REPLY = "reply"
    THREAD = "thread"


class Delivery(Posting):
    """One e-mail to one contact about one comment, whatever the number of reasons."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="deliveries"
    )
    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["due", "id"],
                condition=models.Q(state="waiting"),
                name="deliveries_to_send",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "comment"], name="one_email_per_contact_and_comment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of comment {self.comment_id} to contact {self.contact_id}"
