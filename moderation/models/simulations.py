"""What a policy would have done, tried on the past."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Simulation(models.Model):
    """One policy tried on the comments of the last days. It changes nothing but itself."""

    class State(models.TextChoices):
        """How far it has come."""

        OPEN = "open", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("community.User", on_delete=models.CASCADE, related_name="+")
    policy = models.OneToOneField(
        "moderation.Policy", on_delete=models.CASCADE, related_name="simulation"
    )
    # The version that held when it was tried: saving wants to find it still in force.
    seen = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    started_at = models.DateTimeField(default=timezone.now)
    # The last comment looked at: a worker that was killed goes on behind it.
    cursor = models.BigIntegerField(default=0)
    # Empty until it was counted.
    total = models.PositiveIntegerField(null=True)
    looked = models.PositiveIntegerField(default=0)
    unjudged = models.PositiveIntegerField(default=0)
    more = models.PositiveIntegerField(default=0)
    fewer = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    good_held = models.PositiveIntegerField(default=0)
    # For each count some comments, each with the names of the reasons; no words.
    samples = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "by"],
                condition=models.Q(state="open"),
                name="one_open_simulation_each",
            )
        ]

    def __str__(self) -> str:
        return f"simulation {self.pk} of site {self.site_id}"
