"""What came back: reports about addresses, and answers by e-mail. Each counts once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What was reported of an address."""

    GONE = "gone", _("Nobody reads this address")
    FAILED = "failed", _("Could not be delivered")
    COMPLAINT = "complaint", _("Reported as spam")
    STOPPED = "stopped", _("Stopped at the mail service")


class AddressEvent(models.Model):
    """One report about an address; `key` is the same for a report that comes again."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    source = models.CharField(max_length=40)
    # What the server said, as a number (RFC 3463): its words may repeat the address.
    detail = models.CharField(max_length=40, blank=True)
    paused = models.BooleanField(default=False)
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="address_events_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} of contact {self.contact_id}"


class Outcome(models.TextChoices):
    """What became of an answer by e-mail."""

    TAKEN = "taken", _("Became a comment")
    REFUSED = "refused", _("Its writer was told why not")
    UNTOLD = "untold", _("Not taken, and nobody told")
    AUTOMATIC = "automatic", _("Written by a machine")


class Answer(models.Model):
    """One e-mail that was sent to a signed address; of its words nothing is kept here."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="answers"
    )
    answered = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="answers_by_email"
    )
    # Contact and Message-ID: the same e-mail is taken once, whichever way it comes.
    key = models.CharField(max_length=64, unique=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNTOLD)
    sentence = models.CharField(max_length=300, blank=True)
    comment = models.OneToOneField(
        "community.Comment", null=True, on_delete=models.SET_NULL, related_name="came_by_email"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="answers_by_time")]

    def __str__(self) -> str:
        return f"{self.outcome} answer of contact {self.contact_id}"
