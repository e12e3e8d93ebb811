"""Where the fixtures come from, and the database they are made in."""

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from community.articles import queries as articles
from community.mail import lines, restores
from moderation.record import RECORDS

pytest_plugins = ["tests.servers", "tests.browser", "tests.roles", "tests.inbox"]

# What a busy machine takes its time over is not wrong.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let SQLite be emptied after a test with DELETE; PostgreSQL has TRUNCATE, no trigger's matter.

    tests/moderation/test_record.py puts the guards up again where it asks about them.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            for model in RECORDS:
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP TRIGGER {model._meta.db_table}_kept")


@pytest.fixture(autouse=True)
def nothing_newest() -> None:
    """Let no test know the articles of another: their sites have the same ids and versions."""
    articles._newest.clear()
    articles.beside.cache_clear()


@pytest.fixture(autouse=True)
def no_mail_from_before() -> Iterator[None]:
    """Each test has a mail server and a database of its own, and no trace of those before."""
    restores.file().unlink(missing_ok=True)
    yield
    lines.close_old(0)
