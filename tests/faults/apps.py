"""Lets a whole site be tried in seconds: whatever waits a minute waits a moment here."""

from datetime import timedelta

from django.apps import AppConfig

LEASE = timedelta(seconds=4)
UNDO_WINDOW = timedelta(seconds=1)
PAUSE_OF_ALERTS = timedelta(seconds=5)
BATCH = 3
TURN = 2.0


class FaultsConfig(AppConfig):
    """Shortens leases, turns, batches, the time to undo, the pause between news for moderators.

    E-mails go one by one: nothing is gathered.
    """

    name = "tests.faults"

    def ready(self) -> None:
        from community.mail import hosts, lines, sender
        from community.outbox import models, services
        from community.subscriptions import timing
        from moderation import alerts, decisions

        models.LEASE = sender.LEASE = hosts.LEASE = LEASE
        timing.GATHERED_WITHIN = timedelta(0)
        lines.IDLE = 0.0  # each turn calls the mail server anew, so that it can die over that
        sender.BATCH = BATCH
        services.TURN = sender.TURN = TURN
        decisions.UNDO_WINDOW = UNDO_WINDOW
        alerts.PAUSE = PAUSE_OF_ALERTS
