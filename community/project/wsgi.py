"""The web process: the fast lane, and Django behind it."""

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.project.settings")

# A ready page takes microseconds, a post milliseconds. Python lets a thread compute for five of
# them before another may go on, which left readers a fifth of their rate while others wrote.
sys.setswitchinterval(0.0005)

django_application = get_wsgi_application()

# Only now: its rooms have models, which want Django to be set up.
from community.edge.lane import Lane  # noqa: E402

application = (
    Lane(django_application, most_bytes=settings.FAST_LANE_MIB * 2**20)
    if settings.FAST_LANE
    else django_application
)
