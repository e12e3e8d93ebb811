"""What was decided about comments: rows are added, never changed."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models.reasons import Ground
from moderation.models.record import Record


class Act(models.TextChoices):
    """What a moderator, or the machine, did."""

    JUDGE = "judge", _("checked by rules")
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("not published")
    SPAM = "spam", _("marked as spam")
    REMOVE = "remove", _("removed")
    KEEP = "keep", _("looked at after a report, and kept")
    HOLD = "hold", _("sent back to waiting")
    EDIT = "edit", _("edited by a moderator")
    UNDO = "undo", _("undone")
    # These leave the comment where it is, except the last.
    OBJECT = "object", _("objected to by its author")
    RECANT = "recant", _("objection taken back by its author")
    UPHOLD = "uphold", _("kept after an objection")
    OVERTURN = "overturn", _("restored after an objection")


class Decision(Record):
    """One decision about one comment. Rows are added, never changed."""

    personal = ("reason",)

    site = models.ForeignKey("community.Site", on_delete=models.PROTECT, related_name="+")
    # The record outlives what it is about: the number stays when a comment is deleted for good.
    comment = models.ForeignKey(
        "community.Comment",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="decisions",
    )
    act = models.CharField(max_length=10, choices=Act.choices)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    # The version this decision has made: undo wants to find it unchanged.
    version = models.PositiveIntegerField()
    moderator = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    # Decided by rules and checks: said outright, since a moderator may leave and be forgotten.
    automated = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    # Why something was refused: the reason chosen, or the rule that decided; copied as it was.
    code = models.CharField(max_length=40, blank=True)
    ground = models.CharField(max_length=10, choices=Ground.choices, blank=True)
    provision = models.CharField(max_length=200, blank=True)
    reply = models.ForeignKey(
        "community.Comment",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["moderator", "-id"], name="decisions_of_moderator"),
            models.Index(fields=["site", "at"], name="report_on_decisions"),
            models.Index(fields=["site", "-id"], name="public_log_of_decisions"),
            models.Index(
                fields=["at"],
                condition=models.Q(after="held", moderator=None),
                name="news_for_moderators",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act__in=["reject", "remove", "spam"], ground="")
                & ~models.Q(act="judge", after__in=["rejected", "spam"], ground=""),
                name="refusal_stands_on_a_ground",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} comment {self.comment_id}"
