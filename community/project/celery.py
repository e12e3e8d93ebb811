"""The Celery application: it wakes workers, the outbox remembers the work."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.project.settings")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "community.outbox",
        "community.inbound",
        "community.mail",
        "community.subscriptions",
        "community.threads",
        "community.privacy",
        "moderation",
    ]
)
