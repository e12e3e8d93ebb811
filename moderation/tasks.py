"""Celery's share of moderation: look after what was left lying."""

from celery import shared_task

from moderation import alerts, promises, reporting, sanctions
from moderation.checks import jobs
from moderation.filters import services as filters


@shared_task
def hold_unjudged() -> int:
    """Hold forgotten comments, tell moderators untold things, forget senders. Once a minute."""
    jobs.forget_senders()
    alerts.ring_again()
    sanctions.end_run_out()
    promises.tell_late()
    reporting.settle_gone()
    return jobs.hold_unjudged()


@shared_task
def learn() -> None:
    """Have filters learn from the decisions of the day. Once an hour, each once a day."""
    filters.request_due()
