"""What somebody wants to hear nothing of."""

from django.db import models


class Mute(models.Model):
    """No e-mail to this contact about a thread, or about anything that a person says."""

    contact = models.ForeignKey("community.Contact", on_delete=models.CASCADE, related_name="mutes")
    thread = models.ForeignKey(
        "community.Thread", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "community.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # How the muted person was called: a list of persons without names could not be read.
    name = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "thread"],
                condition=models.Q(thread__isnull=False),
                name="one_mute_per_thread",
            ),
            models.UniqueConstraint(
                fields=["contact", "person"],
                condition=models.Q(person__isnull=False),
                name="one_mute_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(thread=None, person__isnull=False)
                | models.Q(thread__isnull=False, person=None),
                name="mute_of_thread_or_person",
            ),
        ]

    def __str__(self) -> str:
        return f"mute of contact {self.contact_id}"
