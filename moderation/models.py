"""The moderators' memory: rules of a site, opinions, decisions, bans."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.comments.models import Revision


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


class Reason(models.TextChoices):
    """Which rule or check an opinion comes from, in the words moderators read."""

    STAFF = "staff", _("Written by a moderator")
    KNOWN = "known", _("Author known")
    LINK = "link", _("Links")
    FIRST = "first", _("First comment")
    WORD = "word", _("Word that makes a comment wait")
    DISALLOWED = "disallowed", _("Word that makes a comment spam")
    SAME_TEXT = "same text", _("Same text by someone else")
    EVERYTHING = "everything", _("Every comment waits")
    AKISMET = "akismet", _("Spam check")
    UNJUDGED = "unjudged", _("Was not checked in time")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions by the words they are about."""

    def current(self) -> Self:
        """Those about what the comment says now, not about words since replaced."""
        replaced = Revision.objects.filter(
            comment=models.OuterRef("comment"), version__gte=models.OuterRef("version")
        )
        return self.filter(~models.Exists(replaced))


class Opinion(models.Model):
    """What one rule or check said of one version of a comment."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="opinions"
    )
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=40, choices=Reason.choices)
    outcome = models.CharField(max_length=10)
    evidence = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = OpinionQuerySet.as_manager()

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
    AGAIN = "again"  # answered, and asked us to come back once
    DONE = "done"
    GIVEN_UP = "given up"


LIVE_STATES = (CheckState.OPEN, CheckState.TROUBLE, CheckState.AGAIN)


class CheckQuerySet(models.QuerySet["Check"]):
    """Checks by how far they have come."""

    def live(self) -> Self:
        """Those that will still ask."""
        return self.filter(state__in=LIVE_STATES)


class Check(models.Model):
    """One version of a comment that a slow check must see, with what the check may be told."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="checks"
    )
    # The words it is about, as in Opinion.
    version = models.PositiveIntegerField()
    # The comment's version while nobody but this check has moved it: it decides nothing else.
    stands_at = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=40, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)
    # Encrypted: address and browser of the sender. Wiped as soon as nothing can be asked or
    # reported with it any more, and always after a day.
    context = models.TextField(blank=True)
    answer = models.CharField(max_length=10, blank=True)
    guid = models.CharField(max_length=300, blank=True)
    # What a moderator's decision was reported back as, "spam" or "ham": once only.
    reported = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CheckQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="open"),
                name="checks_not_answered_yet",
            ),
            models.Index(
                fields=["created_at"],
                condition=~models.Q(context=""),
                name="contexts_to_wipe",
            ),
        ]
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
        indexes = [
            models.Index(fields=["moderator", "-id"], name="decisions_of_moderator"),
            models.Index(
                fields=["at"],
                condition=models.Q(after="held", moderator=None),
                name="news_for_moderators",
            ),
        ]

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


class Alert(models.Model):
    """When the moderators of a site were last told by e-mail that something waits."""

    site = models.OneToOneField(
        "community.Site", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    # What that e-mail knew of the minute before it: commits are not seen in the order of their
    # times, so the next one looks at that minute again.
    told = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"last alert of site {self.pk}"
