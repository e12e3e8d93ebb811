"""The process beside the web processes that tells open pages of news; everything else is theirs."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.project.settings")
django.setup()

# Only now: its rooms have models, which want Django to be set up.
from community.edge.events import Events  # noqa: E402

application = Events(settings.LIVE_EVENTS_MOST)
