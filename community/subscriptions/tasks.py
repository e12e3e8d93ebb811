"""Celery's share of subscriptions: wake up and put together what is wanted together."""

from celery import shared_task

from community.subscriptions import digests


@shared_task
def gather() -> int:
    """Put what somebody wants together into one e-mail. Run every ten seconds."""
    return digests.gather()
