"""Where a page of a list begins: behind a moment and an id, not after so many rows."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds since 1970 and the id, both of a size that a row can have.
_WRITTEN = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)

Row = TypeVar("Row", bound=Model)


class Cursor(NamedTuple):
    """The last thing of the page before: its moment, and its id where moments are equal."""

    moment: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.moment - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"


def read(raw: str) -> Cursor | None:
    """The cursor that an address names, if any; raises Http404 for anything that is none."""
    if not raw:
        return None
    found = _WRITTEN.fullmatch(raw)
    if found is None:
        raise Http404("no such page")
    return Cursor(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


def behind(rows: QuerySet[Row], field: str, cursor: Cursor | None) -> QuerySet[Row]:
    """These rows, latest first by that field, behind the cursor.

    Said so that an index of field and id is entered at the cursor: an OR would begin at its top.
    """
    rows = rows.order_by(f"-{field}", "-pk")
    if cursor is None:
        return rows
    at_most = rows.filter(**{f"{field}__lte": cursor.moment})
    return at_most.exclude(**{field: cursor.moment, "pk__gte": cursor.pk})
