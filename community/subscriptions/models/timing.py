"""How soon and at which hours somebody wants to hear."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pace(models.TextChoices):
    """How soon somebody wants to hear."""

    AT_ONCE = "at-once", _("at once")
    HOURLY = "hourly", _("once an hour, together")
    DAILY = "daily", _("once a day, together")
    WEEKLY = "weekly", _("once a week, together")


class Timing(models.Model):
    """When a contact wants e-mails; whoever never chose has no row."""

    contact = models.OneToOneField(
        "community.Contact", primary_key=True, on_delete=models.CASCADE, related_name="timing"
    )
    # For what is asked for from now on; each wish keeps its own.
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    # Full hours in `zone`; the same hour twice means never.
    quiet_from = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.PositiveSmallIntegerField(default=0)
    zone = models.CharField(max_length=50, default="UTC")
    most_a_day = models.PositiveSmallIntegerField(default=25)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__lt=24, quiet_until__lt=24, most_a_day__gte=1),
                name="timing_can_be_kept",
            )
        ]

    def __str__(self) -> str:
        return f"timing of contact {self.contact_id}"
