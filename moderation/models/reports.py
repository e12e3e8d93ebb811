"""What readers say is wrong with a comment, and what came of it."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReportOutcome(models.TextChoices):
    """What came of a report; empty while a moderator has still to look."""

    UPHELD = "upheld", _("not shown any more")
    DISMISSED = "dismissed", _("stays")
    ALREADY = "already", _("decided before")
    GONE = "gone", _("deleted by its author")


# How often somebody was right is told by these alone.
JUDGED = (ReportOutcome.UPHELD, ReportOutcome.DISMISSED)


class ReportReason(models.Model):
    """One reason of a site for reports, as its administrators have worded it."""

    site = models.ForeignKey(
        "community.Site", on_delete=models.CASCADE, related_name="report_reasons"
    )
    code = models.SlugField(max_length=40)
    title = models.CharField(
        _("what readers choose"),
        max_length=80,
        help_text=_("A short sentence, such as “It attacks or insults somebody.”"),
    )
    is_offered = models.BooleanField(_("readers may choose it"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code"], name="one_report_reason_per_code_and_site"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by whether somebody has still to look."""

    def open(self) -> Self:
        """Those nobody has decided about."""
        return self.filter(outcome="")

    def judged(self) -> Self:
        """Those that tell how often their reporter was right."""
        return self.filter(outcome__in=JUDGED)


class Report(models.Model):
    """What one reader said of one comment, with the words they have seen."""

    site = models.ForeignKey("community.Site", on_delete=models.PROTECT, related_name="+")
    # The record outlives what it is about, as a decision does.
    comment = models.ForeignKey(
        "community.Comment",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="reports",
    )
    version = models.PositiveIntegerField()
    # The words as they were reported: a later edit does not hide them.
    words = models.TextField(blank=True)
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    # What a reader without a cookie is known by for this one comment; see moderation/reports.py.
    mark = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    why = models.TextField(blank=True)
    # A notice of illegal content, DSA Art. 16: with name and address, unless it is about children.
    is_illegal = models.BooleanField(default=False)
    about_children = models.BooleanField(default=False)
    name = models.CharField(max_length=100, blank=True)
    address = models.EmailField(max_length=320, blank=True)
    language = models.CharField(max_length=12, default="en")
    # How much it counts towards hiding the comment, by who reported.
    weight = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=ReportOutcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.ForeignKey(
        "moderation.Decision", null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    # When the answer was put on its way by e-mail.
    told_at = models.DateTimeField(null=True)
    # Settled without anybody looking at this very report.
    automated = models.BooleanField(default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["comment"], name="reports_of_comment"),
            models.Index(
                fields=["site", "-is_illegal", "comment"],
                condition=models.Q(outcome=""),
                name="reported_list",
            ),
            models.Index(fields=["person", "site", "-id"], name="reports_of_person"),
            models.Index(
                fields=["network", "-at"],
                condition=~models.Q(network=""),
                name="reports_of_network",
            ),
            models.Index(fields=["site", "at"], name="report_on_reports"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "person", "is_illegal"],
                condition=models.Q(person__isnull=False),
                name="one_report_per_person_and_comment",
            ),
            models.UniqueConstraint(
                fields=["comment", "mark", "is_illegal"],
                condition=~models.Q(mark=""),
                name="one_report_per_mark_and_comment",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", decided_at__isnull=True)
                | ~models.Q(outcome="") & models.Q(decided_at__isnull=False),
                name="settled_report_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of comment {self.comment_id}"

    @property
    def is_open(self) -> bool:
        """Whether a moderator has still to look."""
        return not self.outcome


class Escalation(models.Model):
    """A threat to life that a moderator has passed on to the police. DSA Art. 18."""

    site = models.ForeignKey("community.Site", on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(
        "community.Comment",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="escalations",
    )
    by = models.ForeignKey("community.User", null=True, on_delete=models.SET_NULL, related_name="+")
    told = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["comment"], name="escalations_of_comment")]

    def __str__(self) -> str:
        return f"escalation of comment {self.comment_id}"
