"""Celery's share of subscriptions: wake up and send what is due."""

from celery import shared_task

from community.mail import sender
from community.subscriptions import notices


@shared_task
def send_due() -> int:
    """Send e-mails about comments. Run every two seconds and after every announcement."""
    return sender.send_due(notices.due(), notices.compose, notices.heed_refusal)
