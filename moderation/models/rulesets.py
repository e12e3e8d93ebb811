"""What one site holds back."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
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
