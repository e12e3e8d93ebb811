"""What people are told of decisions against them: the statement of reasons, DSA Art. 17."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import Person
from moderation.models.reasons import Ground
from moderation.models.sanctions import Kind


class Measure(models.TextChoices):
    """What was done, in the words of whom it concerns."""

    NOT_PUBLISHED = "not published", _("Your comment was not published")
    REMOVED = "removed", _("Your comment was removed")
    HIDDEN = "hidden", _("Your comment is hidden for now")
    WARN = Kind.WARN.value, _("You were warned")
    SLOW = Kind.SLOW.value, _("You may write less often")
    PREMODERATE = Kind.PREMODERATE.value, _("Your comments wait for a moderator")
    SUSPEND = Kind.SUSPEND.value, _("You cannot write comments for a while")
    BAN = Kind.BAN.value, _("You cannot write comments any more")


class Decider(models.TextChoices):
    """Whether a machine decided, or helped to."""

    HUMAN = "human", _("A moderator decided, without the help of automated rules.")
    HELPED = "helped", _("A moderator decided, after automated rules had made the comment wait.")
    MACHINE = "machine", _("Automated rules decided. No human had looked at it.")


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements by whether they are told, and still hold."""

    def told(self) -> Self:
        """Those whose moderator cannot undo them any more."""
        return self.filter(told_from__lte=timezone.now())

    def standing(self) -> Self:
        """Those whose decision still holds."""
        return self.filter(withdrawn_at=None)

    def concerning(self, person: Person) -> Self:
        """What somebody was told of their comments, also of those they claimed later."""
        return self.filter(models.Q(comment__person=person) | models.Q(comment=None, person=person))


class Statement(models.Model):
    """What one decision against somebody says: what, why, on which ground, by whom, until when."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        "community.Person", on_delete=models.CASCADE, related_name="statements"
    )
    comment = models.ForeignKey(
        "community.Comment", null=True, on_delete=models.CASCADE, related_name="statements"
    )
    decision = models.OneToOneField(
        "moderation.Decision", null=True, on_delete=models.CASCADE, related_name="statement"
    )
    sanction = models.OneToOneField(
        "moderation.Sanction", null=True, on_delete=models.CASCADE, related_name="statement"
    )
    measure = models.CharField(max_length=20, choices=Measure.choices)
    # What the comment said then: an edit later does not change what was judged.
    words = models.TextField(blank=True)
    why = models.TextField(blank=True)
    ground = models.CharField(max_length=10, choices=Ground.choices)
    provision = models.CharField(max_length=200, blank=True)
    moderator = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decider = models.CharField(max_length=10, choices=Decider.choices)
    after_notice = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    # When the moderator's ten seconds for an undo are over.
    told_from = models.DateTimeField()
    until = models.DateTimeField(null=True)
    objectable_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_with = models.ForeignKey(
        "moderation.Decision", null=True, on_delete=models.SET_NULL, related_name="withdrawals"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="statements_to_forget")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__isnull=False, comment__isnull=False)
                | models.Q(sanction__isnull=False, comment__isnull=True),
                name="statement_is_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(ground__in=["rules", "law"]), name="statement_stands_on_a_ground"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: statement {self.pk}"

    @property
    def stands(self) -> bool:
        """Whether the decision still holds."""
        return self.withdrawn_at is None

    def may_be_objected_to(self, now: datetime) -> bool:
        """Whether there is still time to object."""
        return self.stands and self.told_from <= now < self.objectable_until
