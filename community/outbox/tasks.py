"""Celery's share of the outbox: wake up and look."""

from celery import shared_task

from community.outbox import services


@shared_task
def sweep() -> int:
    """Do whatever is due. Run every two seconds and after every commit that leaves work."""
    services.beat()
    return services.work()


@shared_task
def forget_finished() -> int:
    """Remove old finished jobs."""
    return services.forget_finished()
