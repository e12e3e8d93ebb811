"""No search may take long: the database gives up after a moment, and says so."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

MILLISECONDS = 700
# How many steps of its machine SQLite takes between two looks at the clock.
STEPS = 2_000


class TookTooLong(Exception):
    """These words are found too often, too far apart, to be answered at once."""


@contextmanager
def deadline() -> Iterator[None]:
    """End whatever is asked inside after a moment; raises TookTooLong."""
    try:
        with _postgresql() if connection.vendor == "postgresql" else _sqlite():
            yield
    except OperationalError as error:
        if _was_ended(error.__cause__):
            raise TookTooLong from error
        raise


def _was_ended(cause: BaseException | None) -> bool:
    ended = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    return ended or isinstance(cause, QueryCanceled)


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MILLISECONDS}")
        yield


@contextmanager
def _sqlite() -> Iterator[None]:
    connection.ensure_connection()
    end, raw = monotonic() + MILLISECONDS / 1000, connection.connection
    raw.set_progress_handler(lambda: int(monotonic() > end), STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, STEPS)
