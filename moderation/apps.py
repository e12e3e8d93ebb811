"""The moderation app: what is done about what readers do."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModerationConfig(AppConfig):
    """Registers the jobs that moderation does for the outbox, and what it knows to be true."""

    name = "moderation"
    verbose_name = "Moderation"

    def ready(self) -> None:
        from community.outbox import handlers
        from community.privacy.register import register as keep
        from community.project.invariants import register
        from moderation import (
            alerts,
            answers,
            consequences,
            invariants,
            mails,
            privacy,
            record,
            reporting,
            simulations,
        )
        from moderation.checks import jobs
        from moderation.filters import services as filters

        handlers.register("moderation.check", jobs.check)
        handlers.register("moderation.feedback", jobs.feedback)
        handlers.register("moderation.alert", alerts.send)
        handlers.register("moderation.learn", filters.learn)
        handlers.register("moderation.try", simulations.go_on)
        handlers.register("moderation.sanction", consequences.begin)
        handlers.register("moderation.sanction-comments", consequences.go_on)
        handlers.register("moderation.statement", mails.tell_author)
        handlers.register("moderation.answered", mails.tell_both)
        handlers.register("moderation.appeal-due", mails.ring)
        keep("reports", erase=reporting.erase, forget=reporting.forget)
        keep("statements", erase=privacy.erase, forget=privacy.forget)
        keep("record", erase=record.forget_person, forget=record.forget_old)
        handlers.register("moderation.report-answers", answers.send_answers)
        handlers.register("moderation.report-news", reporting.send_news)
        register(invariants.breaches)
        post_migrate.connect(record.put_up_guards, sender=self, dispatch_uid="guards")
