"""When moderators were told."""

from django.db import models


class Alert(models.Model):
    """When the moderators of a site were last told by e-mail that something waits."""

    site = models.OneToOneField(
        "community.Site", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    # What that e-mail knew of the minute before it: commits are not seen in the order of their
    # times, so the next one looks at that minute again.
    told = models.JSONField(default=list)
    # Since when moderators know that something waits for longer than authors were promised.
    late_told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"last alert of site {self.pk}"
