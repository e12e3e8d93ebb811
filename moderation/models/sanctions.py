"""What somebody may not do on a site for a while, and the record of how that came and went."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.prepared import Parameter
from moderation.models.reasons import Ground
from moderation.models.record import Record


class Kind(models.TextChoices):
    """What a sanction does, mildest first."""

    WARN = "warn", _("Warn")
    SLOW = "slow", _("Slow down")
    PREMODERATE = "premoderate", _("Every comment waits")
    SUSPEND = "suspend", _("Suspend")
    BAN = "ban", _("Block")


class Reach(models.TextChoices):
    """By what somebody is known again."""

    PERSON = "person", _("this person")
    ADDRESS = "address", _("whoever has confirmed this address")
    DOMAIN = "domain", _("everyone with an address of this domain")
    NETWORK = "network", _("everyone in this network")


class Effect(models.TextChoices):
    """What happens to comments that are there already."""

    LEAVE = "leave", _("stay as they are")
    HOLD = "hold", _("wait for a moderator again")
    REMOVE = "remove", _("are removed")


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Sanctions by whether they count."""

    def open(self) -> Self:
        """Those nobody has lifted; some may have run out and wait for the sweep."""
        return self.filter(lifted_at=None)

    def in_force(self, at: datetime | Parameter | None = None) -> Self:
        """Those that count now: the end needs nobody to bring it about."""
        later = models.Q(ends_at__gt=at or timezone.now())
        return self.open().filter(models.Q(ends_at=None) | later)

    def run_out(self) -> Self:
        """Those that have ended by themselves without a row that says so."""
        return self.open().filter(ends_at__lte=timezone.now())


class Sanction(models.Model):
    """What one site has imposed on a person, an address, a domain or a network."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="sanctions")
    kind = models.CharField(_("what"), max_length=15, choices=Kind.choices)
    reach = models.CharField(_("whom"), max_length=10, choices=Reach.choices)
    # See moderation/marks.py; empty once its person is forgotten.
    mark = models.CharField(max_length=300)
    # The address a sanctioned person had confirmed: a new cookie does not help.
    also = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.SET_NULL, related_name="sanctions"
    )
    # Where the moderator stood.
    comment = models.ForeignKey(
        "community.Comment", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    pause = models.PositiveIntegerField(default=0)  # seconds between two comments
    # What its person is told, and on which reason of the site it stands; copied as it was.
    reason = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=40, blank=True)
    ground = models.CharField(max_length=10, choices=Ground.choices, default=Ground.RULES)
    provision = models.CharField(max_length=200, blank=True)
    effect = models.CharField(max_length=10, choices=Effect.choices, default=Effect.LEAVE)
    effect_days = models.PositiveSmallIntegerField(default=0)
    imposed_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    # When its consequences began: until then it can be undone, and nobody has heard of it.
    told_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["also", "site"],
                condition=models.Q(lifted_at=None) & ~models.Q(also=""),
                name="sanctions_by_address",
            ),
            models.Index(
                fields=["ends_at"],
                condition=models.Q(lifted_at=None, ends_at__isnull=False),
                name="sanctions_to_end",
            ),
            models.Index(fields=["site", "-id"], name="sanctions_of_site"),
        ]
        constraints = [
            # Also the index in which the gate looks a sender up.
            models.UniqueConstraint(
                fields=["mark", "site", "kind"],
                condition=models.Q(lifted_at=None) & ~models.Q(mark=""),
                name="one_sanction_per_kind_and_mark",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="suspend") | models.Q(ends_at__isnull=False),
                name="suspensions_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.reach} on site {self.site_id}"

    @property
    def domain(self) -> str:
        """The domain it is about, if it is about one."""
        return self.mark.removeprefix("domain:") if self.reach == Reach.DOMAIN else ""

    @property
    def is_in_force(self) -> bool:
        """Whether it counts now."""
        return self.lifted_at is None and (self.ends_at is None or self.ends_at > timezone.now())


class Step(models.TextChoices):
    """What happened to a sanction."""

    IMPOSE = "impose", _("imposed")
    UNDO = "undo", _("undone")
    READ = "read", _("read")
    LIFT = "lift", _("lifted")
    END = "end", _("ended by itself")


class SanctionEntry(Record):
    """One step in the life of a sanction. Rows are added, never changed."""

    personal = ("reason",)

    site = models.ForeignKey("community.Site", on_delete=models.PROTECT, related_name="+")
    sanction = models.ForeignKey(
        Sanction, null=True, on_delete=models.SET_NULL, related_name="entries"
    )
    step = models.CharField(max_length=10, choices=Step.choices)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    reach = models.CharField(max_length=10, choices=Reach.choices)
    ground = models.CharField(max_length=10, choices=Ground.choices, default=Ground.RULES)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("community.User", null=True, on_delete=models.SET_NULL, related_name="+")
    automated = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["site", "at"], name="report_on_sanctions"),
            models.Index(fields=["site", "-id"], name="public_log_of_sanctions"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step}"
