"""The record as files: row by row, so that a history of any length fits into little memory."""

import csv
import json
from collections.abc import Iterable, Iterator
from heapq import merge
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from moderation import policies
from moderation.models import Decision, SanctionEntry
from moderation.record import rows_of
from moderation.statistics import Period

CHUNK = 1000
# What a spreadsheet would take for a formula. OWASP ASVS 1.2.10.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = [
    "at",
    "about",
    "row",
    "comment",
    "act",
    "before",
    "after",
    "version",
    "policy",
    "reach",
    "by",
    "automated",
    "ground",
    "code",
    "provision",
    "reason",
    "undoes",
]

Line = dict[str, Any]


def lines(period: Period) -> Iterator[Line]:
    """Everything on record in a period, oldest first: decisions and steps of sanctions.

    Each with the version of the site's policy that was in force then.
    """
    versions = policies.history(period.site)
    for line in merge(decisions_in(period), steps_in(period), key=itemgetter("at")):
        policy = policies.number_at(versions, line["at"])
        yield {**line, "policy": policy, "at": line["at"].isoformat()}


def decisions_in(period: Period) -> Iterator[Line]:
    """Decisions about comments."""
    rows = rows_of(Decision).filter(site=period.site, at__range=period.within)
    for row in in_chunks(rows.select_related("moderator")):
        yield {
            "at": row.at,
            "about": "comment",
            "row": row.pk,
            "comment": row.comment_id,
            "act": row.act,
            "before": row.before,
            "after": row.after,
            "version": row.version,
            "reach": "",
            "by": row.moderator.name if row.moderator else "",
            "automated": row.automated,
            "ground": row.ground,
            "code": row.code,
            "provision": row.provision,
            "reason": row.reason,
            "undoes": row.undoes_id,
        }


def steps_in(period: Period) -> Iterator[Line]:
    """What was imposed on people, and how it ended."""
    rows = rows_of(SanctionEntry).filter(site=period.site, at__range=period.within)
    for row in in_chunks(rows.select_related("by")):
        yield {
            **dict.fromkeys(COLUMNS, ""),
            "at": row.at,
            "about": f"sanction {row.sanction_id or ''}".strip(),
            "row": row.pk,
            "act": row.step,
            "after": row.kind,
            "reach": row.reach,
            "by": row.by.name if row.by else "",
            "automated": row.automated,
            "ground": row.ground,
            "code": row.code,
            "reason": row.reason,
        }


def in_chunks(rows: QuerySet[Any]) -> Iterator[Any]:
    """These rows by age, a thousand at a time; nothing is held open between two chunks."""
    rows, last = rows.order_by("pk"), 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def as_json_lines(found: Iterable[Line]) -> Iterator[str]:
    """One JSON object a line."""
    return (json.dumps(line, ensure_ascii=False) + "\n" for line in found)


class Echo:
    """Hands back what a CSV writer writes, instead of keeping it."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value


def as_csv(found: Iterable[Line]) -> Iterator[str]:
    """A header and one row a line; no cell is a formula."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for line in found:
        yield writer.writerow([safe(line[name]) for name in COLUMNS])


def safe(cell: object) -> str:
    """A cell that every spreadsheet takes for text."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text
