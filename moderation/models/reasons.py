"""Reasons a moderator may choose when refusing a comment, and the ground each stands on."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """On what a refusal stands: the publisher's own rules, the law, or that it was spam."""

    RULES = "rules", _("House rules")
    LAW = "law", _("The law")
    SPAM = "spam", _("Spam")


# What a moderator may choose: spam has a button of its own.
CHOSEN_GROUNDS = [(ground.value, ground.label) for ground in (Ground.RULES, Ground.LAW)]


class CannedReason(models.Model):
    """One reason of a site, as its administrators have worded it; the others come from code."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="reasons")
    code = models.SlugField(max_length=40)
    title = models.CharField(
        _("title"), max_length=60, help_text=_("What moderators choose. Authors do not see it.")
    )
    text = models.CharField(
        _("what its author is told"),
        max_length=280,
        help_text=_("One or two kind sentences. A moderator may add words of their own."),
    )
    ground = models.CharField(
        _("it stands on"), max_length=10, choices=CHOSEN_GROUNDS, default=Ground.RULES
    )
    provision = models.CharField(
        _("which rule or law"),
        max_length=200,
        help_text=_("As your house rules name it, or the article of the law."),
    )
    digit = models.PositiveSmallIntegerField(
        _("key"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("A digit from 1 to 9 that chooses it. Empty: none."),
    )
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="one_reason_per_code_and_site"),
            models.CheckConstraint(
                condition=models.Q(ground__in=["rules", "law"]), name="reason_stands_on_a_ground"
            ),
            models.CheckConstraint(
                condition=~models.Q(provision=""), name="reason_names_its_rule_or_law"
            ),
        ]

    def __str__(self) -> str:
        return self.title
