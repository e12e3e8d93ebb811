"""Publications, and who helps to run them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community.sites.themes import Corners, Typeface


class Role(models.TextChoices):
    """What a member may do on one site. Readers need no row."""

    MODERATOR = "moderator", _("Moderator")
    ADMINISTRATOR = "administrator", _("Administrator")


class SiteQuerySet(models.QuerySet["Site"]):
    """Sites, and what their public pages show."""

    def renew(self, *, removal: bool = True) -> int:
        """Make every public page of these sites new, after a change that is no thread's own.

        `removal` unless things were only added: then old pages are not shown for a moment longer.
        """
        return self.update(version=F("version") + 1, removals=F("removals") + int(removal))


class Site(models.Model):
    """A publication: its name, its address, what it allows."""

    name = models.CharField(_("name"), max_length=80)
    base_url = models.URLField(_("address"), unique=True)
    host = models.CharField(max_length=253, unique=True)
    # Hosts of the publisher's own pages: their links do not count, their pages may have comments.
    own_hosts = models.JSONField(default=list, blank=True)
    forum_enabled = models.BooleanField(_("forum"), default=False)
    website_field = models.BooleanField(_("ask for a website"), default=False)
    close_after_days = models.PositiveSmallIntegerField(_("close comments after days"), default=0)
    house_rules = models.TextField(_("house rules"), blank=True, max_length=20_000)
    privacy = models.TextField(_("privacy notice"), blank=True, max_length=40_000)
    # Within how many hours moderators mean to have looked at what waits; 0: they promise nothing.
    answer_hours = models.PositiveSmallIntegerField(_("hours until a moderator looks"), default=12)
    answer_told = models.BooleanField(_("tell authors"), default=False)
    public_log = models.BooleanField(_("show what moderators do"), default=False)
    public_report = models.BooleanField(_("show the transparency report"), default=False)
    # Where readers and authorities reach somebody, DSA Art. 11 and 12.
    contact_address = models.EmailField(_("contact address"), blank=True, max_length=320)
    # At the foot of every e-mail: many laws ask who writes and where they are found.
    postal_address = models.TextField(_("postal address"), blank=True, max_length=300)
    # How pages look; empty: the colour of our style sheet.
    accent = models.CharField(_("colour"), max_length=7, blank=True, default="")
    typeface = models.CharField(
        _("typeface"), max_length=5, choices=Typeface.choices, default=Typeface.MIXED
    )
    corners = models.CharField(
        _("corners"), max_length=6, choices=Corners.choices, default=Corners.SOFT
    )
    # In which language pages are, for whoever has not chosen one; empty: as each browser asks.
    language = models.CharField(_("language"), max_length=12, default="en", blank=True)
    # Both grow with what public pages show beside threads; removals only when something is gone.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    removals = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(typeface__in=Typeface.values)
                & models.Q(corners__in=Corners.values),
                name="site_look_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store what was set; pages are new, and nobody's older reading of the version wins."""
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        moved = ["version", "removals"]
        self.version, self.removals = F("version") + 1, F("removals") + 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = [*kwargs["update_fields"], *moved]
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=moved)

    @property
    def speaks(self) -> str:
        """The language of what is written to nobody in particular, such as its moderators."""
        return self.language or settings.LANGUAGE_CODE

    @property
    def hosts(self) -> list[str]:
        """Every host that belongs to this publication."""
        return [self.host, *self.own_hosts]

    def url(self, path: str) -> str:
        """An absolute address for e-mails, made from settings, never from a request."""
        return f"{self.base_url.rstrip('/')}{path}"


class Membership(models.Model):
    """One member's role on one site."""

    user = models.ForeignKey("community.User", on_delete=models.CASCADE, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=15, choices=Role.choices)
    wants_alerts = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "site"], name="one_role_per_member_and_site")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.site}"
