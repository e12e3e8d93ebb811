"""What a site holds back: rows are added, never changed."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_LIST = 400_000


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Policies by whether they have been in force."""

    def saved(self) -> Self:
        """Those that were or are in force, the newest first."""
        return self.filter(number__isnull=False).order_by("-number")


class Policy(models.Model):
    """One version of what a site holds back. Every value has a default nobody needs to touch."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="policies")
    # Counts the versions of a site; empty for what was only tried.
    number = models.PositiveIntegerField(null=True)
    made_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    first_comments = models.PositiveSmallIntegerField(
        _("comments that make someone known"),
        default=1,
        validators=[MaxValueValidator(50)],
        help_text=_(
            "Until so many of theirs were published and their address is confirmed, their "
            "comments wait. 0: first comments do not wait."
        ),
    )
    link_threshold = models.PositiveSmallIntegerField(
        _("links that make a comment wait"),
        default=1,
        validators=[MaxValueValidator(20)],
        help_text=_("1: any link waits. 0: links never make a comment wait."),
    )
    hold_everything = models.BooleanField(
        _("every comment waits"), default=False, help_text=_("Except those of moderators.")
    )
    moderation_words = models.TextField(
        _("words that make a comment wait"),
        blank=True,
        max_length=LONGEST_LIST,
        help_text=_(
            "One per line, found as whole words. A * stands for any letters: casino*. "
            "Between two slashes stands a regular expression: /cas[i1]no/"
        ),
    )
    disallowed_words = models.TextField(
        _("words that make a comment spam"),
        blank=True,
        max_length=LONGEST_LIST,
        help_text=_("Written in the same way."),
    )
    allowed_domains = models.TextField(
        _("sites one may link to"),
        blank=True,
        max_length=LONGEST_LIST,
        help_text=_("One per line, such as example.org. What is below it counts too."),
    )
    denied_domains = models.TextField(
        _("sites to which only spam links"),
        blank=True,
        max_length=LONGEST_LIST,
        help_text=_("One per line, such as example.org. What is below it counts too."),
    )
    account_age_days = models.PositiveSmallIntegerField(
        _("days before someone is trusted"),
        default=0,
        validators=[MaxValueValidator(365)],
        help_text=_("Comments of people we have known for less time wait. 0: no such rule."),
    )
    flood_seconds = models.PositiveSmallIntegerField(
        _("seconds between two comments of one person"),
        default=15,
        validators=[MaxValueValidator(3600)],
    )
    trap = models.BooleanField(
        _("let wait what fills in a field that people do not see"),
        default=True,
        help_text=_("Programs fill in every field of a form; people never see this one."),
    )
    typing_seconds = models.PositiveSmallIntegerField(
        _("seconds that writing takes at least"),
        default=2,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "What is sent sooner after the form was touched waits. Known only of browsers with "
            "scripts; of others nothing is assumed. 0: no such rule."
        ),
    )
    learned_filter = models.BooleanField(
        _("let wait what reads like spam"),
        default=True,
        help_text=_("As learned from what moderators here called spam before."),
    )
    spam_waits = models.BooleanField(
        _("let a moderator look at what these rules call spam"),
        default=False,
        help_text=_("It waits like everything else, instead of going to the list of spam."),
    )

    # What holds otherwise under the thread in question, filled in when it is looked up.
    under: "ThreadPolicy | None" = None

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="one_policy_per_number")
        ]

    def __str__(self) -> str:
        return f"policy {self.number} of site {self.site_id}"


class ThreadPolicy(models.Model):
    """What holds under one article or topic instead of the site's policy; the newest counts."""

    thread = models.ForeignKey(
        "community.Thread", on_delete=models.CASCADE, related_name="policies"
    )
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    # Empty: as on the whole site.
    hold_everything = models.BooleanField(_("every comment waits"), null=True, blank=True)
    link_threshold = models.PositiveSmallIntegerField(
        _("links that make a comment wait"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(20)],
        help_text=_("Empty: as on the whole site."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="one_policy_per_thread")
        ]

    def __str__(self) -> str:
        return f"policy {self.number} of thread {self.thread_id}"
