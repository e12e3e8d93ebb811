"""Celery's share of mail: wake up and send what is due."""

from celery import shared_task

from community.mail import sender, services
from community.mail.models import Email


@shared_task
def send_due() -> int:
    """Send finished e-mails. Run every two seconds and after every commit that writes one."""
    return sender.send_due(Email.objects.waiting(), services.message_of)
