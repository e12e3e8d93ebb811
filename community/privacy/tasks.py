"""Forgetting in time, without anybody having to think of it."""

from celery import shared_task

from community.privacy import retention


@shared_task
def forget() -> int:
    """Remove what is older than it may be. Run every hour."""
    return retention.forget()
