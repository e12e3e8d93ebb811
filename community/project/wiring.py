"""What must be connected once, when the app starts."""

from django.apps import apps
from django.core.checks import Error, register
from django.core.checks.messages import CheckMessage
from django.db.models.signals import post_migrate

from community.comments import screening, standing
from community.outbox import handlers


def connect() -> None:
    """Register the jobs of the outbox and the checks of the start."""
    from community.accounts import signals
    from community.inbound import keeping, webhooks
    from community.mail import sender, services
    from community.mail.models import Email
    from community.portability import services as portability
    from community.privacy.register import register as keep
    from community.search import upkeep
    from community.subscriptions import announcements, confirmations, digests, notices, turns

    signals.connect()
    webhooks.connect()
    keep("inbound", erase=keeping.erase, forget=keeping.forget)
    handlers.register("announce", announcements.announce)
    handlers.register("confirm-address", confirmations.send)
    handlers.register("catch-up", announcements.catch_up)
    handlers.register("import", portability.go_on)
    post_migrate.connect(upkeep.ensure, sender=apps.get_app_config("community"))
    # What concerns one person leaves before what goes to everybody.
    sender.register(sender.Desk(Email.objects.waiting, services.message_of))
    sender.register(sender.Desk(notices.due, turns.compose, notices.heed_refusal))
    sender.register(sender.Desk(digests.due, digests.compose, notices.heed_refusal))
    register(check_screener)
    register(check_standing)


def check_screener(**_: object) -> list[CheckMessage]:
    """A question needs someone who answers: without a screener nothing could be judged."""
    try:
        screening.screener()
        screening.foreseer()
    except ImportError as error:
        return [Error(f"A question about comments goes to nobody: {error}", id="parley.E1")]
    return []


def check_standing(**_: object) -> list[CheckMessage]:
    """Whoever is suspended must be told so: somebody has to know."""
    try:
        standing.answer()
        standing.record_answer()
        standing.ban_answer()
    except ImportError as error:
        return [Error(f"A question about authors goes to nobody: {error}", id="parley.E2")]
    return []
