"""Who may not comment on a site."""

from typing import Self

from django.db import models
from django.utils import timezone


class BanQuerySet(models.QuerySet["Ban"]):
    """Bans that count."""

    def in_force(self) -> Self:
        """Not lifted."""
        return self.filter(lifted_at=None)


class Ban(models.Model):
    """Someone who may not comment on a site: a person, and the address they have confirmed."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="bans")
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.CASCADE, related_name="bans"
    )
    contact = models.ForeignKey(
        "community.Contact", null=True, on_delete=models.CASCADE, related_name="bans"
    )
    comment = models.ForeignKey(
        "community.Comment", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    imposed_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = BanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "person"],
                condition=models.Q(lifted_at=None, person__isnull=False),
                name="one_ban_per_person_and_site",
            )
        ]

    def __str__(self) -> str:
        return f"ban of person {self.person_id} on site {self.site_id}"
