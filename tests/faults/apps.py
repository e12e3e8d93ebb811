"""Lets a whole site be tried in seconds: whatever waits a minute waits a moment here."""

from datetime import timedelta

from django.apps import AppConfig

LEASE = timedelta(seconds=4)
UNDO_WINDOW = timedelta(seconds=1)
PAUSE_OF_ALERTS = timedelta(seconds=5)


class FaultsConfig(AppConfig):
    """Shortens leases, the time to undo, and the pause between e-mails to moderators."""

    name = "tests.faults"

    def ready(self) -> None:
        from community.mail import sender
        from community.outbox import models
        from moderation import alerts, decisions

        models.LEASE = sender.LEASE = LEASE
        decisions.UNDO_WINDOW = UNDO_WINDOW
        alerts.PAUSE = PAUSE_OF_ALERTS
