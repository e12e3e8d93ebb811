"""The project's real settings, with clocks that a test can wait for (see `apps`)."""

from community.project.settings import *  # noqa: F403
from community.project.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
