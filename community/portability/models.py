"""Imports that administrators start in the browser."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an import stands."""

    LOOKING = "looking", _("Being looked at")
    READY = "ready", _("Looked at, not imported")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")


class Import(models.Model):
    """One export file, how far its import has come, and what it has done."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="imports")
    started_by = models.ForeignKey(
        "community.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    # What the file was called, and what it is called here while it is needed.
    name = models.CharField(max_length=200)
    kept_as = models.CharField(max_length=60, blank=True)
    blog_title = models.CharField(max_length=200, blank=True)
    blog_url = models.CharField(max_length=500, blank=True)
    pingbacks = models.BooleanField(default=False)
    # Whole posts behind us, comments of the next one; both together, and how many there are.
    posts = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    # Sentences about what had to be mended, and about why it failed.
    problems = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def path(self) -> Path:
        """Where the file lies, for web server and worker alike."""
        return folder() / self.kept_as

    @property
    def is_working(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state in (State.LOOKING, State.RUNNING)


def folder() -> Path:
    """Where files wait for their import. They hold addresses, so nobody else may read them."""
    path = Path(settings.DATA_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
