"""What moderators tell each other."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Note(models.Model):
    """A moderator's private note, on a comment or on its author. Readers never see it.

    It names the author either way, and goes when they are forgotten.
    """

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(
        "community.Comment", null=True, on_delete=models.CASCADE, related_name="notes"
    )
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.CASCADE, related_name="notes"
    )
    by = models.ForeignKey("community.User", null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False) | Q(person__isnull=False),
                name="a_note_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
