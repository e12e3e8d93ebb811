"""The moderators' memory: rules of a site, opinions, decisions, bans."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """What one site holds back. Every value has a default nobody needs to touch."""

    site = models.OneToOneField(
        "community.Site", on_delete=models.CASCADE, primary_key=True, related_name="rules"
    )
    link_threshold = models.PositiveSmallIntegerField(
        _("links that make a comment wait"),
        default=1,
        validators=[MaxValueValidator(20)],
        help_text=_("1: any link waits. 0: links never make a comment wait."),
    )
    hold_first = models.BooleanField(
        _("first comments wait"),
        default=True,
        help_text=_("Until someone has confirmed their address and had one comment approved."),
    )
    hold_everything = models.BooleanField(
        _("every comment waits"), default=False, help_text=_("Except those of moderators.")
    )
    moderation_words = models.TextField(
        _("words that make a comment wait"),
        blank=True,
        max_length=20_000,
        help_text=_("One per line. A * stands for any letters: casino*"),
    )
    disallowed_words = models.TextField(
        _("words that make a comment spam"),
        blank=True,
        max_length=20_000,
        help_text=_("One per line. A * stands for any letters: casino*"),
    )
    flood_seconds = models.PositiveSmallIntegerField(
        _("seconds between two comments of one person"),
        default=15,
        validators=[MinValueValidator(0), MaxValueValidator(3600)],
    )

    def __str__(self) -> str:
        return f"rules of site {self.pk}"


class Opinion(models.Model):
    """What one rule or check said of one version of a comment."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="opinions"
    )
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10)
    evidence = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "version", "name"], name="one_opinion_per_rule_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class CheckState(models.TextChoices):
    """How far the slow check of one version has come."""

    OPEN = "open"
    TROUBLE = "trouble"  # did not answer, still trying
    DONE = "done"
    GIVEN_UP = "given up"


class Check(models.Model):
    """One version of a comment that a slow check must see, with what the check may be told."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="checks"
    )
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)
    # Encrypted, wiped when the check is over or a day old: address and browser of the sender.
    context = models.TextField(blank=True)
    guid = models.CharField(max_length=80, blank=True)
    reported = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "version", "name"], name="one_check_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of comment {self.comment_id}: {self.state}"


class Act(models.TextChoices):
    """What a moderator, or the machine, did."""

    JUDGE = "judge", _("checked by rules")
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("not published")
    SPAM = "spam", _("marked as spam")
    REMOVE = "remove", _("removed")
    HOLD = "hold", _("sent back to waiting")
    UNDO = "undo", _("undone")


class Decision(models.Model):
    """One decision about one comment. Rows are added, never changed."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="decisions"
    )
    act = models.CharField(max_length=10, choices=Act.choices)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    # The version this decision has made: undo wants to find it unchanged.
    version = models.PositiveIntegerField()
    moderator = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    reason = models.CharField(max_length=500, blank=True)
    reply = models.ForeignKey(
        "community.Comment", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.CASCADE, related_name="undone_by"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["moderator", "-id"], name="decisions_of_moderator")]

    def __str__(self) -> str:
        return f"{self.act} comment {self.comment_id}"


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


class Alert(models.Model):
    """When the moderators of a site were last told by e-mail that something waits."""

    site = models.OneToOneField(
        "community.Site", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    last_comment = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"last alert of site {self.pk}"
