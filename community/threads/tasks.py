"""Threads that close by themselves."""

from celery import shared_task

from community.threads import services


@shared_task
def close_due() -> int:
    """Close the threads whose day has come."""
    return services.close_due()
