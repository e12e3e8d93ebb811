"""The moderation app: what is done about what readers do."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Registers the jobs that moderation does for the outbox, and what it knows to be true."""

    name = "moderation"
    verbose_name = "Moderation"

    def ready(self) -> None:
        from community.outbox import handlers
        from community.project.invariants import register
        from moderation import alerts, consequences, invariants
        from moderation.checks import jobs

        handlers.register("moderation.check", jobs.check)
        handlers.register("moderation.feedback", jobs.feedback)
        handlers.register("moderation.alert", alerts.send)
        handlers.register("moderation.sanction", consequences.begin)
        handlers.register("moderation.sanction-comments", consequences.go_on)
        register(invariants.breaches)
