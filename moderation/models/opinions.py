"""What rules and checks said of a comment."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.comments.models import Revision


class Reason(models.TextChoices):
    """Which rule or check an opinion comes from, in the words moderators read."""

    STAFF = "staff", _("Written by a moderator")
    KNOWN = "known", _("Author known")
    LINK = "link", _("Links")
    FIRST = "first", _("First comment")
    WORD = "word", _("Word that makes a comment wait")
    DISALLOWED = "disallowed", _("Word that makes a comment spam")
    DENIED = "denied", _("Link to where only spam links")
    YOUNG = "young", _("Known for a short time only")
    BROKEN = "broken", _("A rule failed")
    SAME_TEXT = "same text", _("Same text by someone else")
    EVERYTHING = "everything", _("Every comment waits")
    AKISMET = "akismet", _("Spam check")
    TRAP = "trap", _("Filled in a field people do not see")
    HASTE = "haste", _("Sent too fast to be typed")
    SENDER = "sender", _("Sent by e-mail, its sender not certain")
    LEARNED = "learned", _("Reads like spam")
    SANCTION = "sanction", _("Every comment of this author waits")
    DOUBT = "doubt", _("Recent comments of this author were not published")
    REPORTED = "reported", _("Reported by readers")
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

    @property
    def title(self) -> str:
        """The reason in words. Django's own way reads the words of all reasons for each."""
        return str(Reason(self.name).label) if self.name in Reason.values else self.name
