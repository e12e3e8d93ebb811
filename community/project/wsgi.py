"""The web process: the fast lane, and Django behind it."""

import gc
import os
import sys
from importlib import import_module

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

# What is loaded now stays loaded. Python would look through all of it each time it looks for what
# nobody needs any more, and every reader would wait a tenth of a second meanwhile.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
