"""The project's settings, cut off from the world: a folder of their own, nothing sent."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="parley-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)

# What a developer's shell says is meant for a real site, never for tests.
for _name in [
    "AKISMET_BLOG",
    "AKISMET_KEY",
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "DEBUG",
    "DEMO",
    "MAILBOX_ADDRESS",
    "MAILBOX_URL",
    "MAIL_AUTHSERV",
    "MAIL_PROVIDER",
    "MAIL_URL",
    "REDIS_URL",
    "SITE_URL",
]:
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = str(_FOLDER)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["SECRET_KEY"] = "used by tests alone, known to everybody"

from community.project.settings import *  # noqa: E402, F403
from community.project.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

if not os.environ["DATABASE_URL"]:
    # A file: in memory, a live server would have to share the test's own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
