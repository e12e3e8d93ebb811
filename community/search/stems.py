"""Giving the words of a site other stems, after it has changed its language.

Only PostgreSQL cuts words to stems. Search goes on meanwhile, and finds more and more by the new.
"""

from typing import Any

from django.db import connection, transaction

from community.outbox import services as outbox
from community.outbox.handlers import Payload
from community.search.upkeep import SOURCES, filled
from community.sites.models import Site

JOB = "search.stem"
SLICE = 1_000
# A comment that is edited or taken away meanwhile wins: its trigger has replaced the row, or waits
# for this statement and replaces it then.
STEM = (
    "WITH slice AS (SELECT rowid FROM {index}"
    " WHERE site = %s AND rowid > %s ORDER BY rowid LIMIT %s),"
    " stemmed AS (UPDATE {index} SET words ="
    " to_tsvector(community_search_language(source.site_id), {words_source})"
    " FROM slice JOIN {table} AS source ON source.id = slice.rowid"
    " WHERE {index}.rowid = slice.rowid)"
    " SELECT count(*), max(rowid) FROM slice"
)


def follow_language(site: Site) -> None:
    """Note that the words of this site have other stems now."""
    if connection.vendor == "postgresql":
        note(site.pk)


def note(site: int, *, source: int = 0, after: int = 0) -> None:
    """Note the next slice: of which source, behind which row."""
    outbox.enqueue(JOB, {"site": site, "source": source, "after": after})


def go_on(payload: Payload) -> None:
    """Stem one slice, and note the one behind it."""
    site, source = int(payload["site"]), int(payload["source"])
    with transaction.atomic():
        number, last = stem(filled(STEM, SOURCES[source]), site, int(payload["after"]))
        if number == SLICE:
            note(site, source=source, after=last)
        elif source + 1 < len(SOURCES):
            note(site, source=source + 1)


def stem(statement: str, site: int, after: int) -> tuple[Any, ...]:
    """How many rows there were, and the last of them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [site, after, SLICE])
        found: tuple[Any, ...] = cursor.fetchone()
    return found
