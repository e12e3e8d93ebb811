"""What must be connected once, when the app starts."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, register
from django.core.checks.messages import CheckMessage
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from community.outbox import handlers

# Settings in which whoever stands above the community is named.
QUESTIONS = (
    "COMMENT_SCREENER",
    "LINK_FORESEER",
    "AUTHOR_STANDING",
    "AUTHOR_RECORD",
    "AUTHOR_BANNED",
)


def connect() -> None:
    """Register the jobs of the outbox and the checks of the start."""
    from community.accounts import signals
    from community.contacts import sending
    from community.inbound import keeping, webhooks
    from community.mail import sender
    from community.mail.models import Email
    from community.portability import services as portability
    from community.privacy.register import register as keep
    from community.search import stems, upkeep
    from community.subscriptions import announcements, confirmations, digests, notices, turns

    signals.connect()
    webhooks.connect()
    keep("inbound", erase=keeping.erase, forget=keeping.forget)
    handlers.register("announce", announcements.announce)
    handlers.register("confirm-address", confirmations.send)
    handlers.register("catch-up", announcements.catch_up)
    handlers.register("import", portability.go_on)
    handlers.register(stems.JOB, stems.go_on)
    post_migrate.connect(upkeep.ensure, sender=apps.get_app_config("community"))
    # What concerns one person leaves before what goes to everybody.
    sender.register(sender.Desk(Email.objects.waiting, sending.compose, sending.heed_refusal))
    sender.register(sender.Desk(notices.due, turns.compose, notices.heed_refusal, turns.look_ahead))
    sender.register(sender.Desk(digests.due, digests.compose, notices.heed_refusal))
    register(check_questions)


def check_questions(**_: object) -> list[CheckMessage]:
    """Each question needs someone who answers: without a screener nothing could be judged."""
    return [found for number, name in enumerate(QUESTIONS, 1) for found in check_one(number, name)]


def check_one(number: int, name: str) -> list[CheckMessage]:
    """Nothing if somebody answers what this setting asks, else a sentence that names it."""
    try:
        import_string(getattr(settings, name))
    except ImportError as error:
        return [Error(f"{name} names nothing that can be called: {error}", id=f"parley.E{number}")]
    return []
