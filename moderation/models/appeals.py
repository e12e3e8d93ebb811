"""Objections to decisions: who, against what, until when an answer is due. DSA Art. 20."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.sites.models import Membership
from moderation.models.statements import Statement

LONGEST_WORDS = 10_000


class AppealTerms(models.Model):
    """Whether a site takes objections, how soon it answers, and where else one can write to."""

    site = models.OneToOneField(
        "community.Site", on_delete=models.CASCADE, primary_key=True, related_name="appeal_terms"
    )
    are_taken = models.BooleanField(
        _("authors may object to decisions"),
        default=True,
        help_text=_(
            "Another moderator looks again. Firms with fewer than 50 people are spared this "
            "duty of the Digital Services Act (Art. 20); then give a contact below."
        ),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days until an objection is answered"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    contact = models.CharField(
        _("contact for questions about decisions"),
        max_length=200,
        blank=True,
        help_text=_("An e-mail address or a page, shown with each refusal."),
    )

    def __str__(self) -> str:
        return f"objections on site {self.pk}"


class AppealState(models.TextChoices):
    """Where an objection stands."""

    OPEN = "open", _("open")
    UPHELD = "upheld", _("the decision stays")
    OVERTURNED = "overturned", _("the decision was wrong")
    WITHDRAWN = "withdrawn", _("taken back by its author")


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Objections by state, and who may answer them."""

    def open(self) -> Self:
        """Those nobody has answered."""
        return self.filter(state=AppealState.OPEN)

    def for_moderator(self, user: User) -> Self:
        """Those this moderator may answer: somebody else decided first, or there is nobody else.

        Without a join, so that a conditional UPDATE asks again once another has let the row go.
        """
        own = Statement.objects.filter(moderator=user)
        return self.exclude(models.Q(statement__in=own) & models.Exists(others_on_site(user)))


def others_on_site(user: User) -> models.QuerySet[Membership]:
    """The other moderators of an objection's site."""
    there = Membership.objects.filter(site=models.OuterRef("site"), user__is_active=True)
    return there.exclude(user=user)


class Appeal(models.Model):
    """One objection to one statement, and how it was answered."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField()
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    # With one moderator on a site an objection goes back to that person, and both are told so.
    by_same_person = models.BooleanField(default=False)
    # The decision that ended it: its undo opens the objection again.
    decision = models.ForeignKey(
        "moderation.Decision", null=True, on_delete=models.SET_NULL, related_name="appeals"
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "due_at"], condition=models.Q(state="open"), name="open_appeals"
            ),
            models.Index(fields=["site", "-decided_at"], name="answered_appeals"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at=None)
                | ~models.Q(state="open") & models.Q(decided_at__isnull=False),
                name="appeal_is_open_until_decided",
            )
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return self.state == AppealState.OPEN

    @property
    def is_late(self) -> bool:
        """Whether an answer should have come by now."""
        return self.is_open and self.due_at < timezone.now()
