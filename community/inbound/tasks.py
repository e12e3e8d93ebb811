"""Celery's share of incoming mail: look into the mailbox."""

import logging

from celery import shared_task
from django.conf import settings

from community.inbound import imap

log = logging.getLogger("parley.inbound")


@shared_task
def fetch() -> int:
    """Handle what is new in the mailbox. Run every half minute where there is one."""
    if not settings.MAILBOX_URL:
        return 0
    try:
        return imap.fetch(settings.MAILBOX_URL)
    except imap.Unreachable as trouble:
        log.warning("%s It is tried again in half a minute.", trouble)
        return 0
