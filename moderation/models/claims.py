"""Who is looking at what."""

from typing import Self

from django.db import models
from django.utils import timezone


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims by whether they still count."""

    def live(self) -> Self:
        """Those that have not run out."""
        return self.filter(until__gt=timezone.now())


class Claim(models.Model):
    """A moderator is looking at a waiting comment. It forbids nothing: others get other work."""

    comment = models.OneToOneField(
        "community.Comment", on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    moderator = models.ForeignKey("community.User", on_delete=models.CASCADE, related_name="claims")
    until = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"comment {self.comment_id} is with {self.moderator_id}"
