"""Celery's share of mail: wake up and send what is due."""

from celery import shared_task

from community.mail import hosts, sender
from community.mail.services import SEND_TASK
from community.outbox.services import nudge


@shared_task
def send_due() -> int:
    """Send e-mails of every kind. Run every two seconds and after every commit that writes one.

    With more to do, another turn is asked for, behind everything that waits by then.
    """
    turn = sender.send_all_due()
    if turn.is_unfinished:
        nudge(SEND_TASK)
    return turn.looked_at


@shared_task
def forget_hosts() -> int:
    """Forget the troubles of hosts nobody has called for a day."""
    return hosts.forget()
