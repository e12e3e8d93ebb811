"""Who looked at a comment, under which policy, and what each of them said."""

from django.db import models
from django.utils import timezone


class Judgement(models.Model):
    """One look at one version of a comment by rules or by a check. Rows are added, never changed.

    Opinions are what queue and cards read; this is the whole record, with those who said nothing.
    """

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="judgements"
    )
    version = models.PositiveIntegerField()
    policy = models.ForeignKey("moderation.Policy", on_delete=models.RESTRICT, related_name="+")
    # What held under this thread alone, if anything did.
    thread_policy = models.ForeignKey(
        "moderation.ThreadPolicy",
        null=True,
        on_delete=models.RESTRICT,
        related_name="+",
        db_index=False,
    )
    outcome = models.CharField(max_length=6)
    # Compact JSON, see `moderation.ledger`.
    entries = models.TextField()
    # What was known of the author then, so that another policy can be tried on it.
    facts = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.outcome} for version {self.version} of comment {self.comment_id}"
