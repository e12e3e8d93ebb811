"""What the learned filter of a site knows."""

from django.db import models
from django.utils import timezone


class LearnedFilter(models.Model):
    """What came of one training. A new training adds a row; the newest counts."""

    site = models.ForeignKey(
        "community.Site", on_delete=models.CASCADE, related_name="filters", db_index=False
    )
    trained_at = models.DateTimeField(default=timezone.now)
    # From how many of either kind it learned.
    good = models.PositiveIntegerField()
    spam = models.PositiveIntegerField()
    # Packed weights: of hashed marks, so that no text can be read from them.
    weights = models.BinaryField()
    threshold = models.FloatField()
    # What it did with the last decisions, learned from those before: never seen by its weights.
    last_spam = models.PositiveIntegerField()
    last_caught = models.PositiveIntegerField()
    last_good = models.PositiveIntegerField()
    last_held = models.PositiveIntegerField()
    # The words that speak loudest for and against spam.
    words_for = models.JSONField(default=list)
    words_against = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["site", "-id"], name="newest_filter_of_site")]

    def __str__(self) -> str:
        return f"filter {self.pk} of site {self.site_id}"
